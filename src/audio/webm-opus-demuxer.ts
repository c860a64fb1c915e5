/**
 * Opus packets out of a WebM stream, as browsers record it: pieces of any size go in, whole packets come out in order.
 *
 * Matroska (RFC 9559) is a tree of elements of the form id, size, content. The ones that hold others are stepped into, so the
 * stream is read flat and a size that nobody knows yet, as live recordings have, does no harm; a new header begins a new recording.
 * Only the first Opus track counts. What is kept between two pieces is bounded.
 */
import { AttuneError } from '../core/errors.js';

const ids = {
  header: 0x1a45dfa3,
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  codecId: 0x86,
  cluster: 0x1f43b675,
  blockGroup: 0xa0,
  block: 0xa1,
  simpleBlock: 0xa3,
} as const;

/** Elements that hold others. */
const masters: ReadonlySet<number> = new Set([ids.segment, ids.tracks, ids.trackEntry, ids.cluster, ids.blockGroup]);

/** A block of sound has kilobytes; what is larger, and has to be kept whole, is no recording of a voice. */
const mostElementBytes = 1024 * 1024;
const lacingMask = 0x06;

/** True when the bytes begin as a WebM file does. */
export function looksLikeWebm(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x1a && bytes[1] === 0x45 && bytes[2] === 0xdf && bytes[3] === 0xa3;
}

interface ElementHead {
  readonly id: number;
  /** Of the content; undefined when it is not known. */
  readonly size: number | undefined;
  readonly headBytes: number;
}

export class WebmOpusDemuxer {
  #kept: Uint8Array = new Uint8Array(0);
  /** Bytes of an element without interest that have not come yet. */
  #toSkip = 0;
  #entryNumber = 0;
  #opusTrack: number | null = null;
  #hasOtherTrack = false;

  /** Packets that are whole now. Throws AUDIO_CORRUPT, or AUDIO_FORMAT_UNSUPPORTED when there is another codec inside. */
  push(piece: Uint8Array): readonly Uint8Array[] {
    const packets: Uint8Array[] = [];
    let bytes = joined(this.#kept, piece);
    for (;;) {
      const skipped = Math.min(this.#toSkip, bytes.length);
      this.#toSkip -= skipped;
      bytes = bytes.subarray(skipped);
      const head = headOf(bytes);
      if (head === undefined) break;
      const { id, size, headBytes } = head;
      if (masters.has(id)) {
        bytes = bytes.subarray(headBytes);
        continue;
      }
      if (size === undefined) throw corrupt('an element that is no container has no size');
      if (!this.#isOfInterest(id)) {
        this.#toSkip = headBytes + size;
        continue;
      }
      if (size > mostElementBytes) throw corrupt('an element is too large');
      if (bytes.length < headBytes + size) break;
      const packet = this.#read(id, bytes.subarray(headBytes, headBytes + size));
      if (packet !== undefined) packets.push(packet);
      bytes = bytes.subarray(headBytes + size);
    }
    // A copy: what is kept must not hold on to the message it came in.
    this.#kept = bytes.slice();
    return packets;
  }

  #isOfInterest(id: number): boolean {
    if (id === ids.header) this.#opusTrack = null;
    return id === ids.trackNumber || id === ids.codecId || id === ids.simpleBlock || id === ids.block;
  }

  #read(id: number, content: Uint8Array): Uint8Array | undefined {
    if (id === ids.trackNumber) this.#entryNumber = numberIn(content);
    else if (id === ids.codecId) this.#noteCodec(String.fromCharCode(...content.subarray(0, 32)));
    else return this.#packetIn(content);
    return undefined;
  }

  #noteCodec(codec: string): void {
    if (codec !== 'A_OPUS') this.#hasOtherTrack = true;
    else this.#opusTrack ??= this.#entryNumber;
  }

  /** Of a block: track number, two bytes of time, flags, then the packet. */
  #packetIn(block: Uint8Array): Uint8Array | undefined {
    if (this.#opusTrack === null) {
      const why = this.#hasOtherTrack
        ? 'the WebM stream does not hold Opus'
        : 'sound came before its track was described';
      throw new AttuneError(this.#hasOtherTrack ? 'AUDIO_FORMAT_UNSUPPORTED' : 'AUDIO_CORRUPT', why);
    }
    const track = variableNumber(block, 0, { keepsMarker: false });
    if (track === undefined || block.length < track.byteCount + 3) throw corrupt('a block is too short');
    if (track.value !== this.#opusTrack) return undefined;
    const flags = block[track.byteCount + 2]!;
    if ((flags & lacingMask) !== 0) throw corrupt('a block holds several packets, which Opus in WebM has not');
    return block.slice(track.byteCount + 3);
  }
}

function headOf(bytes: Uint8Array): ElementHead | undefined {
  const id = variableNumber(bytes, 0, { keepsMarker: true });
  if (id === undefined) return undefined;
  if (id.byteCount > 4) throw corrupt('an element has no valid id');
  const size = variableNumber(bytes, id.byteCount, { keepsMarker: false });
  if (size === undefined) return undefined;
  return { id: id.value, size: size.isUnknown ? undefined : size.value, headBytes: id.byteCount + size.byteCount };
}

/**
 * A number of one to eight bytes, whose first set bit says how many (RFC 8794, section 4); all further bits set means unknown.
 * Undefined when bytes are missing.
 */
function variableNumber(
  bytes: Uint8Array,
  at: number,
  { keepsMarker }: { readonly keepsMarker: boolean },
): { readonly value: number; readonly byteCount: number; readonly isUnknown: boolean } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  const byteCount = Math.clz32(first) - 23;
  if (byteCount > 8) throw corrupt('a number has no length');
  if (bytes.length < at + byteCount) return undefined;
  const marker = 0x100 >> byteCount;
  let value = keepsMarker ? first : first & (marker - 1);
  let isUnknown = (first & (marker - 1)) === marker - 1;
  for (const byte of bytes.subarray(at + 1, at + byteCount)) {
    value = value * 256 + byte;
    isUnknown &&= byte === 0xff;
  }
  return { value, byteCount, isUnknown };
}

function numberIn(content: Uint8Array): number {
  return content.subarray(0, 6).reduce((value, byte) => value * 256 + byte, 0);
}

function joined(kept: Uint8Array, piece: Uint8Array): Uint8Array {
  if (kept.length === 0) return piece;
  const all = new Uint8Array(kept.length + piece.length);
  all.set(kept);
  all.set(piece, kept.length);
  return all;
}

function corrupt(what: string): AttuneError {
  return new AttuneError('AUDIO_CORRUPT', `the WebM stream cannot be read: ${what}`);
}
