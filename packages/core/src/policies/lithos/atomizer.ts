import type { AtomCost, DeviceInfo } from '../../device.ts';
import type { KernelShape } from '../../kernel.ts';
import type { LaunchQueue } from '../../launch-queue.ts';
import type { Decision } from '../../policy.ts';
import type { Submission } from '../../submission.ts';
import { type Ns, US } from '../../units.ts';
import { Waves, waveCount, wholeClusters } from './waves.ts';

/** What an unseen launch counts towards the outstanding limit. */
const UNSEEN_NS = 20 * US;

export interface AtomizerRules {
  readonly enabled: boolean;
  readonly quantumNs: Ns;
  /** What cutting may add to a launch, as a share of its time. */
  readonly overhead: number;
}

/**
 * Sizes atoms (LithOS, section 5.4): an interruptible launch is cut so that others wait no longer than
 * a quantum. An atom has whole waves, because a part of a wave takes as long as all of it, and whole
 * clusters. Where atoms cost much (large grids and short blocks, if every atom launches the full grid)
 * there are fewer of them.
 */
export class Atomizer {
  private readonly cost: AtomCost | undefined;
  private readonly rules: AtomizerRules;
  private readonly waves: Waves;

  constructor(device: DeviceInfo, rules: AtomizerRules) {
    this.cost = rules.enabled ? device.capabilities.atoms : undefined;
    this.rules = rules;
    this.waves = new Waves(device);
  }

  /** Part of the whole launch's time that a submission stands for. */
  timeShare({ work, tpcs, blockBegin, blockEnd }: Submission): number {
    const wave = this.waves.blocks(work.kernel, tpcs.size);
    return waveCount(blockEnd - blockBegin, wave) / waveCount(work.kernel.blocks, wave);
  }

  /**
   * Sets `blocks` and `predictedNs` of the decision on a queue's head launch, whose TPCs are chosen.
   * @param wholeNs what the whole launch is expected to take on them; `undefined` if unseen
   * @param interruptible others may want the TPCs back
   */
  cut(
    queue: LaunchQueue,
    decision: Decision,
    wholeNs: Ns | undefined,
    interruptible: boolean,
  ): void {
    const { kernel } = queue.headWork();
    const remaining = kernel.blocks - queue.headBlock;
    const wave = this.waves.blocks(kernel, decision.tpcs.size);
    const cuts = interruptible && this.cost !== undefined && kernel.splittable;
    decision.blocks = remaining;
    if (wholeNs === undefined) {
      decision.predictedNs = UNSEEN_NS;
      if (cuts) decision.blocks = Math.min(remaining, wholeClusters(wave, kernel.clusterSize));
      return;
    }
    const waveNs = wholeNs / waveCount(kernel.blocks, wave);
    const atomNs = cuts ? this.atomNs(kernel) : Number.POSITIVE_INFINITY;
    if (waveNs * waveCount(remaining, wave) > atomNs) {
      const atomWaves = Math.max(1, Math.floor(atomNs / waveNs));
      const blocks = wholeClusters(atomWaves * wave, kernel.clusterSize);
      decision.blocks = Math.min(remaining, blocks);
    }
    decision.predictedNs = waveNs * waveCount(decision.blocks, wave);
  }

  /** Length of a kernel's atoms: the quantum, or more if they would cost more than allowed. */
  private atomNs(kernel: KernelShape): Ns {
    const { launchNs, skippedBlockNs } = this.cost as AtomCost;
    const costNs = launchNs + skippedBlockNs * kernel.blocks;
    return Math.max(this.rules.quantumNs, costNs / this.rules.overhead);
  }
}
