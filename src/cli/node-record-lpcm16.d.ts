/**
 * The part of node-record-lpcm16 that Attune calls; the package ships no types.
 */
declare module 'node-record-lpcm16' {
  import type { ChildProcess } from 'node:child_process';
  import type { Readable } from 'node:stream';

  export interface Recording {
    /** The recorder; its `error` event is nobody's but ours. */
    readonly process: ChildProcess;
    /** What the recorder writes. Emits `error` with a string when the recorder ends with a status other than 0. */
    stream(): Readable;
    /** Sends SIGTERM. */
    stop(): void;
  }

  interface RecordLpcm16 {
    /** Starts a recorder, signed 16-bit little-endian; `audioType: 'raw'` leaves the file header out. */
    record(options: {
      readonly recorder: 'sox' | 'rec' | 'arecord';
      readonly sampleRate: number;
      readonly channels: number;
      readonly audioType: 'raw' | 'wav';
    }): Recording;
  }

  const recordLpcm16: RecordLpcm16;
  export default recordLpcm16;
}
