/*
 * A stand-in for libcuda: the calls that @lithos/hw-a100 uses, with a simple device behind them, so that
 * everything but the arithmetic of kernels can be tested without a GPU. It is no emulator: a kernel takes
 * waves times the parameter `lithos_block_ns` (3 us without one; a look-alike what its work amounts to),
 * and has these effects, by the names of its parameters: `lithos_record` is kept as kernels/record.ts says, `lithos_smids` gets the SM of each
 * block, `lithos_mailbox` answers as `lithos_clock` does. Streams are in order. A kernel whose blocks fill all
 * slots of its TPCs lets no other begin there before its end; of those that wait the most urgent is next, then
 * the oldest. Others do not slow each other down. Device memory is host memory. Calls that free memory, modules and
 * contexts wait for the device, as the real ones do: beside a kernel that hangs, for ever.
 *
 * Environment: LITHOS_STANDIN_FAULT (fault.h), LITHOS_STANDIN_TPCS (66), LITHOS_STANDIN_VERSION (13000),
 * LITHOS_STANDIN_NAME (Stand-in), LITHOS_STANDIN_MISPLACE (1: blocks run on one SM too far, as if confinement failed).
 * LITHOS_STANDIN_MIG (mig.h).
 * LITHOS_STANDIN_SHARED names a file by which processes share one device: their kernels run one after the
 * other, strictly in turns, with LITHOS_STANDIN_SWITCH_NS in between, and two that run `lithos_gaps` at the same
 * time see themselves frozen for LITHOS_STANDIN_SLICE_NS and two switches.
 * -DNO_GREEN builds it without green contexts, as an old driver is.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#define FAULT_VARIABLE "LITHOS_STANDIN_FAULT"
#include "fault.h"
#include "mig.h"

#define CALL(name)                      \
  int failed = fault(#name);            \
  if (failed > 0) return failed
#define EPOCH 1700000000000000000ull
#define MAX_PARAMS 32
#define MAX_ARGUMENT_BYTES 512
#define MAX_STREAMS 8192

typedef uint64_t u64;
typedef uint32_t u32;

struct Param { char name[64]; int offset, size; };
struct Function {
  char name[128];
  struct Param params[MAX_PARAMS];
  int count, bytes;
};
struct Module { struct Function *functions[64]; int count; };
struct Green { u64 mask[2]; long streams; };
struct Stream;
struct Op {
  enum { KERNEL, WAIT } kind;
  struct Function *function;
  u64 mask[2];
  u32 blocks, threads, shared;
  unsigned char arguments[MAX_ARGUMENT_BYTES];
  struct Stream *other; /* WAIT: until this stream has done `upto` operations */
  u64 upto;
  u64 queued, start, end;
  int started, hangs, round, fills;
  struct Op *next;
};
struct Graph { struct Op *first, *last; };
struct Stream {
  u64 mask[2];
  struct Green *green;
  int priority, live;
  struct Op *first, *last;
  u64 pushed, done, freeAt;
  struct Graph *capture;
};
struct Event { struct Stream *stream; u64 upto; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static pthread_t worker;
static int running;
static struct Stream *streams[MAX_STREAMS];
static int stream_count;
/* Handles that are open, by kind; a capture that was begun is a graph. */
enum Kind { CONTEXT, GREEN, STREAM, MEMORY, EVENT, GRAPH, MODULE, KINDS };
static const char *kind_names[KINDS] = {"context", "green", "stream", "memory", "event", "graph", "module"};
static long open_handles[KINDS];
/* Things that were given back before what is made of them, or in them. */
static long misplaced;
static int tpcs;

static u64 now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (u64)t.tv_sec * 1000000000ull + (u64)t.tv_nsec;
}

static int setting(const char *name, int otherwise) {
  const char *text = getenv(name);
  return text ? atoi(text) : otherwise;
}

/* Handles that are open, retained contexts included. */
long standin_handles(void) {
  long all = 0;
  for (int kind = 0; kind < KINDS; kind++) all += open_handles[kind];
  return all;
}

/* Handles of one kind that are open; -1 if there is no such kind. */
long standin_open(const char *kind) {
  for (int i = 0; i < KINDS; i++)
    if (strcmp(kind_names[i], kind) == 0) return open_handles[i];
  return -1;
}

/* Times that something was given back out of order. */
long standin_misplaced(void) { return misplaced; }

static void stop(void);

/* Forgets what is open, as a process that ends does: for the next run in a process that goes on. */
void standin_forget(void) {
  if (open_handles[CONTEXT] > 0) stop();
  for (int kind = 0; kind < KINDS; kind++) open_handles[kind] = 0;
  misplaced = 0;
  stream_count = 0;
}

/* Loses the device now, with what it runs: each call returns `result` until the faults are set anew. */
void standin_lose(int result) {
  pthread_mutex_lock(&lock);
  lost_result = result;
  pthread_mutex_unlock(&lock);
}

