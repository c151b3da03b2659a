import type { TpcSet } from '@lithos/core';
import type { Cuda, Handle } from '../driver/cuda.ts';
import { DEV_RESOURCE } from '../driver/cuda-prototypes.ts';

/**
 * The device's SMs in the groups of one split, of which green contexts are made. TPC `i` of ours is in
 * group `floor(i / granularity)`; the driver does not say which SMs a group has.
 */
export class TpcGroups {
  /** TPCs of a group. */
  readonly granularity: number;
  /** TPCs in groups; with groups of more than one some may be left over. */
  readonly tpcs: number;
  private readonly cuda: Cuda;
  private readonly device: number;
  private readonly groups: Uint8Array;

  /** @param fine groups of one TPC, without the guarantee that clusters of blocks fit in one */
  constructor(cuda: Cuda, device: number, smsPerTpc: number, fine: boolean) {
    this.cuda = cuda;
    this.device = device;
    this.groups = cuda.splitSms(cuda.smResource(device), smsPerTpc, fine);
    const sms = new DataView(this.groups.buffer).getUint32(DEV_RESOURCE.smCount, true);
    this.granularity = Math.max(1, Math.floor(sms / smsPerTpc));
    this.tpcs = (this.groups.length / DEV_RESOURCE.bytes) * this.granularity;
  }

  /** A green context of these TPCs: of all groups that have one of them. */
  createContext(tpcs: TpcSet): Handle {
    const chosen = new Set<number>();
    for (const tpc of tpcs) chosen.add(Math.floor(tpc / this.granularity));
    const bytes = DEV_RESOURCE.bytes;
    const resources = new Uint8Array(chosen.size * bytes);
    let at = 0;
    for (const group of chosen) {
      resources.set(this.groups.subarray(group * bytes, (group + 1) * bytes), at);
      at += bytes;
    }
    return this.cuda.createGreenContext(resources, this.device);
  }
}
