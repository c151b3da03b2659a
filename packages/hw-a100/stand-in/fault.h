/*
 * Faults on demand, shared by both stand-in libraries.
 *
 * FAULT of the environment is a list "CALL:N:RESULT,…": the Nth call of CALL (from 1; 0: every call)
 * returns RESULT, or does not return if that is -2. "lost:N:RESULT" makes every call from the Nth kernel
 * launch on return RESULT, and "hang:N:0" makes the Nth kernel never end. FAULT_IN_MPS is for clients of
 * MPS alone. `standin_faults` sets the same list from a test.
 */
#ifndef FAULT_H
#define FAULT_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEVER -2
#define MAX_FAULTS 16
#define MAX_CALLS 128

static struct { char call[64]; int nth; int result; } faults[MAX_FAULTS];
static int fault_count;
static struct { const char *call; long count; } calls[MAX_CALLS];
static int call_kinds;
static int faults_read;
static int lost_result;
/* Kernels launched since the faults were set. */
static long kernels __attribute__((unused));

void standin_faults(const char *list) {
  faults_read = 1;
  fault_count = 0;
  call_kinds = 0;
  lost_result = 0;
  kernels = 0;
  char copy[1024];
  snprintf(copy, sizeof copy, "%s", list ? list : "");
  for (char *part = strtok(copy, ","); part && fault_count < MAX_FAULTS; part = strtok(NULL, ",")) {
    int n = sscanf(part, "%63[^:]:%d:%d", faults[fault_count].call, &faults[fault_count].nth,
                   &faults[fault_count].result);
    if (n == 3) fault_count++;
  }
}

/* Times that a call was made since the faults were set; "kernels": kernels. */
long standin_calls(const char *call) {
  if (strcmp(call, "kernels") == 0) return kernels;
  for (int i = 0; i < call_kinds; i++)
    if (strcmp(calls[i].call, call) == 0) return calls[i].count;
  return 0;
}

static int fault_matches(const char *call, long count) {
  for (int i = 0; i < fault_count; i++)
    if (strcmp(faults[i].call, call) == 0 && (faults[i].nth == 0 || faults[i].nth == count))
      return faults[i].result ? faults[i].result : -1;
  return 0;
}

/* The result of a fault that lasts from its Nth time on, or 0. */
static int __attribute__((unused)) fault_since(const char *call, long count) {
  for (int i = 0; i < fault_count; i++)
    if (strcmp(faults[i].call, call) == 0 && count >= faults[i].nth) return faults[i].result;
  return 0;
}

/* Counts a call; the result it is to fail with, or 0. */
static int fault(const char *call) {
  if (!faults_read) {
    const char *client = getenv("CUDA_MPS_PIPE_DIRECTORY") ? getenv(FAULT_VARIABLE "_IN_MPS") : NULL;
    standin_faults(client ? client : getenv(FAULT_VARIABLE));
  }
  int i = 0;
  while (i < call_kinds && strcmp(calls[i].call, call) != 0) i++;
  if (i == call_kinds && call_kinds < MAX_CALLS) {
    calls[i].call = call;
    calls[i].count = 0;
    call_kinds++;
  }
  long count = ++calls[i].count;
  if (lost_result) return lost_result;
  int failed = fault_matches(call, count);
  while (failed == NEVER) pause();
  return failed;
}
#endif
