import type { TpcSet } from '@lithos/core';
import { Lanes } from './lanes.ts';
import type { TraceWriter, TrackUuid } from './trace-writer.ts';

/** A TPC: a track, and more of the same name where atoms overlap, which are drawn as one. */
interface TpcTrack {
  readonly parent: TrackUuid;
  readonly rank: number;
  readonly lanes: Lanes;
  readonly uuids: TrackUuid[];
}

/**
 * The tracks of a device's TPCs, below those of its GPCs. Of a device whose geometry is not known,
 * TPCs come right below the device, as they turn up.
 */
export class TpcTracks {
  private readonly writer: TraceWriter;
  private readonly device: TrackUuid;
  /** By TPC. */
  private readonly tracks: (TpcTrack | undefined)[] = [];
  private readonly isComplete: boolean;

  constructor(writer: TraceWriter, device: TrackUuid, tpcsPerGpc: readonly number[] | undefined) {
    this.writer = writer;
    this.device = device;
    this.isComplete = tpcsPerGpc !== undefined;
    for (const [gpc, count] of (tpcsPerGpc ?? []).entries()) {
      const parent = writer.track(`GPC ${gpc}`, { parent: device, rank: gpc });
      for (let i = 0; i < count; i++) this.add(this.tracks.length, parent, i);
    }
  }

  /** A track on each TPC of the set that is free in this time; `undefined` if there is no such TPC. */
  take(set: TpcSet, beginNs: number, endNs: number): readonly TrackUuid[] | undefined {
    const uuids: TrackUuid[] = [];
    for (const tpc of set) {
      let track = this.tracks[tpc];
      if (track === undefined) {
        if (this.isComplete) return undefined;
        track = this.add(tpc, this.device, tpc);
      }
      const lane = track.lanes.take(beginNs, endNs);
      uuids.push(track.uuids[lane] ?? this.addLane(tpc, track));
    }
    return uuids;
  }

  private add(tpc: number, parent: TrackUuid, rank: number): TpcTrack {
    const track: TpcTrack = { parent, rank, lanes: new Lanes(), uuids: [] };
    this.tracks[tpc] = track;
    this.addLane(tpc, track);
    return track;
  }

  private addLane(tpc: number, { parent, rank, uuids }: TpcTrack): TrackUuid {
    const uuid = this.writer.track(`TPC ${tpc}`, { parent, rank });
    uuids.push(uuid);
    return uuid;
  }
}