static struct Param *param(struct Function *f, const char *name) {
  for (int i = 0; i < f->count; i++)
    if (strcmp(f->params[i].name, name) == 0) return &f->params[i];
  return NULL;
}

static u64 argument(struct Op *op, const char *name, u64 otherwise) {
  struct Param *p = param(op->function, name);
  if (!p) return otherwise;
  u64 value = 0;
  memcpy(&value, op->arguments + p->offset, p->size < 8 ? p->size : 8);
  return value;
}

static int popcount2(const u64 *mask) {
  return __builtin_popcountll(mask[0]) + __builtin_popcountll(mask[1]);
}

/* Blocks that the TPCs of a kernel hold at once. */
static u64 wave_of(struct Op *op) {
  u64 perSm = 2048 / (op->threads ? op->threads : 1);
  if (perSm > 32) perSm = 32;
  if (op->shared && perSm > 228 * 1024 / op->shared) perSm = 228 * 1024 / op->shared;
  if (perSm < 1) perSm = 1;
  return 2ull * popcount2(op->mask) * perSm;
}

static u64 duration(struct Op *op) {
  u64 wave = wave_of(op);
  u64 waves = (op->blocks + wave - 1) / wave;
  u64 work = 9 * argument(op, "chain", 0) + 6 * argument(op, "turns", 0) + argument(op, "units", 0) / 4;
  int look_alike = param(op->function, "chain") != NULL;
  return waves * (look_alike ? work : argument(op, "lithos_block_ns", 3000)) + 500;
}

/* The SM of block `i`: over the SMs of the mask in turn. */
static u32 sm_of(struct Op *op, u32 i) {
  int n = popcount2(op->mask), pick = (int)((i / 2) % (u32)n), seen = 0;
  for (int t = 0; t < 128; t++)
    if ((op->mask[t / 64] >> (t % 64)) & 1 && seen++ == pick)
      return (u32)((2 * t + (int)(i % 2) + setting("LITHOS_STANDIN_MISPLACE", 0)) % (2 * tpcs));
  return 0;
}

/* What processes that share the device know of each other. */
struct Shared { u64 freeAt; int users, holder, frozen, most; };
static struct Shared *shared;
static int shared_file = -1;

static void open_shared(void) {
  const char *name = getenv("LITHOS_STANDIN_SHARED");
  if (!name || shared) return;
  shared_file = open(name, O_RDWR | O_CREAT, 0600);
  if (shared_file < 0 || ftruncate(shared_file, sizeof *shared) != 0) abort();
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, shared_file, 0);
  if (shared == MAP_FAILED) abort();
}

static void count_user(int by) {
  if (shared) __sync_fetch_and_add(&shared->users, by);
}

/* When a kernel begins that wants to at `at`: after those of other processes, and a switch. */
static u64 take_turn(struct Op *op, u64 at) {
  flock(shared_file, LOCK_EX);
  if (param(op->function, "lithos_gaps")) {
    if (++shared->frozen > shared->most) shared->most = shared->frozen;
    shared->holder = 0;
  } else {
    /* Strictly in turns, also where the host has no time for the other process: for so long. */
    for (u64 until = now() + 2000000000ull; shared->users > 1 && shared->holder == getpid() && now() < until;) {
      struct timespec nap = {0, 100000};
      flock(shared_file, LOCK_UN);
      nanosleep(&nap, NULL);
      flock(shared_file, LOCK_EX);
    }
    if (shared->freeAt > at) at = shared->freeAt;
    if (shared->holder && shared->holder != getpid()) at += (u64)setting("LITHOS_STANDIN_SWITCH_NS", 0);
    shared->holder = getpid();
    shared->freeAt = at + duration(op);
  }
  flock(shared_file, LOCK_UN);
  return at;
}

/* Writes down how long the kernel was frozen: ten times, if another process ran one too. */
static void write_gaps(u32 *gaps) {
  if (!shared) return;
  flock(shared_file, LOCK_EX);
  shared->frozen--;
  gaps[0] = shared->most > 1 ? 10 : 0;
  flock(shared_file, LOCK_UN);
  for (u32 i = 1; i <= gaps[0]; i++)
    gaps[i] = (u32)(setting("LITHOS_STANDIN_SLICE_NS", 0) + 2 * setting("LITHOS_STANDIN_SWITCH_NS", 0));
}

static void begin(struct Op *op, u64 at) {
  if (shared) at = take_turn(op, at);
  op->started = 1;
  op->fills = op->blocks >= wave_of(op);
  op->start = at;
  op->end = at + duration(op);
  u64 record = argument(op, "lithos_record", 0);
  if (record) {
    u64 host = *(u64 *)(record + 8);
    *(volatile u64 *)host = EPOCH + op->start;
  }
}

