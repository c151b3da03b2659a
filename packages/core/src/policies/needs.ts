import type { DeviceInfo, SharingDomain } from '../device.ts';

/** An `unsupported` check for a policy that needs one kind of sharing domain. */
export function needsDomain(kind: SharingDomain['kind']): (d: DeviceInfo) => string | undefined {
  return (device) =>
    device.capabilities.domains.includes(kind)
      ? undefined
      : `it needs the sharing domain '${kind}', and the device offers ${device.capabilities.domains.join(', ')}`;
}
