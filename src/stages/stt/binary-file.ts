/**
 * Reads the recogniser's own binary files: a magic word, a version, a JSON header, then columns.
 *
 * Columns are copied out of the file into typed arrays, because a file's buffer need not be aligned. Reading past the
 * end is MODEL_CORRUPT. Numbers in the files are little endian, as on every platform Node runs on here.
 */
import { AttuneError } from '../../core/errors.js';

const preambleBytes = 12;
const supportedVersion = 1;

export class BinaryFile {
  /** Parsed JSON header; its owner checks the fields. */
  readonly header: Readonly<Record<string, unknown>>;
  readonly #bytes: Uint8Array;
  #offset: number;

  /** @param magic four ASCII letters the file must begin with */
  constructor(bytes: Uint8Array, magic: string) {
    this.#bytes = bytes;
    this.#offset = 0;
    if (new TextDecoder().decode(this.bytes(4)) !== magic) throw corrupt(`it does not begin with ${magic}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#skip(preambleBytes - 4);
    const version = view.getUint32(4, true);
    if (version !== supportedVersion) throw corrupt(`its version is ${version}, not ${supportedVersion}`);
    const header: unknown = JSON.parse(new TextDecoder().decode(this.bytes(view.getUint32(8, true))));
    if (typeof header !== 'object' || header === null) throw corrupt('its header is not an object');
    this.header = header as Record<string, unknown>;
  }

  /** A non-negative integer of the header. */
  count(name: string): number {
    const value = this.header[name];
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
      throw corrupt(`header field ${name} is not a count`);
    return value;
  }

  /** A list of numbers of the header, `length` long. */
  numbers(name: string, length: number): Float64Array {
    const value = this.header[name];
    if (!Array.isArray(value) || value.length !== length || !value.every((entry) => typeof entry === 'number')) {
      throw corrupt(`header field ${name} is not ${length} numbers`);
    }
    return Float64Array.from(value);
  }

  /** A list of strings of the header. */
  strings(name: string): readonly string[] {
    const value = this.header[name];
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string'))
      throw corrupt(`header field ${name} is not a list of strings`);
    return value;
  }

  /** The next `length` bytes, a view of the file. */
  bytes(length: number): Uint8Array {
    const start = this.#offset;
    this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  float32Column(length: number): Float32Array {
    return new Float32Array(this.#column(length * 4));
  }

  uint32Column(length: number): Uint32Array {
    return new Uint32Array(this.#column(length * 4));
  }

  uint16Column(length: number): Uint16Array {
    return new Uint16Array(this.#column(length * 2));
  }

  uint8Column(length: number): Uint8Array {
    return new Uint8Array(this.#column(length));
  }

  #column(byteLength: number): ArrayBuffer {
    this.#skip((4 - (this.#offset % 4)) % 4);
    const copy = new Uint8Array(byteLength);
    copy.set(this.bytes(byteLength));
    return copy.buffer;
  }

  #skip(length: number): void {
    if (this.#offset + length > this.#bytes.length) throw corrupt('it ends early');
    this.#offset += length;
  }
}

function corrupt(what: string): AttuneError {
  return new AttuneError('MODEL_CORRUPT', `recogniser data: ${what}`);
}
