/**
 * A caller on a loudspeaker: replies are played, come back softer and later through μ-law, and go through the turn machine.
 *
 * The speech detector takes everything loud for speech and the judge every short speech for an interruption, so nothing but
 * the knowledge of the own voice stands between the echo and a barge-in.
 */
import { decodeMulaw, encodeMulaw } from '../../src/audio/g711.js';
import { resampleAll } from '../../src/audio/resampler.js';
import { seededRandom } from '../../src/core/seeded-random.js';
import { OwnVoice } from '../../src/pipeline/own-voice.js';
import { idleTurn, stepTurn, type TurnAction, type TurnState } from '../../src/pipeline/turn-machine.js';
import { defaultTurnPolicy } from '../../src/pipeline/turn-policy.js';
import { ManualClock } from './manual-clock.js';

const sampleRateHz = 16_000;
const windowSamples = 512;
const windowMs = 32;
const blockMs = 100;
const leadMs = 300;
const loudDb = -52;
/** No microphone is silent. */
const roomLevel = 2.5e-4;

export interface PlacedSound {
  readonly startMs: number;
  readonly samples: Float32Array;
}

export interface EchoCallOptions {
  /** Null: no echo. */
  readonly lossDb: number | null;
  readonly delayMs: number;
  /** 16 kHz, in order. */
  readonly replies: readonly PlacedSound[];
  readonly speech: readonly PlacedSound[];
  readonly durationMs: number;
  /** Late arrival of the caller's windows, up to so much. */
  readonly jitterMs?: number;
}

export interface EchoCallEvent {
  readonly type: TurnAction['type'];
  readonly atMs: number;
}

/** What the turn machine did, and when. */
export async function runEchoCall(options: EchoCallOptions): Promise<readonly EchoCallEvent[]> {
  const { replies, jitterMs = 0 } = options;
  const clock = new ManualClock();
  using voice = new OwnVoice({ clock });
  const random = seededRandom(1);
  const heard = microphone(options);
  const blocks = replies.flatMap(blocksOf);
  const events: EchoCallEvent[] = [];
  let state: TurnState = idleTurn;
  for (let window = 0; (window + 1) * windowSamples <= heard.length; window += 1) {
    const endMs = (window + 1) * windowMs;
    while (blocks[0] && blocks[0].startMs <= endMs) {
      await clock.advance(Math.max(0, blocks[0].startMs - clock.nowMs()));
      voice.play(blocks.shift()!.samples, sampleRateHz);
    }
    await clock.advance(Math.max(0, endMs + jitterMs * random() - clock.nowMs()));
    const samples = heard.subarray(window * windowSamples, (window + 1) * windowSamples);
    voice.hear(samples, endMs);
    const isSpeech = levelDb(samples) >= loudDb && !voice.isEcho();
    const replyAudible = replies.some((reply) => reply.startMs <= endMs && endMs < endOf(reply));
    const speechProbability = isSpeech ? 0.95 : 0.02;
    const input = { type: 'window', speechProbability, endMs, durationMs: windowMs, replyAudible } as const;
    let step = stepTurn(state, input, defaultTurnPolicy, 'en-US');
    for (;;) {
      state = step.state;
      for (const { type } of step.actions) events.push({ type, atMs: endMs });
      if (!step.actions.some(({ type }) => type === 'judge')) break;
      step = stepTurn(state, { type: 'verdict', interruption: true }, defaultTurnPolicy, 'en-US');
    }
  }
  return events;
}

export function endOf({ startMs, samples }: PlacedSound): number {
  return startMs + (samples.length * 1_000) / sampleRateHz;
}

function microphone({ lossDb, delayMs, replies, speech, durationMs }: EchoCallOptions): Float32Array {
  const random = seededRandom(2);
  const air = Float32Array.from({ length: (durationMs * sampleRateHz) / 1_000 }, () => roomLevel * (2 * random() - 1));
  for (const sound of speech) add(air, sound.samples, sound.startMs, 1);
  if (lossDb !== null)
    for (const reply of replies) add(air, reply.samples, reply.startMs + delayMs, 10 ** (-lossDb / 20));
  const narrow = resampleAll(air, { sourceRateHz: sampleRateHz, targetRateHz: 8_000 });
  return resampleAll(decodeMulaw(encodeMulaw(narrow)), { sourceRateHz: 8_000, targetRateHz: sampleRateHz });
}

function add(air: Float32Array, samples: Float32Array, startMs: number, gain: number): void {
  const start = Math.round((startMs * sampleRateHz) / 1_000);
  const count = Math.min(samples.length, air.length - start);
  for (let at = 0; at < count; at += 1) air[start + at]! += gain * samples[at]!;
}

/** As a reply leaves: so far ahead of the ear and no further. */
function blocksOf({ startMs, samples }: PlacedSound): PlacedSound[] {
  const blockSamples = (blockMs * sampleRateHz) / 1_000;
  return Array.from({ length: Math.ceil(samples.length / blockSamples) }, (_, block) => ({
    startMs: startMs + Math.max(0, block * blockMs - leadMs),
    samples: samples.subarray(block * blockSamples, (block + 1) * blockSamples),
  }));
}

function levelDb(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / samples.length + 1e-12);
}
