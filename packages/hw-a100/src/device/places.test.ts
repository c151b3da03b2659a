import { TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import { Cleanup } from './cleanup.ts';
import { makeGroups, openDriver } from './open.ts';
import { Places } from './places.ts';

const standIn = buildStandIn();

function withPlaces(bound: number, use: (places: Places) => void): void {
  process.env.LITHOS_LIBCUDA = standIn?.cuda;
  const cleanup = new Cleanup();
  try {
    const { cuda, device } = openDriver(0, cleanup);
    const places = new Places({
      cuda,
      all: TpcSet.range(0, 66),
      groups: makeGroups(cuda, device, 'tpc'),
      priority: (level) => -level,
      levels: 6,
      bound,
      dropGraph: () => {},
    });
    cleanup.add(() => places.close());
    use(places);
  } finally {
    cleanup.run();
  }
}

describe.skipIf(standIn === undefined)('the pool of green contexts', () => {
  it('gives a stream, set and priority the same place each time', () => {
    withPlaces(8, (places) => {
      const place = places.of(TpcSet.range(0, 5), 1, 0);
      expect(places.of(TpcSet.range(0, 5), 1, 0)).toBe(place);
      expect(places.of(TpcSet.range(0, 5), 2, 0)).not.toBe(place);
      expect(places.of(TpcSet.range(0, 5), 1, 1)).not.toBe(place);
      expect(places.created).toBe(1);
    });
  });

  it('has none for the whole device, which needs none', () => {
    withPlaces(8, (places) => {
      places.of(TpcSet.range(0, 66), 0, 0);
      expect(places.created).toBe(0);
    });
  });

  it('serves another set by the largest within it, if that has most of its TPCs', () => {
    withPlaces(256, (places) => {
      places.precreate();
      expect(places.created).toBe(130);
      expect(`${places.served(TpcSet.of([...TpcSet.range(0, 30), 50]))}`).toBe('0-29');
      expect(`${places.served(TpcSet.range(2, 66))}`).toBe('2-65');
      // Nothing within it has three quarters of it: it gets its own.
      expect(`${places.served(TpcSet.range(20, 40))}`).toBe('20-39');
      expect([places.created, places.substituted]).toEqual([131, 1]);
    });
  });

  it('lets the one go that was not used for longest, but none in use', () => {
    withPlaces(2, (places) => {
      const busy = places.of(TpcSet.of([1]), 0, 0);
      busy.inFlight = 1;
      const idle = places.of(TpcSet.of([2]), 0, 0);
      places.of(TpcSet.of([3]), 0, 0);
      expect([busy.context.gone, idle.context.gone]).toEqual([false, true]);
      expect(places.size).toBe(2);
    });
  });

  it('leaves nothing open', () => {
    withPlaces(256, (places) => places.precreate());
    expect(new StandInControl(standIn?.cuda ?? '').handles()).toBe(0);
  });
});
