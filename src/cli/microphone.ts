/**
 * The microphone, through whichever recorder is installed: frames of 20 ms to take when they are due.
 *
 * Late audio is worse than lost audio, so what nobody takes for a second is forgotten. A recorder that stops by itself
 * shows as `failure`; reading then gives nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import record, { type Recording } from 'node-record-lpcm16';
import { decodePcm16 } from '../audio/pcm16.js';
import { AttuneError } from '../core/errors.js';
import { pcmSampleRateHz } from '../lab/wires/realtime-wire.js';
import { recorderPrograms, type RecorderProgram } from './recorder-programs.js';

const frameBytes = (2 * pcmSampleRateHz * 20) / 1000;
const longestLagFrames = 50;

export class Microphone implements AsyncDisposable {
  readonly recorder: RecorderProgram;
  readonly #recording: Recording;
  readonly #ended: Promise<unknown>;
  readonly #frames: Buffer[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #stopping = false;
  #failure: AttuneError | undefined;

  private constructor(recorder: RecorderProgram) {
    this.recorder = recorder;
    this.#recording = record.record({ recorder, sampleRate: pcmSampleRateHz, channels: 1, audioType: 'raw' });
    const stream = this.#recording.stream();
    this.#ended = once(this.#recording.process, 'close').catch(() => undefined);
    this.#recording.process.on('error', (cause) => this.#fail(cause));
    stream.on('error', (cause) => this.#fail(cause));
    stream.on('end', () => this.#fail(undefined));
    stream.on('data', (bytes: Buffer) => this.#accept(bytes));
  }

  /** Starts the first recorder that runs here. Throws RECORDER_MISSING. */
  static async open(): Promise<Microphone> {
    for (const recorder of recorderPrograms) {
      // The package leaves the failure to start a recorder uncaught, so it is asked for first.
      if (await runs(recorder)) return new Microphone(recorder);
    }
    throw new AttuneError('RECORDER_MISSING', `none of ${recorderPrograms.join(', ')} is installed`);
  }

  /** Why no more audio comes; undefined while it does. */
  get failure(): AttuneError | undefined {
    return this.#failure;
  }

  /** The oldest frame not taken yet, 20 ms at `pcmSampleRateHz`; undefined when there is none. */
  readonly read = (): Float32Array | undefined => {
    const frame = this.#frames.shift();
    return frame && decodePcm16(frame);
  };

  /** Resolves when the recorder has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#recording.stop();
    await this.#ended;
  }

  #accept(bytes: Buffer): void {
    let whole = Buffer.concat([this.#rest, bytes]);
    for (; whole.length >= frameBytes; whole = whole.subarray(frameBytes))
      this.#frames.push(whole.subarray(0, frameBytes));
    this.#rest = whole;
    this.#frames.splice(0, Math.max(0, this.#frames.length - longestLagFrames));
  }

  #fail(cause: unknown): void {
    if (this.#stopping) return;
    this.#failure ??= new AttuneError('RECORDER_MISSING', `${this.recorder} stopped recording`, {
      hint: `Check that a microphone is connected and that ${this.recorder} can record from it.`,
      cause,
    });
  }
}

async function runs(recorder: RecorderProgram): Promise<boolean> {
  const probe = spawn(recorder, ['--version'], { stdio: 'ignore' });
  return once(probe, 'close').then(
    () => true,
    () => false,
  );
}
