import { LithosError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { PolicyDefinition, PolicyParameter } from './policy.ts';

/** Units whose values are whole numbers. */
const WHOLE: readonly PolicyParameter['unit'][] = ['switch', 'tpcs', 'count'];

/** A policy's parameter values with defaults filled in; unknown names and bad values are refused. */
export function resolveParameters(
  policy: PolicyDefinition,
  overrides: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const [name, parameter] of Object.entries(policy.parameters)) {
    values[name] = parameter.default;
  }
  for (const [name, value] of Object.entries(overrides)) {
    const parameter = Object.hasOwn(policy.parameters, name) ? policy.parameters[name] : undefined;
    if (parameter === undefined) {
      const guess = nearest(name, Object.keys(policy.parameters));
      throw new LithosError(
        'E_POLICY_PARAMETER',
        `policy '${policy.name}' has no parameter '${name}'`,
        guess === undefined ? `see \`lithos policies ${policy.name}\`` : `did you mean '${guess}'?`,
      );
    }
    if (!(value >= parameter.min && value <= parameter.max)) {
      throw new LithosError(
        'E_POLICY_PARAMETER',
        `parameter '${name}' of policy '${policy.name}' is ${value}`,
        `give a value from ${parameter.min} to ${parameter.max} ${parameter.unit}`,
      );
    }
    if (WHOLE.includes(parameter.unit) && !Number.isInteger(value)) {
      throw new LithosError(
        'E_POLICY_PARAMETER',
        `parameter '${name}' of policy '${policy.name}' is ${value}, not a whole number`,
        parameter.unit === 'switch' ? 'give 0 (off) or 1 (on)' : 'give a whole number',
      );
    }
    values[name] = value;
  }
  return values;
}
