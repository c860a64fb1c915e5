/**
 * Writes 16-bit PCM WAV: whole in memory, or to a file while the audio comes in, as call recordings do.
 *
 * The header is 44 bytes. A file's header is completed on close; until then it says size 0, which readers take as "to
 * the end of the file", so a recording survives a crash up to the last block written.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { assert } from '../core/assert.js';
import { interleave, type DecodedAudio } from './decoded-audio.js';
import { encodePcm16 } from './pcm16.js';

export interface WavShape {
  readonly sampleRateHz: number;
  readonly channelCount: number;
}

const headerBytes = 44;
const bytesPerSample = 2;
const largestDataBytes = 0xffff_ffff - headerBytes;

/** A complete 16-bit WAV file in memory; channels must be of one length. */
export function encodeWav(audio: DecodedAudio): Uint8Array {
  const data = encodePcm16(interleave(audio.channels));
  const header = wavHeader({ sampleRateHz: audio.sampleRateHz, channelCount: audio.channels.length }, data.length);
  const file = new Uint8Array(headerBytes + data.length);
  file.set(header);
  file.set(data, headerBytes);
  return file;
}

export class WavWriter implements AsyncDisposable {
  readonly path: string;
  readonly #shape: WavShape;
  readonly #handle: FileHandle;
  readonly #pending = new Set<Promise<unknown>>();
  #dataBytes = 0;
  #closed = false;

  private constructor(path: string, shape: WavShape, handle: FileHandle) {
    this.path = path;
    this.#shape = shape;
    this.#handle = handle;
  }

  /** Creates the file, replacing one of that name, and writes its provisional header. Rejects with the system's error. */
  static async create(path: string, shape: WavShape): Promise<WavWriter> {
    const handle = await open(path, 'w');
    const writer = new WavWriter(path, shape, handle);
    try {
      await writer.#writeAt(wavHeader(shape, 0), 0);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return writer;
  }

  /** Samples per channel so far. */
  get sampleCount(): number {
    return this.#dataBytes / (bytesPerSample * this.#shape.channelCount);
  }

  /**
   * Adds one block, one array per channel, all of one length. Calls need not be awaited one by one: each has its place.
   * Resolves when the block is handed to the system; rejects with the system's error (disk full and the like).
   */
  async append(channels: readonly Float32Array[]): Promise<void> {
    assert(!this.#closed, 'the WAV file is closed');
    assert(channels.length === this.#shape.channelCount, 'a block has another number of channels than its file');
    assert(
      channels.every((samples) => samples.length === channels[0]!.length),
      'the channels of a block differ in length',
    );
    const bytes = encodePcm16(interleave(channels));
    assert(this.#dataBytes + bytes.length <= largestDataBytes, 'a WAV file cannot be longer than 4 GiB');
    const position = headerBytes + this.#dataBytes;
    this.#dataBytes += bytes.length;
    await this.#writeAt(bytes, position);
  }

  /** Completes the header and closes the file; harmless when repeated. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await Promise.allSettled(this.#pending);
      await this.#writeAt(wavHeader(this.#shape, this.#dataBytes), 0);
    } finally {
      await this.#handle.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #writeAt(bytes: Uint8Array, position: number): Promise<void> {
    const write = this.#handle.write(bytes, 0, bytes.length, position);
    this.#pending.add(write);
    try {
      await write;
    } finally {
      this.#pending.delete(write);
    }
  }
}

/** The 44 bytes before `dataBytes` of interleaved samples; 0 for data whose end is not known yet. */
export function wavHeader({ sampleRateHz, channelCount }: WavShape, dataBytes: number): Uint8Array {
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  const frameBytes = channelCount * bytesPerSample;
  header.set(ascii('RIFF'), 0);
  view.setUint32(4, dataBytes === 0 ? 0 : headerBytes - 8 + dataBytes, true);
  header.set(ascii('WAVEfmt '), 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channelCount, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, 8 * bytesPerSample, true);
  header.set(ascii('data'), 36);
  view.setUint32(40, dataBytes, true);
  return header;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
