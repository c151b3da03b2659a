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

#define CALL(name)           \
  int failed = fault(#name); \
  if (failed > 0) return failed
#define WATTS 150

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
  if (strncmp(uuid, "GPU-", 4) != 0) return 6;
  *device = 7;
  return 0;
}
int nvmlDeviceGetPowerUsage(uint64_t device, unsigned *milliwatts) {
  CALL(nvmlDeviceGetPowerUsage);
  (void)device;
  *milliwatts = WATTS * 1000;
  return 0;
}
int nvmlDeviceGetTotalEnergyConsumption(uint64_t device, unsigned long long *millijoules) {
  CALL(nvmlDeviceGetTotalEnergyConsumption);
  (void)device;
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
  *current = *pending = 0;
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
