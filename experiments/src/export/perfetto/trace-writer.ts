import type { SinkFile } from '../../record/sink.ts';
import {
  ANNOTATION,
  COUNTER,
  ENTRY,
  EVENT,
  EVENT_TYPE,
  INTERNED,
  MERGE,
  ORDER_EXPLICIT,
  PACKET,
  SEQUENCE,
  TRACE,
  TRACK,
} from './fields.ts';
import { ProtoWriter } from './proto-writer.ts';

/** All packets are of one sequence: they share the interned text. */
const SEQUENCE_ID = 1;

/** Bytes of packets that are collected before they go to the sink. */
const CHUNK_BYTES = 1 << 20;
/** The same where they are compressed: the result has to stay below 512 KB, whatever they are. */
const COMPRESSED_CHUNK_BYTES = 1 << 18;

/** Compresses bytes in the zlib format (RFC 1950). */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

/** A track's number: from `FIRST_UUID` on, of three bytes each, so that one can replace another. */
export type TrackUuid = number;
const FIRST_UUID = 2 ** 14;
const END_UUID = 2 ** 21;
const UUID_BYTES = 3;

export interface TrackOptions {
  readonly parent?: TrackUuid;
  /** Place among the tracks of the same parent. */
  readonly rank: number;
  readonly description?: string;
  readonly counter?: { readonly unit: string; readonly shareAxis?: string };
}

type InternedKind = keyof typeof INTERNED;

/**
 * Writes the packets of a Perfetto trace: a stream of track descriptors, of events on tracks, and
 * of texts that events name by number. Times are in ns. The order of packets in the file matters on
 * each track alone: whoever reads a trace sorts it by time, and keeps the order of equal times.
 */
export class TraceWriter {
  /** Bytes handed to the sink. */
  written = 0;
  private readonly sink: SinkFile;
  private readonly deflate: Deflate | undefined;
  private readonly chunkBytes: number;
  private readonly out = new ProtoWriter();
  private nextUuid = FIRST_UUID;
  private isFirst = true;
  private readonly iids: Record<InternedKind, Map<string, number>> = {
    eventCategories: new Map(),
    eventNames: new Map(),
    debugAnnotationNames: new Map(),
    debugAnnotationStringValues: new Map(),
  };

  constructor(sink: SinkFile, deflate?: Deflate) {
    this.sink = sink;
    this.deflate = deflate;
    this.chunkBytes = deflate === undefined ? CHUNK_BYTES : COMPRESSED_CHUNK_BYTES;
    this.packet(() => this.out.uint(PACKET.firstPacketOnSequence, 1));
  }

  /** Describes a track. Those of one parent that have the same name are drawn as one. */
  track(name: string, { parent, rank, description, counter }: TrackOptions): TrackUuid {
    const { out } = this;
    const uuid = this.nextUuid++;
    if (uuid >= END_UUID) throw new RangeError('too many tracks');
    this.packet(() => {
      out.message(PACKET.trackDescriptor, () => {
        out.uint(TRACK.uuid, uuid);
        out.text(TRACK.name, name);
        if (parent !== undefined) out.uint(TRACK.parentUuid, parent);
        out.uint(TRACK.childOrdering, ORDER_EXPLICIT);
        out.uint(TRACK.siblingOrderRank, rank);
        out.uint(TRACK.siblingMergeBehavior, counter ? MERGE.none : MERGE.byTrackName);
        if (description !== undefined) out.text(TRACK.description, description);
        if (counter !== undefined) {
          out.message(TRACK.counter, () => {
            out.text(COUNTER.unitName, counter.unit);
            if (counter.shareAxis !== undefined) {
              out.text(COUNTER.yAxisShareKey, counter.shareAxis);
            }
          });
        }
      });
    });
    return uuid;
  }

  /** The number of a text, which is written the first time. */
  intern(kind: InternedKind, text: string): number {
    const known = this.iids[kind].get(text);
    if (known !== undefined) return known;
    const { out } = this;
    const iid = this.iids[kind].size + 1;
    this.iids[kind].set(text, iid);
    this.packet(() => {
      out.message(PACKET.internedData, () => {
        out.message(INTERNED[kind], () => {
          out.uint(ENTRY.iid, iid);
          out.text(ENTRY.text, text);
        });
      });
    });
    return iid;
  }

  /** A slice; `write` adds its fields. Text has to be interned before. */
  slice(track: TrackUuid, beginNs: number, endNs: number, write: () => void): void {
    this.begin(track, beginNs, write);
    this.end(track, endNs);
  }