static void finish(struct Op *op) {
  u64 smids = argument(op, "lithos_smids", 0);
  if (smids)
    for (u32 i = 0; i < op->blocks; i++) ((u32 *)smids)[i] = sm_of(op, i);
  u64 gaps = argument(op, "lithos_gaps", 0);
  if (gaps) write_gaps((u32 *)gaps);
  u64 stamps = argument(op, "lithos_stamps", 0);
  if (stamps) ((u64 *)stamps)[argument(op, "lithos_stamp", 0)] = EPOCH + op->end;
  u64 record = argument(op, "lithos_record", 0);
  if (record) {
    u32 *device = (u32 *)record;
    u64 host = *(u64 *)(record + 8);
    device[1]++;
    *(volatile u64 *)(host + 8) = EPOCH + op->end;
    __sync_synchronize();
    *(volatile u32 *)(host + 16) = device[1];
  }
}

/* Answers the next number in the mailbox; true when all rounds are done. */
static int mailbox(struct Op *op) {
  volatile u32 *box = (volatile u32 *)argument(op, "lithos_mailbox", 0);
  u32 rounds = (u32)argument(op, "lithos_rounds", 0);
  if (now() > op->start + 60000000000ull) return 1;
  if ((u32)op->round < rounds && box[0] > (u32)op->round) {
    *(volatile u64 *)(box + 2) = EPOCH + now();
    __sync_synchronize();
    box[1] = (u32)++op->round;
  }
  return (u32)op->round >= rounds;
}

/* Streams that have work, while the device looks at it; when each TPC was last free of a kernel that filled it. */
static struct Stream *active[MAX_STREAMS];
static int active_count;
static u64 tpc_free[128];

static int overlap(const u64 *a, const u64 *b) { return (a[0] & b[0]) || (a[1] & b[1]); }

static void pop(struct Stream *s) {
  struct Op *op = s->first;
  s->first = op->next;
  if (!s->first) s->last = NULL;
  s->done++;
  free(op);
}

/* Takes away the waits at the head of streams that are over; 1 if there was one. */
static int pass_waits(void) {
  int passed = 0;
  for (int i = 0; i < active_count; i++) {
    struct Stream *s = active[i];
    while (s->first && s->first->kind == WAIT && s->first->other->done >= s->first->upto) {
      if (s->first->other->freeAt > s->freeAt) s->freeAt = s->first->other->freeAt;
      pop(s);
      passed = 1;
    }
  }
  return passed;
}

/* When the head of a stream can begin; 0 while a kernel that runs fills TPCs of it. */
static u64 ready_at(struct Stream *s) {
  struct Op *op = s->first;
  u64 at = op->queued > s->freeAt ? op->queued : s->freeAt;
  for (int i = 0; i < active_count; i++) {
    struct Op *other = active[i]->first;
    if (other && other->started && other->fills && overlap(other->mask, op->mask)) return 0;
  }
  for (int t = 0; t < 128; t++)
    if ((op->mask[t / 64] >> (t % 64)) & 1 && tpc_free[t] > at) at = tpc_free[t];
  return at;
}

static int is_mailbox(struct Op *op) { return param(op->function, "lithos_mailbox") != NULL; }

/* The stream whose head begins next, or NULL; at one time the most urgent, then the oldest. */
static struct Stream *next_start(u64 *at) {
  struct Stream *best = NULL;
  for (int i = 0; i < active_count; i++) {
    struct Stream *s = active[i];
    if (!s->first || s->first->kind == WAIT || s->first->started) continue;
    u64 ready = ready_at(s);
    if (!ready) continue;
    if (best && (ready > *at || (ready == *at && (s->priority > best->priority ||
        (s->priority == best->priority && s->first->queued >= best->first->queued))))) continue;
    best = s;
    *at = ready;
  }
  return best;
}

/* The stream whose kernel ends next, or NULL; those that hang do not end. */
static struct Stream *next_end(u64 *at) {
  struct Stream *best = NULL;
  for (int i = 0; i < active_count; i++) {
    struct Op *op = active[i]->first;
    if (!op || op->kind == WAIT || !op->started || op->hangs || is_mailbox(op)) continue;
    if (best && op->end >= *at) continue;
    best = active[i];
    *at = op->end;
  }
  return best;
}

static void end(struct Stream *s) {
  struct Op *op = s->first;
  finish(op);
  s->freeAt = op->end;
  for (int t = 0; op->fills && t < 128; t++)
    if ((op->mask[t / 64] >> (t % 64)) & 1 && op->end > tpc_free[t]) tpc_free[t] = op->end;
  pop(s);
}

