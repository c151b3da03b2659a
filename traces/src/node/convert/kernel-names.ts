/** Words that say nothing about which function a demangled name means. */
const COMMON = new Set(
  'void at native anonymous namespace unnamed lambda operator const char int long bool float Half c10 TensorIteratorBase'.split(
    ' ',
  ),
);

/**
 * A demangled kernel name reduced to what two demanglers agree on, so that launches from different
 * tools can be compared.
 */
export interface CanonicalName {
  /** The function's own name, without namespaces, template arguments and parameters. */
  readonly base: string;
  /** The identifiers in the whole name: tells apart instantiations of one template. */
  readonly words: ReadonlySet<string>;
}

/**
 * cuBLAS names its Hopper kernels by tile and cluster, `nvjet_sm90_hsh_128x8_64x12_4x1_v_bz_TNT`.
 * The cluster (`4x1`) is chosen anew from run to run and does not change what the blocks do.
 */
function withoutCluster(base: string): string {
  return isClustered(base) ? base.replace(/_\d+x\d+_([hv])_/, '_$1_') : base;
}

/** Whether the grid of a kernel is folded by its cluster, so that only the block count means anything. */
export function isClustered(base: string): boolean {
  return base.startsWith('nvjet_');
}

/** Parses a demangled name; a name that is cut short is fine. */
export function canonicalName(name: string): CanonicalName {
  const plain = name.replaceAll('(anonymous namespace)::', '').replaceAll('<unnamed>::', '');
  const head = (plain.replace(/^void /, '').split(/[<(]/)[0] ?? plain).trim();
  const base = withoutCluster(head.slice(head.lastIndexOf(':') + 1));
  const words = plain.match(/[A-Za-z_]\w*/g) ?? [];
  const telling = words.filter((word) => word.length > 2 && !COMMON.has(word));
  return { base, words: new Set(telling.length === 1 ? [base] : telling) };
}

/** Likeness of two names, 0 (no word shared) to 1 (same words). */
export function likeness(a: CanonicalName, b: CanonicalName): number {
  let shared = 0;
  for (const word of a.words) if (b.words.has(word)) shared += 1;
  const all = a.words.size + b.words.size - shared;
  return all === 0 ? 1 : shared / all;
}

/** Copies and memsets, which occupy no SM. */
export function isTransfer(name: string): boolean {
  return name.startsWith('gpu_memset:') || name.startsWith('gpu_memcpy:');
}

/** Functions that compute with the tensor pipes, by the naming habits of cuBLAS, cuDNN and CUTLASS. */
export function isMatrixKernel(base: string): boolean {
  return /nvjet|xmma|gemm|sdpa|flash|fprop|dgrad|wgrad|cutlass|conv/i.test(base);
}
