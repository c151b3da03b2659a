/*
 * A stand-in for NVML: power, energy, clocks, and a clock that can be locked. What is done to the clock
 * is appended to the file LITHOS_STANDIN_CLOCK_LOG, a line a call, so that a test sees what another
 * process did. LITHOS_STANDIN_NVML_FAULT is a list of faults (fault.h).
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <time.h>
#define FAULT_VARIABLE "LITHOS_STANDIN_NVML_FAULT"
#include "fault.h"
#include "mig.h"

#define CALL(name)           \
  int failed = fault(#name); \
  if (failed > 0) return failed
#define WATTS 150
/* Handle of the first MIG device; that of the GPU is 7. */
#define MIG_DEVICE 100

static long sessions;
static unsigned locked;

static void note(const char *what, unsigned mhz) {
  const char *path = getenv("LITHOS_STANDIN_CLOCK_LOG");
  FILE *file = path ? fopen(path, "a") : NULL;
  if (!file) return;
  if (mhz) fprintf(file, "%s %u\n", what, mhz);
  else fprintf(file, "%s\n", what);
  fclose(file);
}

long standin_nvml_sessions(void) { return sessions; }

int nvmlInit_v2(void) { CALL(nvmlInit_v2); sessions++; return 0; }
int nvmlShutdown(void) { CALL(nvmlShutdown); sessions--; return 0; }
const char *nvmlErrorString(int result) {
  switch (result) {
    case 3: return "Not Supported";
    case 4: return "Insufficient Permissions";
    case 15: return "GPU is lost";
    default: return "Unknown Error";
  }
}
int nvmlSystemGetDriverVersion(char *version, unsigned length) {
  CALL(nvmlSystemGetDriverVersion);
  snprintf(version, length, "580.0.0");
  return 0;
}
int nvmlDeviceGetHandleByUUID(const char *uuid, uint64_t *device) {
  CALL(nvmlDeviceGetHandleByUUID);
  char known[64];
  for (int i = 0; mig_on() && i < MIG_MOST; i++) {
    snprintf(known, sizeof known, MIG_UUID, i);
    if (strcmp(uuid + 4, known + 4) != 0) continue;
    *device = MIG_DEVICE + (uint64_t)i;
    return strncmp(uuid, "MIG-", 4) == 0 ? 0 : 6;
  }
  if (strncmp(uuid, "GPU-", 4) != 0) return 6;
  *device = 7;
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, uint64_t *device) {
  CALL(nvmlDeviceGetHandleByIndex_v2);
  *device = 7;
  return index == 0 ? 0 : 2;
}
int nvmlDeviceGetName(uint64_t device, char *name, unsigned length) {
  CALL(nvmlDeviceGetName);
  (void)device;
  const char *own = getenv("LITHOS_STANDIN_NAME");
  snprintf(name, length, "%s", own ? own : "Stand-in");
  return 0;
}
int nvmlDeviceGetUUID(uint64_t device, char *uuid, unsigned length) {
  CALL(nvmlDeviceGetUUID);
  if (device < MIG_DEVICE) snprintf(uuid, length, "GPU-00112233-4455-6677-8899-aabbccddeeff");
  else snprintf(uuid, length, MIG_UUID, (unsigned)(device - MIG_DEVICE));
  return 0;
}
int nvmlDeviceGetMaxMigDeviceCount(uint64_t device, unsigned *count) {
  CALL(nvmlDeviceGetMaxMigDeviceCount);
  (void)device;
  *count = MIG_MOST;
  return 0;
}
int nvmlDeviceGetMigDeviceHandleByIndex(uint64_t device, unsigned index, uint64_t *instance) {
  CALL(nvmlDeviceGetMigDeviceHandleByIndex);
  (void)device;
  struct MigInstance m;
  if (index == 0 || !mig_instance((int)index - 1, &m)) return 6;
  *instance = MIG_DEVICE + index - 1;
  return 0;
}
int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(uint64_t instance, uint64_t *device) {
  CALL(nvmlDeviceGetDeviceHandleFromMigDeviceHandle);
  (void)instance;
  *device = 7;
  return 0;
}
int nvmlDeviceGetAttributes_v2(uint64_t device, unsigned *attributes) {
  CALL(nvmlDeviceGetAttributes_v2);
  struct MigInstance m;
  if (device < MIG_DEVICE || !mig_instance((int)(device - MIG_DEVICE), &m)) return 3;
  memset(attributes, 0, 40);
  attributes[0] = m.sms;
  attributes[6] = m.gpu;
  attributes[7] = m.compute;
  attributes[8] = m.mib;
  return 0;
}
int nvmlDeviceGetPowerUsage(uint64_t device, unsigned *milliwatts) {
  CALL(nvmlDeviceGetPowerUsage);
  if (device >= MIG_DEVICE) return 3;
  *milliwatts = WATTS * 1000;
  return 0;
}
int nvmlDeviceGetTotalEnergyConsumption(uint64_t device, unsigned long long *millijoules) {
  CALL(nvmlDeviceGetTotalEnergyConsumption);
  if (device >= MIG_DEVICE) return 3;
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  *millijoules = WATTS * ((unsigned long long)t.tv_sec * 1000 + (unsigned long long)t.tv_nsec / 1000000);
  return 0;
}
int nvmlDeviceGetClockInfo(uint64_t device, int type, unsigned *mhz) {
  CALL(nvmlDeviceGetClockInfo);
  (void)device;
  *mhz = type == 2 ? 3201 : locked ? locked : 1980;
  return 0;
}
int nvmlDeviceGetSupportedGraphicsClocks(uint64_t device, unsigned memory, unsigned *count, unsigned *mhz) {
  CALL(nvmlDeviceGetSupportedGraphicsClocks);
  (void)device; (void)memory;
  unsigned n = 0;
  for (unsigned f = 1980; f >= 1005; f -= 15) mhz[n++] = f;
  *count = n;
  return 0;
}
int nvmlDeviceGetMigMode(uint64_t device, unsigned *current, unsigned *pending) {
  CALL(nvmlDeviceGetMigMode);
  (void)device;
  *current = *pending = (unsigned)mig_on();
  return 0;
}
int nvmlDeviceSetGpuLockedClocks(uint64_t device, unsigned least, unsigned most) {
  CALL(nvmlDeviceSetGpuLockedClocks);
  (void)device; (void)least;
  locked = most;
  note("lock", most);
  return 0;
}
int nvmlDeviceResetGpuLockedClocks(uint64_t device) {
  CALL(nvmlDeviceResetGpuLockedClocks);
  (void)device;
  locked = 0;
  note("reset", 0);
  return 0;
}
