/** A span of time with a fitting unit, about four digits. */
export function formatTime(ns: number): string {
  const size = Math.abs(ns);
  if (size >= 1e9) return `${digits(ns / 1e9)} s`;
  if (size >= 1e6) return `${digits(ns / 1e6)} ms`;
  if (size >= 1e3) return `${digits(ns / 1e3)} µs`;
  return `${digits(ns)} ns`;
}

/** A moment, as far from 0 as the precision of the view asks for. */
export function formatMoment(ns: number, spanNs: number): string {
  const decimals = Math.max(0, Math.min(9, 2 - Math.floor(Math.log10(Math.max(1, spanNs) / 1e9))));
  return `${(ns / 1e9).toFixed(decimals)} s`;
}

/** A reading with its unit; NaN stands for one that the device did not give. */
export function formatReading(value: number, unit = ''): string {
  return Number.isNaN(value) ? 'unknown' : `${digits(value)} ${unit}`.trim();
}

export function digits(value: number): string {
  const size = Math.abs(value);
  const decimals = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

export function formatShare(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${(share * 100).toFixed(1)} %`;
}

export function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}

/** A kernel's name without return type, namespaces, and template arguments. */
export function shortKernel(name: string): string {
  const bare = name.replace(/^void\s+/, '');
  const head = bare.slice(0, bare.search(/[<(]/) < 0 ? undefined : bare.search(/[<(]/));
  return head.split('::').at(-1) || bare.slice(0, 40);
}

/** TPCs as ranges: 0–31, 40. */
export function formatTpcs(tpcs: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < tpcs.length; ) {
    let k = i;
    while (tpcs[k + 1] === (tpcs[k] as number) + 1) k += 1;
    ranges.push(i === k ? `${tpcs[i]}` : `${tpcs[i]}–${tpcs[k]}`);
    i = k + 1;
  }
  return ranges.join(', ');
}
