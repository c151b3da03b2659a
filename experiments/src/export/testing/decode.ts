import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import protobuf from 'protobufjs';

const PROTO = fileURLToPath(new URL('./track-event.proto', import.meta.url));
const trace = protobuf
  .parse(readFileSync(PROTO, 'utf8'), { keepCase: true })
  .root.lookupType('perfetto.protos.Trace');

interface Interned {
  readonly iid: number;
  readonly name: string;
}

interface Annotation {
  readonly name_iid: number;
  readonly bool_value?: boolean;
  readonly uint_value?: number;
  readonly string_value_iid?: number;
}

/** A packet as protobufjs decodes it. */
export interface Packet {
  readonly timestamp?: number;
  readonly trusted_packet_sequence_id?: number;
  readonly sequence_flags?: number;
  readonly compressed_packets?: Uint8Array;
  readonly track_descriptor?: {
    readonly uuid: number;
    readonly parent_uuid?: number;
    readonly name: string;
    readonly description?: string;
    readonly child_ordering?: string;
    readonly sibling_order_rank?: number;
    readonly sibling_merge_behavior?: string;
    readonly counter?: { readonly unit_name?: string; readonly y_axis_share_key?: string };
  };
  readonly track_event?: {
    readonly type: string;
    readonly track_uuid: number;
    readonly name_iid?: number;
    readonly name?: string;
    readonly category_iids?: readonly number[];
    readonly debug_annotations?: readonly Annotation[];
    readonly double_counter_value?: number;
  };
  readonly interned_data?: {
    readonly event_categories?: readonly Interned[];
    readonly event_names?: readonly Interned[];
    readonly debug_annotation_names?: readonly Interned[];
    readonly debug_annotation_string_values?: readonly {
      readonly iid: number;
      readonly str: Uint8Array;
    }[];
  };
}

/** The packets of a trace. */
export function packetsOf(bytes: Uint8Array): readonly Packet[] {
  const decoded = trace.toObject(trace.decode(bytes), { longs: Number, enums: String });
  return (decoded.packet ?? []) as Packet[];
}

/** The trace whose packets a compressed trace holds. */
export function inflated(bytes: Uint8Array): Uint8Array {
  const parts = packetsOf(bytes).map(({ compressed_packets: part }) => {
    if (part === undefined) throw new Error('a packet that is not compressed');
    return inflateSync(part);
  });
  return new Uint8Array(Buffer.concat(parts));
}

export interface Slice {
  readonly name: string;
  readonly category: string;
  readonly beginNs: number;
  readonly endNs: number;
  /** How many slices it lies in. */
  readonly depth: number;
  readonly annotations: Readonly<Record<string, string | number | boolean>>;
}

/** A track and what is on it. */
export interface Track {
  readonly name: string;
  /** Names from the outermost track down to this one. */
  readonly path: readonly string[];
  readonly rank: number;
  readonly unit?: string;
  readonly slices: Slice[];
  readonly instants: { readonly name: string; readonly timeNs: number }[];
  readonly values: { readonly timeNs: number; readonly value: number }[];
}

type Open = Omit<Slice, 'endNs'>;

/**
 * Reads a trace as Perfetto's trace processor does: packets in the order of their times, and of the
 * file where those are equal; an end ends what began last on its track. Whatever does not fit throws.
 */