/* Lets happen what happens until `t`, in its order; when it wants to be looked at again, or 0. */
static u64 advance(u64 t) {
  active_count = 0;
  for (int i = 0; i < stream_count; i++)
    if (streams[i]->first) active[active_count++] = streams[i];
  u64 again = 0;
  for (;;) {
    if (pass_waits()) continue;
    u64 starts = 0, ends = 0;
    struct Stream *first = next_start(&starts), *last = next_end(&ends);
    if (first && !(last && ends < starts)) {
      begin(first->first, starts);
      continue;
    }
    if (last && ends <= t) {
      end(last);
      continue;
    }
    again = last ? ends : 0;
    break;
  }
  for (int i = 0; i < active_count; i++) {
    struct Op *op = active[i]->first;
    if (!op || op->kind == WAIT || !op->started || op->hangs || !is_mailbox(op)) continue;
    if (mailbox(op)) {
      op->end = now();
      end(active[i]);
      return t;
    }
    if (!again || again > t + 2000) again = t + 2000;
  }
  return again;
}

static void *device_loop(void *unused) {
  (void)unused;
  pthread_mutex_lock(&lock);
  while (running) {
    u64 next = lost_result ? 0 : advance(now());
    if (!next) {
      pthread_cond_wait(&work, &lock);
      continue;
    }
    pthread_mutex_unlock(&lock);
    u64 t = now();
    if (next > t) {
      u64 ns = next - t > 100000 ? 100000 : next - t;
      struct timespec nap = {0, (long)ns};
      nanosleep(&nap, NULL);
    }
    pthread_mutex_lock(&lock);
  }
  pthread_mutex_unlock(&lock);
  return NULL;
}

static void push(struct Stream *s, struct Op *op) {
  op->queued = now();
  op->next = NULL;
  if (s->last) s->last->next = op;
  else s->first = op;
  s->last = op;
  s->pushed++;
  pthread_cond_signal(&work);
}

static void free_graph(struct Graph *g) {
  for (struct Op *op = g->first, *next; op; op = next) {
    next = op->next;
    free(op);
  }
  free(g);
}

static struct Stream *new_stream(const u64 *mask, int priority, struct Green *green) {
  struct Stream *s = calloc(1, sizeof *s);
  s->mask[0] = mask[0];
  s->mask[1] = mask[1];
  s->priority = priority;
  s->green = green;
  if (green) green->streams++;
  s->live = 1;
  if (stream_count < MAX_STREAMS) streams[stream_count++] = s;
  open_handles[STREAM]++;
  return s;
}

static void all_tpcs(u64 *mask) {
  mask[0] = tpcs >= 64 ? ~0ull : (1ull << tpcs) - 1;
  mask[1] = tpcs > 64 ? (1ull << (tpcs - 64)) - 1 : 0;
}

int cuInit(u32 flags) {
  CALL(cuInit);
  (void)flags;
  struct MigInstance m;
  tpcs = mig_visible(&m) < 0 ? setting("LITHOS_STANDIN_TPCS", 66) : (int)m.sms / 2;
  open_shared();
  return 0;
}

int cuDriverGetVersion(int *version) {
  CALL(cuDriverGetVersion);
  *version = setting("LITHOS_STANDIN_VERSION", 13000);
  return 0;
}

int cuGetErrorName(int error, const char **text) {
  *text = error == 2     ? "CUDA_ERROR_OUT_OF_MEMORY"
          : error == 100 ? "CUDA_ERROR_NO_DEVICE"
          : error == 218 ? "CUDA_ERROR_INVALID_PTX"
          : error == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS"
          : error == 719 ? "CUDA_ERROR_LAUNCH_FAILED"
                         : "CUDA_ERROR_UNKNOWN";
  return 0;
}

int cuGetErrorString(int error, const char **text) {
  *text = error == 2 ? "out of memory" : "the stand-in was told to fail";
  return 0;
}

int cuDeviceGetCount(int *count) { CALL(cuDeviceGetCount); *count = setting("LITHOS_STANDIN_DEVICES", 1); return 0; }
int cuDeviceGet(int *device, int ordinal) { CALL(cuDeviceGet); *device = ordinal; return 0; }
int cuDeviceGetName(char *name, int length, int device) {
  CALL(cuDeviceGetName);
  (void)device;
  const char *own = getenv("LITHOS_STANDIN_NAME");
  struct MigInstance m;
  if (!own) own = "Stand-in";
  if (mig_visible(&m) < 0) snprintf(name, (size_t)length, "%s", own);
  else snprintf(name, (size_t)length, "%s MIG %ug.%ugb", own, m.gpu, (m.mib + 512) / 1024);
  return 0;
}
int cuDeviceGetUuid_v2(unsigned char *uuid, int device) {
  CALL(cuDeviceGetUuid_v2);
  (void)device;
  struct MigInstance m;
  int visible = mig_visible(&m);
  for (int i = 0; i < 16; i++) uuid[i] = visible < 0 ? (unsigned char)(17 * i) : 0;
  if (visible >= 0) uuid[15] = (unsigned char)visible;
  return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  CALL(cuDeviceGetAttribute);
  (void)device;
  switch (attribute) {
    case 1: *value = 1024; break;
    case 10: *value = 32; break;
    case 13: *value = 1980000; break;
    case 16: *value = 2 * tpcs; break;
    case 38: *value = 50 << 20; break;
    case 39: *value = 2048; break;
    case 75: *value = 9; break;
    case 76: *value = 0; break;
    case 78: *value = 1; break;
    case 81: *value = 228 * 1024; break;
    case 82: *value = 65536; break;
    case 97: *value = 227 * 1024; break;
    case 106: *value = 32; break;
    case 111: *value = 1024; break;
    default: *value = 0;
  }
  return 0;
}
int cuDeviceTotalMem_v2(u64 *bytes, int device) { CALL(cuDeviceTotalMem_v2); (void)device; *bytes = 141ull << 30; return 0; }