  begin(track: TrackUuid, timeNs: number, write: () => void): void {
    this.event(track, EVENT_TYPE.sliceBegin, timeNs, write);
  }

  end(track: TrackUuid, timeNs: number): void {
    this.event(track, EVENT_TYPE.sliceEnd, timeNs);
  }

  instant(track: TrackUuid, timeNs: number, write: () => void): void {
    this.event(track, EVENT_TYPE.instant, timeNs, write);
  }

  value(track: TrackUuid, timeNs: number, value: number): void {
    this.event(track, EVENT_TYPE.counter, timeNs, () =>
      this.out.double(EVENT.doubleCounterValue, value),
    );
  }

  /** The same slice on several tracks. */
  slices(tracks: readonly TrackUuid[], beginNs: number, endNs: number, write: () => void): void {
    const [first] = tracks;
    if (first === undefined) return;
    const start = this.out.length;
    this.event(first, EVENT_TYPE.sliceBegin, beginNs, write, false);
    const beginSize = this.out.length - start;
    this.event(first, EVENT_TYPE.sliceEnd, endNs, undefined, false);
    const size = this.out.length - start;
    // The track is what a packet ends with: all else is encoded once.
    const bytes = this.out.repeat(start, tracks.length);
    let at = start;
    for (const track of tracks) {
      putUuid(bytes, at + beginSize, track);
      putUuid(bytes, at + size, track);
      at += size;
    }
    this.drain(this.chunkBytes);
  }

  nameIid(iid: number): void {
    this.out.uint(EVENT.nameIid, iid);
  }

  name(text: string): void {
    this.out.text(EVENT.name, text);
  }

  category(iid: number): void {
    this.out.uint(EVENT.categoryIids, iid);
  }

  annotateUint(nameIid: number, value: number): void {
    this.annotate(nameIid, () => this.out.uint(ANNOTATION.uintValue, value));
  }

  annotateBoolean(nameIid: number, value: boolean): void {
    this.annotate(nameIid, () => this.out.uint(ANNOTATION.boolValue, value ? 1 : 0));
  }

  annotateText(nameIid: number, textIid: number): void {
    this.annotate(nameIid, () => this.out.uint(ANNOTATION.stringValueIid, textIid));
  }

  /** Hands what is left to the sink. */
  finish(): void {
    this.drain(1);
  }

  private annotate(nameIid: number, write: () => void): void {
    this.out.message(EVENT.debugAnnotations, () => {
      this.out.uint(ANNOTATION.nameIid, nameIid);
      write();
    });
  }

  private event(
    track: TrackUuid,
    type: number,
    timeNs: number,
    write?: () => void,
    drain = true,
  ): void {
    const { out } = this;
    this.packet(() => {
      out.uint(PACKET.timestamp, timeNs);
      out.message(PACKET.trackEvent, () => {
        out.uint(EVENT.type, type);
        write?.();
        // Last, for `slices`.
        out.uint(EVENT.trackUuid, track);
      });
    }, drain);
  }

  /** A packet that ends with the field that `write` writes last. */
  private packet(write: () => void, drain = true): void {
    const { out } = this;
    out.message(TRACE.packet, () => {
      out.uint(PACKET.trustedPacketSequenceId, SEQUENCE_ID);
      out.uint(
        PACKET.sequenceFlags,
        SEQUENCE.needsIncrementalState | (this.isFirst ? SEQUENCE.incrementalStateCleared : 0),
      );
      write();
    });
    this.isFirst = false;
    if (drain) this.drain(this.chunkBytes);
  }

  private drain(atLeast: number): void {
    if (this.out.length < atLeast) return;
    if (this.deflate !== undefined) this.replace(this.deflate(this.out.bytes()));
    this.sink.write(this.out.bytes());
    this.written += this.out.length;
    this.out.clear();
  }

  /** Puts one packet in the place of those that it holds. */
  private replace(compressed: Uint8Array): void {
    this.out.clear();
    this.out.message(TRACE.packet, () =>
      this.out.message(PACKET.compressedPackets, () => this.out.append(compressed)),
    );
  }
}

/** Writes a track's number where a packet ends. */
function putUuid(bytes: Uint8Array, end: number, uuid: TrackUuid): void {
  const at = end - UUID_BYTES;
  bytes[at] = (uuid & 127) | 128;
  bytes[at + 1] = ((uuid >>> 7) & 127) | 128;
  bytes[at + 2] = uuid >>> 14;
}
