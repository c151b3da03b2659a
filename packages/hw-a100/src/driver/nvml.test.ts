import { LithosError } from '@lithos/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import { type Nvml, openNvml } from './nvml.ts';

const standIn = buildStandIn();

describe.skipIf(standIn === undefined)('NVML, on the stand-in', () => {
  let control: StandInControl;
  beforeEach(() => {
    process.env.LITHOS_LIBNVML = standIn?.nvml;
    control = new StandInControl(standIn?.nvml ?? '');
    control.faults('');
  });

  const use = (act: (nvml: Nvml) => void): void => {
    const nvml = openNvml('GPU-1');
    try {
      act(nvml);
    } finally {
      nvml.close();
    }
  };

  it('reads power, energy and clocks', () => {
    use((nvml) => {
      expect(nvml.powerW()).toBe(150);
      expect(nvml.energyJ()).toBeGreaterThan(0);
      expect([nvml.smMhz(), nvml.memoryMhz()]).toEqual([1980, 3201]);
      expect(nvml.supportedSmMhz()[0]).toBe(1005);
      expect(nvml.migEnabled()).toBe(false);
      expect(nvml.driverVersion()).toBe('580.0.0');
    });
  });

  it('reads MIG instances, and the power of the GPU that one is a part of', () => {
    process.env.LITHOS_STANDIN_MIG = '4:4:56:20096,3:1:14:20096';
    try {
      use((nvml) => {
        expect(nvml.migEnabled()).toBe(true);
        expect(nvml.name()).toBe('Stand-in');
        expect(nvml.migInstances()).toEqual([
          {
            uuid: 'MIG-00000000-0000-0000-0000-000000000000',
            sms: 56,
            gpuSlices: 4,
            computeSlices: 4,
            memoryBytes: 20_096 * 2 ** 20,
          },
          expect.objectContaining({ sms: 14, gpuSlices: 3, computeSlices: 1 }),
        ]);
      });
      // CUDA says GPU- of a MIG device, too.
      const part = openNvml('GPU-00000000-0000-0000-0000-000000000001');
      expect(part.powerW()).toBe(150);
      part.close();
      control.faults('nvmlDeviceGetMigDeviceHandleByIndex:2:15');
      const gpu = openNvml(0);
      expect(() => gpu.migInstances()).toThrow(expect.objectContaining({ code: 'E_NVML_LOST' }));
      gpu.close();
    } finally {
      delete process.env.LITHOS_STANDIN_MIG;
    }
  });

  it.each([
    ['nvmlDeviceGetPowerUsage', 15, 'E_NVML_LOST', (nvml: Nvml) => nvml.powerW()],
    ['nvmlDeviceGetTotalEnergyConsumption', 3, 'E_NVML_SUPPORT', (nvml: Nvml) => nvml.energyJ()],
    ['nvmlDeviceGetClockInfo', 999, 'E_NVML_CALL', (nvml: Nvml) => nvml.smMhz()],
    [
      'nvmlDeviceSetGpuLockedClocks',
      4,
      'E_NVML_PERMISSION',
      (nvml: Nvml) => nvml.lockSmClock(1200),
    ],
  ])('says what %s failed with', (call, result, code, act) => {
    control.faults(`${call}:1:${result}`);
    let caught: unknown;
    try {
      use((nvml) => void act(nvml));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(LithosError);
    expect(caught).toMatchObject({ code, message: expect.stringContaining(`${call} failed`) });
  });

  it('is closed again where the device is not there', () => {
    expect(() => openNvml('no such device')).toThrow(LithosError);
    expect(control.calls('nvmlShutdown')).toBe(control.calls('nvmlInit_v2'));
  });

  it('says which library is missing', () => {
    process.env.LITHOS_LIBNVML = 'nowhere.so';
    expect(() => openNvml('GPU-1')).toThrow(
      expect.objectContaining({
        code: 'E_NVML_LIBRARY',
        message: expect.stringContaining("cannot be loaded from 'nowhere.so'"),
      }),
    );
  });
});