static int busy(struct Stream *s) { return s->first != NULL; }

/* Waits for a stream, or for all; a kernel that hangs is waited for in vain. */
static void wait_for(struct Stream *only) {
  for (;;) {
    int waiting = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < stream_count; i++)
      if ((!only || streams[i] == only) && busy(streams[i])) waiting = 1;
    pthread_mutex_unlock(&lock);
    if (!waiting) return;
    usleep(50);
  }
}

static void stop(void) {
  pthread_mutex_lock(&lock);
  running = 0;
  pthread_cond_signal(&work);
  pthread_mutex_unlock(&lock);
  pthread_join(worker, NULL);
}

int cuDevicePrimaryCtxRetain(u64 *context, int device) {
  CALL(cuDevicePrimaryCtxRetain);
  (void)device;
  pthread_mutex_lock(&lock);
  if (open_handles[CONTEXT]++ == 0) {
    count_user(1);
    running = 1;
    pthread_create(&worker, NULL, device_loop, NULL);
  }
  pthread_mutex_unlock(&lock);
  *context = 0xc0de;
  return 0;
}
int cuDevicePrimaryCtxRelease_v2(int device) {
  CALL(cuDevicePrimaryCtxRelease_v2);
  (void)device;
  pthread_mutex_lock(&lock);
  int last = open_handles[CONTEXT] == 1;
  if (last) {
    pthread_mutex_unlock(&lock);
    wait_for(NULL);
    pthread_mutex_lock(&lock);
  }
  if (last && standin_handles() > 1) misplaced++;
  if (open_handles[CONTEXT] > 0) open_handles[CONTEXT]--;
  pthread_mutex_unlock(&lock);
  if (last) {
    stop();
    count_user(-1);
  }
  return 0;
}
int cuCtxSetCurrent(u64 context) { CALL(cuCtxSetCurrent); (void)context; return 0; }
int cuCtxSynchronize(void) { CALL(cuCtxSynchronize); wait_for(NULL); return 0; }
int cuCtxGetStreamPriorityRange(int *least, int *greatest) {
  CALL(cuCtxGetStreamPriorityRange);
  *least = 0;
  *greatest = -5;
  return 0;
}

int cuMemAlloc_v2(u64 *address, size_t bytes) {
  CALL(cuMemAlloc_v2);
  void *p = calloc(1, bytes);
  if (!p) return 2;
  *address = (u64)p;
  open_handles[MEMORY]++;
  return 0;
}
int cuMemFree_v2(u64 address) { CALL(cuMemFree_v2); wait_for(NULL); free((void *)address); open_handles[MEMORY]--; return 0; }
int cuMemGetInfo_v2(size_t *freeBytes, size_t *total) {
  CALL(cuMemGetInfo_v2);
  *freeBytes = *total = 141ull << 30;
  return 0;
}
int cuMemHostAlloc(void **pointer, size_t bytes, u32 flags) {
  CALL(cuMemHostAlloc);
  (void)flags;
  *pointer = calloc(1, bytes);
  open_handles[MEMORY]++;
  return 0;
}
int cuMemFreeHost(u64 pointer) { CALL(cuMemFreeHost); wait_for(NULL); free((void *)pointer); open_handles[MEMORY]--; return 0; }
int cuMemHostGetDevicePointer_v2(u64 *address, u64 pointer, u32 flags) {
  CALL(cuMemHostGetDevicePointer_v2);
  (void)flags;
  *address = pointer;
  return 0;
}
/* Zeroes memory; whole pages of it are given back, and come as zeroes when they are touched. */
static void clear(u64 from, u64 bytes) {
  u64 page = (u64)sysconf(_SC_PAGESIZE), to = from + bytes;
  u64 first = (from + page - 1) / page * page, last = to / page * page;
  if (last <= first || madvise((void *)first, last - first, MADV_DONTNEED) != 0) {
    memset((void *)from, 0, bytes);
    return;
  }
  memset((void *)from, 0, first - from);
  memset((void *)last, 0, to - last);
}

