/**
 * Reads single members of an uncompressed tar archive where they lie, without unpacking it.
 *
 * Opening walks over the headers (POSIX ustar, pax paths, GNU long names) and keeps names and places; a member's bytes are
 * read when asked for. Only regular files count. Sizes are checked against the archive, so that a damaged header cannot
 * make it read or allocate more than the file holds.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { AttuneError } from '../core/errors.js';

interface Member {
  readonly startByte: number;
  readonly byteLength: number;
}

const blockBytes = 512;
/** A member that names the next one is short. */
const longestNameBytes = 1 << 16;

export class TarArchive implements AsyncDisposable {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #members: ReadonlyMap<string, Member>;

  private constructor(handle: FileHandle, path: string, members: ReadonlyMap<string, Member>) {
    this.#handle = handle;
    this.#path = path;
    this.#members = members;
  }

  /** Throws FILE_UNREADABLE or ARCHIVE_CORRUPT with the path as `field`. */
  static async open(path: string): Promise<TarArchive> {
    const handle = await open(path).catch((cause: unknown) => {
      throw new AttuneError('FILE_UNREADABLE', 'the archive cannot be read', { field: path, cause });
    });
    try {
      return new TarArchive(handle, path, await readMembers(handle, path));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The bytes of a member, or undefined when there is none of that name. Throws ARCHIVE_CORRUPT. */
  async read(name: string): Promise<Buffer | undefined> {
    const member = this.#members.get(withoutDot(name));
    return member && readWhole(this.#handle, this.#path, member);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

async function readMembers(handle: FileHandle, path: string): Promise<ReadonlyMap<string, Member>> {
  const members = new Map<string, Member>();
  const { size } = await handle.stat();
  let announcedName: string | undefined;
  for (let at = 0; at + blockBytes <= size;) {
    const header = await readWhole(handle, path, { startByte: at, byteLength: blockBytes });
    if (header.every((byte) => byte === 0)) break;
    if (octal(header, 148, 8) !== checksumOf(header)) throw corrupt(path, `there is no tar header at byte ${at}`);
    const byteLength = octal(header, 124, 12);
    const member = { startByte: at + blockBytes, byteLength };
    if (!(member.startByte + byteLength <= size))
      throw corrupt(path, `the member at byte ${at} ends beyond the archive`);
    const kind = String.fromCharCode(header[156]!);
    if (kind === 'L' || kind === 'x') {
      if (byteLength > longestNameBytes) throw corrupt(path, `the name at byte ${at} is too long`);
      const content = (await readWhole(handle, path, member)).toString('utf8');
      announcedName = kind === 'L' ? content.replace(/\0.*$/su, '') : (paxPath(content) ?? announcedName);
    } else {
      if (kind === '0' || kind === '\0') members.set(withoutDot(announcedName ?? nameIn(header)), member);
      announcedName = undefined;
    }
    at = member.startByte + Math.ceil(byteLength / blockBytes) * blockBytes;
  }
  return members;
}

async function readWhole(handle: FileHandle, path: string, { startByte, byteLength }: Member): Promise<Buffer> {
  const bytes = Buffer.alloc(byteLength);
  const { bytesRead } = await handle.read(bytes, 0, byteLength, startByte);
  if (bytesRead !== byteLength) throw corrupt(path, `${byteLength} bytes at byte ${startByte} cannot be read`);
  return bytes;
}

/** The name of a ustar header: prefix, slash, name. */
function nameIn(header: Buffer): string {
  const name = textIn(header, 0, 100);
  const prefix = textIn(header, 257, 5) === 'ustar' ? textIn(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The `path` record of a pax header: lines `LENGTH path=VALUE`. */
function paxPath(content: string): string | undefined {
  return /^\d+ path=(?<path>.*)$/mu.exec(content)?.groups?.['path'];
}

/** The sum of the header's bytes, its own field counted as spaces. */
function checksumOf(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function octal(header: Buffer, start: number, length: number): number {
  return Number.parseInt(textIn(header, start, length).trim(), 8);
}

function textIn(header: Buffer, start: number, length: number): string {
  return header.toString('utf8', start, start + length).replace(/\0.*$/su, '');
}

function withoutDot(name: string): string {
  return name.replace(/^(?:\.\/)+/u, '');
}

function corrupt(path: string, message: string): AttuneError {
  return new AttuneError('ARCHIVE_CORRUPT', message, { field: path });
}