export function tracksOf(bytes: Uint8Array): readonly Track[] {
  const packets = packetsOf(bytes);
  const texts = internedTexts(packets);
  const tracks = describedTracks(packets);
  const open = new Map<Track, Open[]>();
  const events = packets.filter(({ track_event }) => track_event !== undefined);
  for (const { timestamp: timeNs, track_event: event } of events.toSorted(
    (a, b) => (a.timestamp ?? -1) - (b.timestamp ?? -1),
  )) {
    if (event === undefined || timeNs === undefined) throw new Error('an event without a time');
    const track = tracks.get(event.track_uuid);
    if (track === undefined) throw new Error(`track ${event.track_uuid} was not described`);
    const stack = open.get(track) ?? [];
    open.set(track, stack);
    const name = event.name ?? texts('event_names', event.name_iid ?? 0);
    switch (event.type) {
      case 'TYPE_SLICE_BEGIN':
        stack.push({
          name,
          category: (event.category_iids ?? [])
            .map((iid) => texts('event_categories', iid))
            .join(','),
          beginNs: timeNs,
          depth: stack.length,
          annotations: Object.fromEntries(
            (event.debug_annotations ?? []).map((annotation) => [
              texts('debug_annotation_names', annotation.name_iid),
              annotation.uint_value ??
                annotation.bool_value ??
                texts('debug_annotation_string_values', annotation.string_value_iid ?? 0),
            ]),
          ),
        });
        break;
      case 'TYPE_SLICE_END': {
        const begun = stack.pop();
        if (begun === undefined) throw new Error(`an end without a begin on '${track.name}'`);
        track.slices.push({ ...begun, endNs: timeNs });
        break;
      }
      case 'TYPE_INSTANT':
        track.instants.push({ name, timeNs });
        break;
      case 'TYPE_COUNTER':
        track.values.push({ timeNs, value: event.double_counter_value ?? Number.NaN });
        break;
      default:
        throw new Error(`an event of type ${event.type}`);
    }
  }
  for (const [track, stack] of open) {
    if (stack.length > 0) throw new Error(`a begin without an end on '${track.name}'`);
  }
  return [...tracks.values()];
}

type TextKind = keyof NonNullable<Packet['interned_data']>;

/** Checks the rules of interned text, and gives the text of a number. */
function internedTexts(packets: readonly Packet[]): (kind: TextKind, iid: number) => string {
  const texts = new Map<string, string>();
  for (const [i, packet] of packets.entries()) {
    // One sequence; its first packet clears the state, and all others need it.
    if (packet.trusted_packet_sequence_id !== 1) throw new Error('a packet of another sequence');
    if (packet.sequence_flags !== (i === 0 ? 3 : 2)) throw new Error('wrong sequence flags');
    for (const [kind, entries] of Object.entries(packet.interned_data ?? {})) {
      for (const entry of entries) {
        const key = `${kind} ${entry.iid}`;
        if (texts.has(key)) throw new Error(`${key} is given twice`);
        texts.set(key, 'str' in entry ? new TextDecoder().decode(entry.str) : entry.name);
      }
    }
    const { name_iid } = packet.track_event ?? {};
    if (name_iid !== undefined && !texts.has(`event_names ${name_iid}`)) {
      throw new Error(`name ${name_iid} is used before it is given`);
    }
  }
  return (kind, iid) => {
    if (iid === 0) return '';
    const text = texts.get(`${kind} ${iid}`);
    if (text === undefined) throw new Error(`${kind} ${iid} was not given`);
    return text;
  };
}

function describedTracks(packets: readonly Packet[]): ReadonlyMap<number, Track> {
  const tracks = new Map<number, Track>();
  for (const { track_descriptor: descriptor, track_event: event } of packets) {
    if (event !== undefined && !tracks.has(event.track_uuid)) {
      throw new Error(`an event on track ${event.track_uuid} before its description`);
    }
    if (descriptor === undefined) continue;
    const { uuid, parent_uuid, name, sibling_order_rank = 0, counter } = descriptor;
    const parent = parent_uuid === undefined ? undefined : tracks.get(parent_uuid);
    if (tracks.has(uuid)) throw new Error(`track ${uuid} is described twice`);
    if (parent_uuid !== undefined && parent === undefined) {
      throw new Error(`the parent of '${name}' is not described before it`);
    }
    tracks.set(uuid, {
      name,
      path: [...(parent?.path ?? []), name],
      rank: sibling_order_rank,
      ...(counter?.unit_name !== undefined && { unit: counter.unit_name }),
      slices: [],
      instants: [],
      values: [],
    });
  }
  return tracks;
}