int cuMemsetD32_v2(u64 address, u32 value, size_t count) {
  CALL(cuMemsetD32_v2);
  if (value == 0) clear(address, count * 4);
  else for (size_t i = 0; i < count; i++) ((u32 *)address)[i] = value;
  return 0;
}
int cuMemcpyHtoD_v2(u64 to, const void *from, size_t bytes) { CALL(cuMemcpyHtoD_v2); memcpy((void *)to, from, bytes); return 0; }
int cuMemcpyDtoH_v2(void *to, u64 from, size_t bytes) { CALL(cuMemcpyDtoH_v2); memcpy(to, (void *)from, bytes); return 0; }

static int size_of(const char *type) {
  int bits = atoi(type + 1);
  return bits > 0 ? bits / 8 : 4;
}

/* Compiled kernels number their parameters; those that stand for something get their names back. */
static void rename_look_alike(struct Function *f, struct Param *p) {
  static const char *work[] = {"lithos_record", 0, 0, 0, 0, 0, "units", 0, 0, 0, "turns", 0, "chain"};
  static const char *stamp[] = {"lithos_stamps", "lithos_stamp"};
  if (strncmp(f->name, "look_alike_", 11) != 0) return;
  int stamps = strcmp(f->name, "look_alike_stamp") == 0;
  const char *name = stamps ? (f->count < 2 ? stamp[f->count] : 0) : f->count < 13 ? work[f->count] : 0;
  if (name) snprintf(p->name, sizeof p->name, "%s", name);
}

/* Reads the parameters of an entry: `.param [.align N] .TYPE NAME[BYTES],`. */
static void parse_params(struct Function *f, const char *text, const char *end) {
  while (text < end && f->count < MAX_PARAMS) {
    const char *p = strstr(text, ".param");
    if (!p || p >= end) return;
    p += 6;
    char type[16] = "";
    while (*p == ' ' || *p == '\t' || *p == '\n') p++;
    int align = 0;
    if (sscanf(p, ".align %d", &align) == 1) {
      p += 6;
      while (*p == ' ') p++;
      while (*p >= '0' && *p <= '9') p++;
      while (*p == ' ') p++;
    }
    struct Param *out = &f->params[f->count];
    if (sscanf(p, ".%15[a-z0-9] %63[A-Za-z0-9_$]", type, out->name) != 2) return;
    int count = 1;
    const char *comma = strpbrk(p, ",)");
    const char *bracket = strchr(p, '[');
    if (bracket && comma && bracket < comma) count = atoi(bracket + 1);
    rename_look_alike(f, out);
    out->size = size_of(type) * count;
    out->offset = f->bytes;
    f->bytes += (out->size + 7) & ~7;
    if (f->bytes > MAX_ARGUMENT_BYTES) return;
    f->count++;
    text = p;
  }
}

int cuModuleLoadDataEx(u64 *module, const void *image, u32 options, int *keys, u64 *values) {
  CALL(cuModuleLoadDataEx);
  const char *text = image;
  const char *start = text;
  while (*start && strncmp(start, ".version", 8) != 0) start++;
  if (!*start) {
    for (u32 i = 0; i < options; i++)
      if (keys[i] == 5) snprintf((char *)values[i], 64, "line 1: no .version directive");
    return 218;
  }
  struct Module *m = calloc(1, sizeof *m);
  for (const char *p = strstr(text, ".entry"); p && m->count < 64; p = strstr(p + 6, ".entry")) {
    struct Function *f = calloc(1, sizeof *f);
    sscanf(p, ".entry %127[A-Za-z0-9_$]", f->name);
    const char *body = strchr(p, '{');
    const char *open = strchr(p, '(');
    if (open && body && open < body) parse_params(f, open, strchr(open, ')'));
    m->functions[m->count++] = f;
  }
  open_handles[MODULE]++;
  *module = (u64)m;
  return 0;
}
int cuModuleUnload(u64 module) {
  CALL(cuModuleUnload);
  wait_for(NULL);
  struct Module *m = (struct Module *)module;
  for (int i = 0; i < m->count; i++) free(m->functions[i]);
  free(m);
  open_handles[MODULE]--;
  return 0;
}
int cuModuleGetFunction(u64 *function, u64 module, const char *name) {
  CALL(cuModuleGetFunction);
  struct Module *m = (struct Module *)module;
  for (int i = 0; i < m->count; i++)
    if (strcmp(m->functions[i]->name, name) == 0) {
      *function = (u64)m->functions[i];
      return 0;
    }
  return 500;
}
int cuFuncGetAttribute(int *value, int attribute, u64 function) {
  CALL(cuFuncGetAttribute);
  (void)function;
  *value = attribute == 4 ? 32 : 0;
  return 0;
}
int cuFuncSetAttribute(u64 function, int attribute, int value) {
  CALL(cuFuncSetAttribute);
  (void)function; (void)attribute; (void)value;
  return 0;
}
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, u64 function, int size, size_t dynamic) {
  CALL(cuOccupancyMaxActiveBlocksPerMultiprocessor);
  (void)function;
  int n = 2048 / (size ? size : 1);
  if (n > 32) n = 32;
  if (dynamic && n > (int)(227 * 1024 / dynamic)) n = (int)(227 * 1024 / dynamic);
  *blocks = n;
  return 0;
}

