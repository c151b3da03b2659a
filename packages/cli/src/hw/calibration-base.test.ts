import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildStandIn } from '@lithos/hw-a100';
import { DEVICES } from '@lithos/sim';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder } from '../testing.ts';
import { calibrationBase, checkWritable } from './calibration-base.ts';

const standIn = buildStandIn();
const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

describe('what a calibration begins with', () => {
  it.each(DEVICES.map((d) => [d.id, d] as const))("is %s for that GPU's name", (id, device) => {
    const gpu = { name: device.name, tpcs: device.geometry.tpcs.value };
    expect(calibrationBase(gpu, undefined).id).toBe(id);
  });

  it('is what was stated, where that has as many TPCs', () => {
    const gpu = { name: 'NVIDIA GH200', tpcs: 66 };
    expect(calibrationBase(gpu, 'h100').id).toBe('h100');
    expect(() => calibrationBase(gpu, 'a100-40gb')).toThrow(
      "'a100-40gb' has 54 TPCs, and this GPU (NVIDIA GH200) has 66",
    );
    expect(() => calibrationBase(gpu, undefined)).toThrow('there is no device file of this GPU');
    expect(() => calibrationBase({ name: 'NVIDIA H200', tpcs: 7 }, undefined)).toThrow('has 66');
  });

  it('is not measured for a file that cannot be written', () => {
    expect(() => checkWritable(join(FOLDER, 'new.json'))).not.toThrow();
    expect(() => checkWritable(FOLDER)).toThrow('it is a folder');
    expect(() => checkWritable(join(FOLDER, 'none', 'new.json'))).toThrow('ENOENT');
  });

  it.skipIf(standIn === undefined)('is looked for before the GPU is measured', async () => {
    const env = {
      LITHOS_LIBCUDA: standIn?.cuda ?? '',
      LITHOS_STANDIN_NAME: 'NVIDIA H200',
      LITHOS_STANDIN_TPCS: '54',
      // What measures launches.
      LITHOS_STANDIN_FAULT: 'cuLaunchKernel:0:700',
    };
    const { code, stderr } = await lithos(['hw', 'calibrate'], { cwd: FOLDER, env });
    expect(stderr).toContain("'h200' has 66 TPCs, and this GPU (NVIDIA H200) has 54");
    expect(code).toBe(2);
    const missing = join('none', 'new.json');
    const other = await lithos(['hw', 'calibrate', '--out', missing], { cwd: FOLDER, env });
    expect(other.stderr).toContain(`cannot write ${missing}`);
    expect(other.code).toBe(2);
  });
});
