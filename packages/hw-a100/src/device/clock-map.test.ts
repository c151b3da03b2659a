import { describe, expect, it } from 'vitest';
import { ClockMap } from './clock-map.ts';

const START = { gpuHigh: 395_812_484, gpuLow: 100, hostNs: 5e9, uncertaintyNs: 1000 };

describe('the map of clocks', () => {
  it('begins where the clocks were compared', () => {
    const map = new ClockMap(START);
    expect(map.toHost(0)).toBe(5e9);
    expect(map.toHost(1234)).toBe(5e9 + 1234);
  });

  it('never says that work ended after it was noticed', () => {
    const map = new ClockMap(START);
    map.noticed(map.toHost(1000), 5e9 + 400);
    expect(map.toHost(1000)).toBe(5e9 + 400);
  });

  it('follows a drift, by what is noticed soonest', () => {
    const map = new ClockMap(START);
    // The device's clock loses 10 ns in a million; the host notices within 800 to 1,800 ns.
    let gpu = 0;
    for (let i = 0; i < 20_000; i++) {
      gpu = i * 1e6;
      const truth = 5e9 + gpu * (1 + 1e-5);
      map.noticed(map.toHost(gpu), truth + 800 + (i % 7) * 150);
    }
    const error = map.toHost(gpu) - (5e9 + gpu * (1 + 1e-5));
    // Uncorrected it would be 200 us. Half a window's drift and the notice may remain.
    expect(Math.abs(error)).toBeLessThan(5000);
  });
});
