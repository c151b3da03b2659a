import type { SharingDomain, Submission } from '@lithos/core';
import type { DeviceFile } from '../model/device-model.ts';
import type { SimKernel } from '../model/sim-kernel.ts';
import { Rig } from './rig.ts';

/** A host that launches on a simulated device, its calls at the device file's costs. */
export class HostRig extends Rig {
  /** Iterations that each stream's loop has seen end. */
  readonly iterations: number[] = [];
  private readonly loops: (SimKernel | undefined)[] = [];
  private readonly file: DeviceFile;

  constructor(file: DeviceFile) {
    super(file);
    this.file = file;
  }

  /** Launches `count` times into a stream, one call after the other. */
  launchEach(work: SimKernel, count: number, domain?: SharingDomain): void {
    const stream = this.stream(domain);
    const cost = this.file.launch.hostLaunchNs.value;
    for (let i = 1; i <= count; i++) this.at(i * cost, () => this.submit(stream, work));
  }

  /** Launches a graph of `count` nodes. */
  launchGraph(work: SimKernel, count: number, domain?: SharingDomain): void {
    const stream = this.stream(domain);
    this.at(this.file.launch.hostGraphLaunchNs.value, () => {
      for (let i = 0; i < count; i++) this.submit(stream, work);
    });
  }

  /** Launches, synchronises, and begins again. */
  loop(work: SimKernel, domain?: SharingDomain): void {
    const stream = this.stream(domain);
    this.loops[stream] = work;
    this.iterations[stream] = 0;
    this.launchNext(stream, work);
  }

  override submissionCompleted(submission: Submission): void {
    super.submissionCompleted(submission);
    const { stream } = submission;
    const work = this.loops[stream];
    if (work === undefined) return;
    this.at(this.engine.now() + this.file.launch.hostSyncNs.value, () => {
      this.iterations[stream] = (this.iterations[stream] as number) + 1;
      this.launchNext(stream, work);
    });
  }

  private launchNext(stream: number, work: SimKernel): void {
    const at = this.engine.now() + this.file.launch.hostLaunchNs.value;
    this.at(at, () => this.submit(stream, work));
  }
}
