import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildStandIn } from '../testing/stand-in.ts';
import { selfTest } from './self-test.ts';

const standIn = buildStandIn();

describe.skipIf(standIn === undefined)('the self-test of placement', () => {
  beforeEach(() => {
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
  });
  afterEach(() => {
    for (const name of ['LITHOS_STANDIN_MISPLACE', 'LITHOS_STANDIN_FAULT'])
      delete process.env[name];
  });

  it('finds single TPCs exact', () => {
    const { granularity, report, warnings } = selfTest();
    expect({ granularity, warnings }).toEqual({ granularity: 'tpc', warnings: [] });
    expect(report).toMatchObject({ groups: 66, groupTpcs: 1, sets: 50, faults: [] });
    expect(report?.sms[65]).toEqual([130, 131]);
  });

  it('goes on without confinement where blocks run elsewhere, and says so', () => {
    process.env.LITHOS_STANDIN_MISPLACE = '1';
    const { granularity, warnings } = selfTest();
    expect(granularity).toBe('none');
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('group 0 ran on SMs 1,2: parts of TPCs');
  });

  it('does not wait for ever', () => {
    process.env.LITHOS_STANDIN_FAULT = 'hang:5:0';
    const { granularity, warnings } = selfTest(0, 1500);
    expect(granularity).toBe('none');
    expect(warnings[0]).toContain('no answer within 1.5 s');
  });

  it('says what an old driver lacks', () => {
    process.env.LITHOS_LIBCUDA = standIn?.old;
    const { granularity, warnings } = selfTest();
    expect(granularity).toBe('none');
    expect(warnings[0]).toContain('no green contexts');
  });
});
