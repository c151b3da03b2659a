import { LithosError } from './errors.ts';
import { nearest } from './nearest.ts';
import type { PolicyDefinition } from './policy.ts';

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
    const parameter = policy.parameters[name];
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
    values[name] = value;
  }
  return values;
}
