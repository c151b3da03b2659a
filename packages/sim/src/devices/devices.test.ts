import { LithosError } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { deviceInfo, instanceTpcs } from '../device/info.ts';
import { DEVICES, findDevice } from './registry.ts';

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

describe('the A100', () => {
  it('splits into 4g and 3g as NVIDIA says', () => {
    const { instances } = deviceInfo(findDevice('a100-40gb')).capabilities;
    expect(instances.map((p) => [p.name, p.tpcs, p.memoryShare])).toEqual([
      ['7g.40gb', 49, 1],
      ['4g.20gb', 28, 0.5],
      ['3g.20gb', 21, 0.5],
      ['2g.10gb', 14, 0.25],
      ['1g.5gb', 7, 0.125],
    ]);
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
