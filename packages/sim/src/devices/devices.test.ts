import { LithosError } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { deviceInfo, instanceTpcs } from '../device/info.ts';
import type { DeviceFile } from '../model/device-model.ts';
import { idlePower } from '../model/power.ts';
import { CEILING_W, IDLE_W } from '../power/board-power.ts';
import { Rig } from '../testing/rig.ts';
import { a100_40gb } from './a100-40gb.ts';
import { DEVICES, findDevice } from './registry.ts';
import { validateDeviceFile } from './validate.ts';

/** Every object with a `value` in a device file, by its path. */
function numbers(at: object, path: string): { path: string; value: unknown; source: unknown }[] {
  return Object.entries(at).flatMap(([key, child]: [string, unknown]) => {
    if (typeof child !== 'object' || child === null || Array.isArray(child)) return [];
    const here = `${path}.${key}`;
    const { value, source } = child as { value?: unknown; source?: unknown };
    return value === undefined ? numbers(child, here) : [{ path: here, value, source }];
  });
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe.each(DEVICES.map((d) => [d.id, d] as const))('the device file %s', (_, file) => {
  const info = deviceInfo(file);

  it('has a source for every number', () => {
    const all = numbers(file, file.id);
    expect(all.length).toBeGreaterThan(30);
    for (const { path, source } of all) {
      expect([path, typeof source, source !== '']).toEqual([path, 'string', true]);
    }
    expect(file.mig.source).not.toBe('');
  });

  it('has sensible numbers', () => {
    for (const { path, value } of numbers(file, file.id)) {
      if (typeof value === 'string') continue;
      // Only a list may have a zero in it.
      const values = [value].flat().map(Number);
      const least = values.length > 1 ? 0 : Number.MIN_VALUE;
      for (const v of values) expect([path, v >= least]).toEqual([path, true]);
    }
    for (const ns of Object.values({
      ...file.contexts,
      ...file.launch,
      gap: file.clock.switchNs,
    })) {
      expect(ns.value).toBeLessThan(1e9);
    }
  });

  it('has TPCs that add up', () => {
    expect(sum(file.geometry.tpcsPerGpc.value)).toBe(file.geometry.tpcs.value);
    expect(info.tpcs.size).toBe(file.geometry.tpcs.value);
    expect(info.tpcsPerGpc).toEqual(file.geometry.tpcsPerGpc.value);
  });

  it('has MIG instances, largest first, that fit it in every order', () => {
    const { instances } = info.capabilities;
    const slices = instances.map((p) => p.computeSlices);
    expect(slices).toEqual([...slices].sort((a, b) => b - a));
    for (const profile of instances) {
      expect(profile.tpcs).toBe(profile.computeSlices * file.mig.tpcsPerSlice);
      expect(profile.memoryBytes).toBeLessThanOrEqual(info.memoryBytes);
      expect(profile.memoryShare).toBeLessThanOrEqual(1);
      for (let first = 0; first + profile.computeSlices <= 7; first++) {
        const tpcs = instanceTpcs(file, first, profile.computeSlices);
        expect(tpcs.size).toBe(profile.tpcs);
        expect(tpcs.isSubsetOf(info.tpcs)).toBe(true);
      }
    }
    const four = instanceTpcs(file, 0, 4);
    expect(four.intersects(instanceTpcs(file, 4, 3))).toBe(false);
  });

  it('offers its greatest clock, and none beyond', () => {
    const { maxSmMhz, settableSmMhz } = info.clocks;
    expect(Math.max(...settableSmMhz)).toBe(maxSmMhz);
    expect(settableSmMhz.length).toBeGreaterThan(10);
  });

  it('is found by its id', () => {
    expect(findDevice(file.id)).toBe(file);
    expect([info.id, info.name]).toEqual([file.id, file.name]);
  });
});

// Source: `nvidia-smi mig -lgip` (TPCs, memory); bus width and L2 in instances (share).
describe('MIG', () => {
  it.each([
    ['a100-40gb', ['7g.40gb', '4g.20gb', '3g.20gb', '2g.10gb', '1g.5gb'], 39.5, 7],
    ['a100-80gb', ['7g.80gb', '4g.40gb', '3g.40gb', '2g.20gb', '1g.10gb'], 79.25, 7],
    ['a100-80gb-pcie', ['7g.80gb', '4g.40gb', '3g.40gb', '2g.20gb', '1g.10gb'], 79.25, 7],
    ['h100', ['7g.80gb', '4g.40gb', '3g.40gb', '2g.20gb', '1g.10gb'], 79.25, 8],
    ['h200', ['7g.141gb', '4g.71gb', '3g.71gb', '2g.35gb', '1g.18gb'], 140, 8],
  ] as const)('splits the %s as NVIDIA says', (id, names, gib, perSlice) => {
    const { instances } = deviceInfo(findDevice(id)).capabilities;
    const shares = [1, 0.5, 0.5, 0.25, 0.125];
    expect(instances.map((p) => [p.name, p.tpcs, p.memoryShare])).toEqual(
      names.map((name, i) => [name, ([7, 4, 3, 2, 1][i] ?? 0) * perSlice, shares[i]]),
    );
    expect((instances[0]?.memoryBytes ?? 0) / 2 ** 30).toBe(gib);
  });
});

describe('idle power with a context', () => {
  // Source: literature for A100 and H100 (reference in the files), measured for the H200.
  it.each([
    ['a100-40gb', 210, 53.7],
    ['a100-80gb', 1410, 80.0],
    ['h100', 345, 71.8],
    ['h100', 1980, 121.7],
    ['h200', 1980, IDLE_W],
  ])('of the %s at %d MHz is %d W', (id, mhz, watts) => {
    expect(idlePower(findDevice(id), mhz)).toBeCloseTo(watts, 1);
  });

  it('and the ceiling of the H200 are those of its fitted power model', () => {
    expect(findDevice('h200').power.ceilingW?.value).toBe(CEILING_W);
    expect(DEVICES.filter((d) => d.power.ceilingW !== undefined).map((d) => d.id)).toEqual([
      'h200',
    ]);
  });
});

describe('a device file that contradicts itself', () => {
  const { geometry, mig, clock, memory } = a100_40gb;
  const uneven = { ...geometry.tpcsPerGpc, value: [8, 8, 8, 8, 8, 8, 7] };
  const wrong = (change: Partial<DeviceFile>): DeviceFile => ({ ...a100_40gb, ...change });

  it.each([
    [
      wrong({ geometry: { ...geometry, tpcsPerGpc: uneven } }),
      'do not add up: 8 + 8 + 8 + 8 + 8 + 8 + 7 = 55, but geometry.tpcs is 54',
    ],
    [wrong({ mig: { ...mig, tpcsPerSlice: 8 } }), 'MIG 7g.40gb needs 56 TPCs of 54'],
    [
      wrong({ memory: { ...memory, bytes: { value: 1e10, source: 'x' } } }),
      'MIG 7g.40gb has more memory than the device',
    ],
    [
      wrong({ memory: { ...memory, dramBytesPerNs: { value: Number.NaN, source: 'x' } } }),
      'memory.dramBytesPerNs.value is NaN',
    ],
    [
      wrong({ clock: { ...clock, stepMhz: { value: -15, source: 'x' } } }),
      'clock.stepMhz.value is -15',
    ],
    [
      wrong({ clock: { ...clock, minSmMhz: { value: 2000, source: 'x' } } }),
      'clock.minSmMhz is 2000, above clock.maxSmMhz, 1410',
    ],
    [
      wrong({ memory: { ...memory, l2BytesPerNs: { value: 0, source: 'x' } } }),
      'memory.l2BytesPerNs is 0',
    ],
    [
      wrong({
        geometry: {
          ...geometry,
          tpcs: { value: 100, source: 'x' },
          tpcsPerGpc: { value: [50, 50], source: 'x' },
        },
      }),
      'geometry.tpcs is 100',
    ],
    [wrong({ atoms: { value: 'whole' as never, source: 'x' } }), "atoms is 'whole'"],
  ])('is refused %#', (file, message) => {
    const refused = expect.objectContaining({
      code: 'E_DEVICE_FILE',
      message: expect.stringContaining(message),
      fix: expect.stringMatching(/./),
    });
    expect(() => validateDeviceFile(file)).toThrow(refused);
    expect(() => new Rig(file)).toThrow(LithosError);
  });

  it('is none of those that ship', () => {
    for (const file of DEVICES) validateDeviceFile(file);
  });
});

describe('findDevice', () => {
  it('names the nearest device, or all', () => {
    const find = (id: string) => () => findDevice(id);
    expect(find('a100-40')).toThrow(LithosError);
    expect(find('a100-40')).toThrow(
      expect.objectContaining({ code: 'E_DEVICE_NAME', fix: "did you mean 'a100-40gb'?" }),
    );
    expect(find('mainframe-of-1970')).toThrow(
      expect.objectContaining({ fix: expect.stringMatching(/^known devices: .*h200/) }),
    );
  });

  it('has each id once', () => {
    expect(new Set(DEVICES.map((d) => d.id)).size).toBe(DEVICES.length);
  });
});