/* Queues a kernel that is to run, unless it is the one that loses the device. */
static void run(struct Stream *s, struct Op *op) {
  kernels++;
  op->hangs = fault_matches("hang", kernels) != 0;
  int lost = fault_since("lost", kernels);
  if (lost) lost_result = lost;
  if (lost_result) free(op);
  else push(s, op);
}

int cuLaunchKernel(u64 function, u32 gx, u32 gy, u32 gz, u32 bx, u32 by, u32 bz, u32 shared,
                   struct Stream *s, void **parameters, void **extra) {
  CALL(cuLaunchKernel);
  (void)extra;
  if (!gx || !gy || !gz || bx * by * bz > 1024) return 1;
  struct Function *f = (struct Function *)function;
  struct Op *op = calloc(1, sizeof *op);
  op->kind = KERNEL;
  op->function = f;
  op->mask[0] = s->mask[0];
  op->mask[1] = s->mask[1];
  op->shared = shared;
  op->blocks = gx * gy * gz;
  op->threads = bx * by * bz;
  for (int i = 0; i < f->count; i++)
    memcpy(op->arguments + f->params[i].offset, parameters[i], (size_t)f->params[i].size);
  pthread_mutex_lock(&lock);
  if (s->capture) {
    if (s->capture->last) s->capture->last->next = op;
    else s->capture->first = op;
    s->capture->last = op;
  } else run(s, op);
  pthread_mutex_unlock(&lock);
  return lost_result;
}

int cuStreamCreateWithPriority(struct Stream **stream, u32 flags, int priority) {
  CALL(cuStreamCreateWithPriority);
  (void)flags;
  u64 mask[2];
  all_tpcs(mask);
  pthread_mutex_lock(&lock);
  *stream = new_stream(mask, priority, NULL);
  pthread_mutex_unlock(&lock);
  return 0;
}
int cuStreamDestroy_v2(struct Stream *s) {
  CALL(cuStreamDestroy_v2);
  pthread_mutex_lock(&lock);
  s->live = 0;
  if (s->green) s->green->streams--;
  open_handles[STREAM]--;
  pthread_mutex_unlock(&lock);
  return 0;
}
int cuStreamSynchronize(struct Stream *s) { CALL(cuStreamSynchronize); wait_for(s); return 0; }
int cuStreamQuery(struct Stream *s) {
  CALL(cuStreamQuery);
  pthread_mutex_lock(&lock);
  int waiting = s && busy(s); /* nothing is ever queued in the default stream, NULL */
  pthread_mutex_unlock(&lock);
  return waiting ? 600 : 0;
}
int cuStreamWaitEvent(struct Stream *s, struct Event *e, u32 flags) {
  CALL(cuStreamWaitEvent);
  (void)flags;
  if (!e->stream) return 0;
  struct Op *op = calloc(1, sizeof *op);
  op->kind = WAIT;
  op->other = e->stream;
  op->upto = e->upto;
  pthread_mutex_lock(&lock);
  push(s, op);
  pthread_mutex_unlock(&lock);
  return 0;
}
int cuStreamBeginCapture_v2(struct Stream *s, int mode) {
  CALL(cuStreamBeginCapture_v2);
  (void)mode;
  s->capture = calloc(1, sizeof *s->capture);
  open_handles[GRAPH]++;
  return 0;
}
/* A capture that cannot be ended is gone, and what was captured with it. */
int cuStreamEndCapture(struct Stream *s, struct Graph **graph) {
  int failed = fault("cuStreamEndCapture");
  *graph = failed > 0 ? NULL : s->capture;
  if (failed > 0 && s->capture) {
    free_graph(s->capture);
    open_handles[GRAPH]--;
  }
  s->capture = NULL;
  return failed > 0 ? failed : 0;
}

int cuEventCreate(struct Event **event, u32 flags) {
  CALL(cuEventCreate);
  (void)flags;
  *event = calloc(1, sizeof **event);
  open_handles[EVENT]++;
  return 0;
}
int cuEventDestroy_v2(struct Event *event) { CALL(cuEventDestroy_v2); free(event); open_handles[EVENT]--; return 0; }
int cuEventRecord(struct Event *event, struct Stream *s) {
  CALL(cuEventRecord);
  pthread_mutex_lock(&lock);
  event->stream = s;
  event->upto = s->pushed;
  pthread_mutex_unlock(&lock);
  return 0;
}
int cuEventQuery(struct Event *event) {
  CALL(cuEventQuery);
  pthread_mutex_lock(&lock);
  int waiting = event->stream && event->stream->done < event->upto;
  pthread_mutex_unlock(&lock);
  return waiting ? 600 : 0;
}

