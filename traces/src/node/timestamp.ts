/** A point in time, exact to the ns, which one double since 1970 would not be. */
export interface Timestamp {
  /** Whole seconds since 1970-01-01 UTC. */
  readonly seconds: number;
  readonly fractionNs: number;
}

const PATTERN = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:\+00:00|Z)?$/;

/**
 * Parses `YYYY-MM-DD HH:MM:SS` with up to nine digits of a fraction and `+00:00` or `Z` after it or
 * not. `Date.parse` would keep ms only. Returns `undefined` for anything else, as for 30 February.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const part = (i: number): number => Number(match[i]);
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return { seconds: ms / 1000, fractionNs: Number((match[7] ?? '').padEnd(9, '0')) };
}
