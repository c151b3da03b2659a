import { findPolicy, LithosError, type PolicyParameter, resolveParameters } from '@lithos/core';
import { formatDuration, formatShare, parseDuration, parseShare } from '@lithos/experiments';

/** Overrides of parameters, by policy. */
export type Settings = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Zero with a unit: a value of a parameter, though no duration of a run. */
const ZERO = /^0+(\.0+)?\s*(ns|us|µs|ms|s|%)$/;

/**
 * Reads `--set POLICY.PARAMETER=VALUE`, as often as it is given, and checks names and values.
 * @param policies the policies that run: a setting of another one would be of no use
 */
export function readSettings(texts: readonly string[], policies: readonly string[]): Settings {
  const settings: Record<string, Record<string, number>> = {};
  for (const text of texts) {
    const match = /^([^.=]+)\.([^=]+)=(.*)$/.exec(text);
    if (match === null) {
      throw new LithosError(
        'E_SETTING',
        `--set: '${text}' is not POLICY.PARAMETER=VALUE`,
        'write it like --set lithos.atomizer.quantum=250us',
      );
    }
    const [, name = '', parameter = '', value = ''] = match;
    const policy = findPolicy(name);
    if (!policies.includes(name)) {
      throw new LithosError(
        'E_SETTING',
        `--set: policy '${name}' is not among those that run (${policies.join(', ')})`,
        `add ${name} to --policies, or remove the setting`,
      );
    }
    const declared = policy.parameters[parameter];
    const number = declared === undefined ? 0 : readValue(declared, value, `--set ${text}`);
    settings[name] = { ...settings[name], [parameter]: number };
    resolveParameters(policy, settings[name]);
  }
  return settings;
}

function readValue({ unit }: PolicyParameter, text: string, what: string): number {
  switch (unit) {
    case 'ns':
      return ZERO.test(text) && !text.endsWith('%') ? 0 : parseDuration(text, what);
    case 'share':
      return ZERO.test(text) && text.endsWith('%') ? 0 : parseShare(text, what);
    case 'switch':
      return readSwitch(text, what);
    case 'tpcs':
    case 'factor':
    case 'count':
      return readNumber(text, what);
  }
}

function readSwitch(text: string, what: string): number {
  if (text === 'on') return 1;
  if (text === 'off') return 0;
  throw new LithosError('E_VALUE', `${what}: '${text}' is not a switch`, 'write on or off');
}

function readNumber(text: string, what: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new LithosError('E_VALUE', `${what}: '${text}' is not a number`, 'write a plain number');
}

/** A parameter's value as `--set` takes it. */
export function formatSetting(unit: PolicyParameter['unit'], value: number): string {
  switch (unit) {
    case 'ns':
      return formatDuration(value);
    case 'share':
      return formatShare(value);
    case 'switch':
      return value === 0 ? 'off' : 'on';
    case 'tpcs':
      return `${value} TPCs`;
    case 'factor':
    case 'count':
      return String(value);
  }
}
