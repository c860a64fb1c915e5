/**
 * As much of the system interface WASI preview 1 as a program needs that takes arguments and writes one file.
 *
 * There is no disk, no clock and no environment: arguments come from `args`, whatever path is opened is the one output
 * file, standard output and error are counted and dropped. Numbers of functions, errors and fields are those of the
 * specification wasi_snapshot_preview1.
 */

/** Thrown out of the program when it ends by `proc_exit`; its stack is then gone and its instance must not be reused. */
export class ProgramExit extends Error {
  constructor(readonly exitCode: number) {
    super(`the program ended with code ${exitCode}`);
    this.name = 'ProgramExit';
  }
}

const success = 0;
const badDescriptor = 8;
const rootDescriptor = 3;
const outputDescriptor = 4;
const characterDevice = 2;
const directory = 3;
const regularFile = 4;
const allRights = 0xffff_ffff_ffff_ffffn;
const encoder = new TextEncoder();

export class MemoryWasi {
  #memory: WebAssembly.Memory | undefined;
  #args: readonly Uint8Array[] = [];
  #file = new Uint8Array(1 << 18);
  #fileLength = 0;
  #position = 0;

  /** What the module imports as `wasi_snapshot_preview1`. */
  readonly imports: WebAssembly.ModuleImports = {
    args_sizes_get: (countAt: number, bytesAt: number) => {
      this.#view.setUint32(countAt, this.#args.length, true);
      this.#view.setUint32(
        bytesAt,
        this.#args.reduce((sum, arg) => sum + arg.length, 0),
        true,
      );
      return success;
    },
    args_get: (pointersAt: number, bytesAt: number) => {
      let at = bytesAt;
      this.#args.forEach((arg, index) => {
        this.#view.setUint32(pointersAt + 4 * index, at, true);
        this.#bytes.set(arg, at);
        at += arg.length;
      });
      return success;
    },
    clock_time_get: (_id: number, _precision: bigint, timeAt: number) => {
      this.#view.setBigUint64(timeAt, 0n, true);
      return success;
    },
    fd_close: () => success,
    fd_fdstat_get: (descriptor: number, statAt: number) => {
      const type =
        descriptor < rootDescriptor ? characterDevice : descriptor === rootDescriptor ? directory : regularFile;
      this.#bytes.fill(0, statAt, statAt + 24);
      this.#view.setUint8(statAt, type);
      this.#view.setBigUint64(statAt + 8, allRights, true);
      this.#view.setBigUint64(statAt + 16, allRights, true);
      return success;
    },
    fd_fdstat_set_flags: () => success,
    fd_prestat_get: (descriptor: number, prestatAt: number) => {
      if (descriptor !== rootDescriptor) return badDescriptor;
      this.#view.setUint8(prestatAt, 0);
      this.#view.setUint32(prestatAt + 4, 1, true);
      return success;
    },
    fd_prestat_dir_name: (_descriptor: number, nameAt: number) => {
      this.#view.setUint8(nameAt, '/'.charCodeAt(0));
      return success;
    },
    fd_read: (_descriptor: number, _vectorsAt: number, _vectorCount: number, readAt: number) => {
      this.#view.setUint32(readAt, 0, true);
      return success;
    },
    fd_seek: (_descriptor: number, offset: bigint, whence: number, positionAt: number) => {
      const origin = whence === 0 ? 0 : whence === 1 ? this.#position : this.#fileLength;
      this.#position = origin + Number(offset);
      this.#view.setBigUint64(positionAt, BigInt(this.#position), true);
      return success;
    },
    fd_write: (descriptor: number, vectorsAt: number, vectorCount: number, writtenAt: number) => {
      let writtenBytes = 0;
      for (let index = 0; index < vectorCount; index += 1) {
        const from = this.#view.getUint32(vectorsAt + 8 * index, true);
        const byteLength = this.#view.getUint32(vectorsAt + 8 * index + 4, true);
        if (descriptor === outputDescriptor) this.#write(this.#bytes.subarray(from, from + byteLength));
        writtenBytes += byteLength;
      }
      this.#view.setUint32(writtenAt, writtenBytes, true);
      return success;
    },
    path_open: (...values: readonly unknown[]) => {
      this.#position = 0;
      this.#fileLength = 0;
      this.#view.setUint32(values[8] as number, outputDescriptor, true);
      return success;
    },
    proc_exit: (exitCode: number) => {
      throw new ProgramExit(exitCode);
    },
  };

  /** Must be called with the instance's memory before the program starts. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  /** Sets the arguments, the program's name first, and empties the output file. */
  prepare(args: readonly string[]): void {
    this.#args = args.map((arg) => encoder.encode(`${arg.replaceAll('\0', ' ')}\0`));
    this.#fileLength = 0;
    this.#position = 0;
  }

  /** What the program wrote since `prepare`; valid until it runs again. */
  get output(): Uint8Array {
    return this.#file.subarray(0, this.#fileLength);
  }

  get #bytes(): Uint8Array {
    return new Uint8Array(this.#memory!.buffer);
  }

  get #view(): DataView {
    return new DataView(this.#memory!.buffer);
  }

  #write(bytes: Uint8Array): void {
    const endByte = this.#position + bytes.length;
    if (endByte > this.#file.length) {
      const larger = new Uint8Array(Math.max(endByte, 2 * this.#file.length));
      larger.set(this.#file);
      this.#file = larger;
    }
    this.#file.set(bytes, this.#position);
    this.#position = endByte;
    this.#fileLength = Math.max(this.#fileLength, endByte);
  }
}
