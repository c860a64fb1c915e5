/**
 * Both sides of one call as sound, of a caller who agreed to being recorded: caller left, assistant right, along the journal's time.
 *
 * It begins with the agreement and is forgotten when that is withdrawn, or when somebody else speaks. In memory alone. A call
 * on hold is not listened to, and not recorded. The caller stands where their sound arrived, the assistant where its sound
 * was sent; what a barge-in cut off is not there.
 */
import type { AudioFrame } from '../../audio/audio-frame.js';
import { encodePcm16 } from '../../audio/pcm16.js';
import { Resampler } from '../../audio/resampler.js';
import { wavHeader } from '../../audio/wav-writer.js';
import { silencesAssistant, type SessionEvent } from '../../session/events.js';

export const recordingRateHz = 16_000;
/** A side that is this far from where it should be begins anew there; below, its pieces follow each other. */
const mostDriftMs = 300;
const longestMs = 30 * 60_000;
/** Written at once: small enough that no call waits for it. */
const blockSamples = 10 * recordingRateHz;
const bytesPerSample = 2;

interface Piece {
  readonly startSample: number;
  readonly samples: Int16Array;
}

/** One side, silent wherever nothing was added. */
class Track {
  #pieces: Piece[] = [];
  #endSample = 0;

  get endSample(): number {
    return this.#endSample;
  }

  get byteCount(): number {
    return this.#pieces.reduce((sum, { samples }) => sum + samples.byteLength, 0);
  }

  /** Adds sound that should begin at `wantedSample`. */
  add(samples: Float32Array, wantedSample: number): void {
    const drift = wantedSample - this.#endSample;
    const startSample = drift > msToSamples(mostDriftMs) ? wantedSample : this.#endSample;
    const bytes = encodePcm16(samples);
    const piece = { startSample, samples: new Int16Array(bytes.buffer, bytes.byteOffset, samples.length) };
    this.#pieces.push(piece);
    this.#endSample = startSample + samples.length;
  }

  /** Takes away what lies behind `endSample`. */
  cut(endSample: number): void {
    this.#pieces = this.#pieces.flatMap(({ startSample, samples }) => {
      const kept = Math.min(samples.length, endSample - startSample);
      return kept <= 0 ? [] : [{ startSample, samples: samples.slice(0, kept) }];
    });
    this.#endSample = Math.min(this.#endSample, endSample);
  }

  /** Writes what lies between the samples into every second place of `target`. */
  copyInto(
    target: Int16Array,
    { fromSample, channel }: { readonly fromSample: number; readonly channel: 0 | 1 },
  ): void {
    const sampleCount = target.length / 2;
    for (const { startSample, samples } of this.#pieces) {
      const first = Math.max(0, fromSample - startSample);
      const last = Math.min(samples.length, fromSample + sampleCount - startSample);
      for (let index = first; index < last; index += 1)
        target[2 * (startSample + index - fromSample) + channel] = samples[index]!;
    }
  }
}

export class CallRecording implements Disposable {
  readonly #nowMs: () => number;
  #isAllowed = false;
  #isHeld = false;
  #caller = new Track();
  #assistant = new Track();
  #resampler: Resampler | undefined;

  /** @param nowMs milliseconds since the call began */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Null while nothing is recorded. */
  get durationMs(): number | null {
    const sampleCount = this.#sampleCount;
    return sampleCount === 0 ? null : Math.round((1000 * sampleCount) / recordingRateHz);
  }

  get byteCount(): number {
    return this.#caller.byteCount + this.#assistant.byteCount;
  }

  hear(frame: AudioFrame): void {
    if (!this.#mayAdd()) return;
    if (this.#resampler?.sourceRateHz !== frame.sampleRateHz) {
      this.#resampler?.[Symbol.dispose]();
      this.#resampler = new Resampler({ sourceRateHz: frame.sampleRateHz, targetRateHz: recordingRateHz });
    }
    const samples = this.#resampler.process(frame.samples);
    if (samples.length > 0) this.#caller.add(samples, Math.max(0, this.#nowSample() - samples.length));
  }

  note(event: SessionEvent): void {
    if (silencesAssistant(event)) this.#assistant.cut(this.#nowSample());
    switch (event.type) {
      case 'person.recalled':
        this.#agree(event.consent.recording === 'given');
        return;
      case 'reply.audio':
        if (this.#mayAdd()) this.#assistant.add(event.samples, this.#nowSample());
        return;
      case 'call.held':
      case 'call.taken-back':
        this.#isHeld = event.type === 'call.held';
        return;
      case 'session.ended':
        this[Symbol.dispose]();
        return;
      default:
    }
  }

  /** Everything recorded is gone. */
  forget(): void {
    this.#caller = new Track();
    this.#assistant = new Track();
  }

  /** A 16-bit WAV file of two channels, in pieces; as it stands when it is asked for. */
  *wav(): Generator<Uint8Array> {
    const sampleCount = this.#sampleCount;
    const dataBytes = 2 * bytesPerSample * sampleCount;
    yield wavHeader({ sampleRateHz: recordingRateHz, channelCount: 2 }, dataBytes);
    const [caller, assistant] = [this.#caller, this.#assistant];
    for (let fromSample = 0; fromSample < sampleCount; fromSample += blockSamples) {
      const block = new Int16Array(2 * Math.min(blockSamples, sampleCount - fromSample));
      caller.copyInto(block, { fromSample, channel: 0 });
      assistant.copyInto(block, { fromSample, channel: 1 });
      yield new Uint8Array(block.buffer);
    }
  }

  /** Nothing is added any more; what is there stays. */
  [Symbol.dispose](): void {
    this.#isAllowed = false;
    this.#resampler?.[Symbol.dispose]();
    this.#resampler = undefined;
  }

  get #sampleCount(): number {
    return Math.max(this.#caller.endSample, this.#assistant.endSample);
  }

  #agree(isGiven: boolean): void {
    this.#isAllowed = isGiven;
    if (!isGiven) this.forget();
  }

  #mayAdd(): boolean {
    return this.#isAllowed && !this.#isHeld && this.#nowMs() < longestMs;
  }

  #nowSample(): number {
    return msToSamples(this.#nowMs());
  }
}

function msToSamples(ms: number): number {
  return Math.round((ms * recordingRateHz) / 1000);
}
