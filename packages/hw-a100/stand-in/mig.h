/*
 * MIG, shared by both stand-in libraries. LITHOS_STANDIN_MIG turns it on: a list of the instances that are
 * there, "GPU SLICES:COMPUTE SLICES:SMS:MIB,…", perhaps empty. A process whose CUDA_VISIBLE_DEVICES names
 * one by its UUID has that as its device. Number 0 of the driver's is free, as if it had been destroyed.
 */
#ifndef MIG_H
#define MIG_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIG_MOST 7
#define MIG_UUID "MIG-00000000-0000-0000-0000-0000000000%02x"

struct MigInstance { unsigned gpu, compute, sms, mib; };

static int __attribute__((unused)) mig_on(void) { return getenv("LITHOS_STANDIN_MIG") != NULL; }

/* Instance `index`, from 0; 0 if there is none. */
static int mig_instance(int index, struct MigInstance *m) {
  const char *at = getenv("LITHOS_STANDIN_MIG");
  for (int i = 0; at && *at; i++) {
    if (i == index) return sscanf(at, "%u:%u:%u:%u", &m->gpu, &m->compute, &m->sms, &m->mib) == 4;
    at = strchr(at, ',');
    if (at) at++;
  }
  return 0;
}

/* The instance that this process may see: its number, or -1. */
static int __attribute__((unused)) mig_visible(struct MigInstance *m) {
  const char *visible = getenv("CUDA_VISIBLE_DEVICES");
  char uuid[64];
  for (int i = 0; visible && mig_instance(i, m); i++) {
    snprintf(uuid, sizeof uuid, MIG_UUID, i);
    if (strcmp(uuid, visible) == 0) return i;
  }
  return -1;
}
#endif
