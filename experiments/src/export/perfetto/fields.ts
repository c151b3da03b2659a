/**
 * Field numbers of the messages of a Perfetto trace that are written here, from
 * `protos/perfetto/trace/` of github.com/google/perfetto (`trace.proto`, `trace_packet.proto`,
 * `interned_data/interned_data.proto`, `track_event/*.proto`).
 */
export const TRACE = { packet: 1 } as const;

export const PACKET = {
  timestamp: 8,
  trustedPacketSequenceId: 10,
  trackEvent: 11,
  internedData: 12,
  sequenceFlags: 13,
  compressedPackets: 50,
  trackDescriptor: 60,
  firstPacketOnSequence: 87,
} as const;

/** `TracePacket.SequenceFlags`. */
export const SEQUENCE = { incrementalStateCleared: 1, needsIncrementalState: 2 } as const;

export const TRACK = {
  uuid: 1,
  name: 2,
  parentUuid: 5,
  counter: 8,
  childOrdering: 11,
  siblingOrderRank: 12,
  description: 14,
  siblingMergeBehavior: 15,
} as const;

/** `TrackDescriptor.ChildTracksOrdering.EXPLICIT`: by `siblingOrderRank`. */
export const ORDER_EXPLICIT = 3;

/** `TrackDescriptor.SiblingMergeBehavior`. */
export const MERGE = { byTrackName: 1, none: 2 } as const;

export const COUNTER = { unitName: 6, yAxisShareKey: 7 } as const;

export const EVENT = {
  categoryIids: 3,
  debugAnnotations: 4,
  type: 9,
  nameIid: 10,
  trackUuid: 11,
  name: 23,
  doubleCounterValue: 44,
} as const;

/** `TrackEvent.Type`. */
export const EVENT_TYPE = { sliceBegin: 1, sliceEnd: 2, instant: 3, counter: 4 } as const;

export const ANNOTATION = {
  nameIid: 1,
  boolValue: 2,
  uintValue: 3,
  stringValueIid: 17,
} as const;

export const INTERNED = {
  eventCategories: 1,
  eventNames: 2,
  debugAnnotationNames: 3,
  debugAnnotationStringValues: 29,
} as const;

/** Entries of all four kinds of interned text. */
export const ENTRY = { iid: 1, text: 2 } as const;
