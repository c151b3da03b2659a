import type { KernelProfile } from '@lithos/core';

/** Share of the whole-device time of a profile per source of its work numbers, in percent. */
function shares(profile: KernelProfile): {
  readonly c: number;
  readonly s: number;
  readonly e: number;
} {
  const times = profile.durationNs[profile.tpcCounts.length - 1] ?? [];
  const sum = { c: 0, s: 0, e: 0 };
  let total = 0;
  times.forEach((ns, position) => {
    const source = profile.work.source[position];
    if (source === 'c' || source === 's' || source === 'e') sum[source] += ns;
    total += ns;
  });
  const percent = (ns: number): number => Math.round((1000 * ns) / Math.max(1, total)) / 10;
  return { c: percent(sum.c), s: percent(sum.s), e: percent(sum.e) };
}

/** The table of shipped profiles for the folder's README, in Markdown. */
export function sourceTable(profiles: readonly KernelProfile[]): string {
  const rows = profiles.map((profile) => {
    const { c, s, e } = shares(profile);
    const ms = (profile.iterationNs / 1e6).toFixed(3);
    const cells = [profile.id, profile.kind, profile.sequence.length, ms, c, s, e];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| profile | kind | launches | iteration ms | c % | s % | e % |',
    '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}