static struct Graph *copy_graph(struct Graph *from) {
  struct Graph *g = calloc(1, sizeof *g);
  for (struct Op *op = from->first; op; op = op->next) {
    struct Op *copy = malloc(sizeof *copy);
    *copy = *op;
    copy->next = NULL;
    if (g->last) g->last->next = copy;
    else g->first = copy;
    g->last = copy;
  }
  return g;
}
int cuGraphInstantiateWithFlags(struct Graph **exec, struct Graph *graph, u64 flags) {
  CALL(cuGraphInstantiateWithFlags);
  (void)flags;
  *exec = copy_graph(graph);
  open_handles[GRAPH]++;
  return 0;
}
int cuGraphLaunch(struct Graph *exec, struct Stream *s) {
  CALL(cuGraphLaunch);
  struct Graph *copy = copy_graph(exec);
  pthread_mutex_lock(&lock);
  for (struct Op *op = copy->first, *next; op; op = next) {
    next = op->next;
    run(s, op);
  }
  pthread_mutex_unlock(&lock);
  free(copy);
  return lost_result;
}
int cuGraphUpload(struct Graph *exec, struct Stream *s) { CALL(cuGraphUpload); (void)exec; (void)s; return 0; }
int cuGraphExecDestroy(struct Graph *exec) { CALL(cuGraphExecDestroy); free_graph(exec); open_handles[GRAPH]--; return 0; }
int cuGraphDestroy(struct Graph *graph) { CALL(cuGraphDestroy); free_graph(graph); open_handles[GRAPH]--; return 0; }

#ifndef NO_GREEN
/* A resource: type at 0, first TPC at 8 and TPCs at 12 (private), smCount, minimum, alignment at 96. */
static void resource(unsigned char *out, int first, int count) {
  memset(out, 0, 144);
  u32 *words = (u32 *)out;
  words[0] = 1;
  words[2] = (u32)first;
  words[3] = (u32)count;
  words[24] = (u32)(2 * count);
  words[25] = 8;
  words[26] = 8;
}
int cuDeviceGetDevResource(int device, unsigned char *out, int type) {
  CALL(cuDeviceGetDevResource);
  (void)device;
  if (type != 1) return 1;
  resource(out, 0, tpcs);
  return 0;
}
int cuDevSmResourceSplitByCount(unsigned char *result, u32 *groups, const unsigned char *input,
                                unsigned char *remaining, u32 flags, u32 minCount) {
  CALL(cuDevSmResourceSplitByCount);
  int total = (int)((const u32 *)input)[3];
  u32 multiple = flags & 1 ? 2 : 8;
  u32 sms = (minCount + multiple - 1) / multiple * multiple;
  int each = (int)sms / 2;
  u32 n = (u32)(total / each);
  if (n > *groups) n = *groups;
  for (u32 i = 0; result && i < n; i++) resource(result + 144 * i, (int)i * each, each);
  if (remaining) resource(remaining, (int)n * each, total - (int)n * each);
  *groups = n;
  return 0;
}
int cuDevResourceGenerateDesc(struct Green **descriptor, const unsigned char *resources, u32 count) {
  CALL(cuDevResourceGenerateDesc);
  struct Green *g = calloc(1, sizeof *g);
  for (u32 i = 0; i < count; i++) {
    const u32 *words = (const u32 *)(resources + 144 * i);
    for (u32 t = words[2]; t < words[2] + words[3]; t++) g->mask[t / 64] |= 1ull << (t % 64);
  }
  *descriptor = g;
  return 0;
}
int cuGreenCtxCreate(struct Green **context, struct Green *descriptor, int device, u32 flags) {
  CALL(cuGreenCtxCreate);
  (void)device;
  if (flags != 1) return 1;
  *context = descriptor;
  open_handles[GREEN]++;
  return 0;
}
int cuGreenCtxDestroy(struct Green *context) {
  CALL(cuGreenCtxDestroy);
  wait_for(NULL);
  if (context->streams) misplaced++;
  free(context);
  open_handles[GREEN]--;
  return 0;
}
int cuGreenCtxStreamCreate(struct Stream **stream, struct Green *context, u32 flags, int priority) {
  CALL(cuGreenCtxStreamCreate);
  if (flags != 1) return 1;
  pthread_mutex_lock(&lock);
  *stream = new_stream(context->mask, priority, context);
  pthread_mutex_unlock(&lock);
  return 0;
}
#endif
