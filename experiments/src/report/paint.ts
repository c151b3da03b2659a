/** Colours, handed in by whoever prints: a terminal library, or nothing. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  /** An objective that is met. */
  good(text: string): string;
  /** An objective that is missed, a tenant that is refused. */
  bad(text: string): string;
}

const same = (text: string): string => text;

/** No colours. */
export const PLAIN: Paint = { bold: same, dim: same, good: same, bad: same };
