/** Colours, as CSS writes them. */
export interface Theme {
  readonly dark: boolean;
  readonly background: string;
  /** A lane in which nothing runs. */
  readonly lane: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly accent: string;
  /** A missed objective; never by colour alone. */
  readonly miss: string;
  /** Colours of tenants, in the order of their names. */
  readonly tenants: readonly string[];
  /** Names of the tenants of all open runs: one name has one colour, wherever it stands in a run. */
  readonly names: readonly string[];
}

/**
 * Tenants' colours: Okabe and Ito's set, which colour-blind eyes tell apart, in an order in which
 * neighbours differ in lightness, too; each with a lighter or darker kin for dark pages.
 */
const LIGHT: readonly string[] = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#8c5a2b',
  '#6b6ecf',
  '#8a8d91',
];
const DARK: readonly string[] = [
  '#4da6e0',
  '#f0b132',
  '#2fc297',
  '#dd97bf',
  '#8fd0f5',
  '#c08a56',
  '#9a9df0',
  '#a5a9ae',
];

const THEMES: Readonly<Record<'light' | 'dark', Omit<Theme, 'names'>>> = {
  light: {
    dark: false,
    background: '#ffffff',
    lane: '#eef0f3',
    text: '#1b2430',
    muted: '#5c6875',
    grid: '#d9dee4',
    accent: '#3355dd',
    miss: '#c8102e',
    tenants: LIGHT,
  },
  dark: {
    dark: true,
    background: '#11151b',
    lane: '#1c222b',
    text: '#e8ecf1',
    muted: '#9aa6b3',
    grid: '#2c343f',
    accent: '#8aa2ff',
    miss: '#ff5c6c',
    tenants: DARK,
  },
};

/** A theme for these tenants. */
export function theme(dark: boolean, names: readonly string[]): Theme {
  return { ...(dark ? THEMES.dark : THEMES.light), names };
}

/** A tenant's colour, by its name. */
export function tenantColour({ tenants, names, muted }: Theme, name: string | undefined): string {
  const place = names.indexOf(name ?? '');
  return place < 0 ? muted : (tenants[place % tenants.length] as string);
}

/** Red, green and blue of a colour `#rrggbb`, 0 to 255. */
export function rgb(colour: string): readonly [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** A colour between two: 0 gives the first. */
export function mix(first: string, second: string, share: number): string {
  const a = rgb(first);
  const b = rgb(second);
  const part = (i: 0 | 1 | 2): string =>
    Math.round(a[i] + (b[i] - a[i]) * share)
      .toString(16)
      .padStart(2, '0');
  return `#${part(0)}${part(1)}${part(2)}`;
}

/** Black or white: which can be read on a colour. */
export function inkOn(colour: string): string {
  const [r, g, b] = rgb(colour);
  return 0.3 * r + 0.59 * g + 0.11 * b > 140 ? '#10151c' : '#ffffff';
}
