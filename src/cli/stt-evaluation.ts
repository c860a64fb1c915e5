/**
 * Transcribes the recordings of a list through the recogniser's contract, as a call does, and scores what it heard.
 *
 * A recording that cannot be read or heard is a failure with its code, never the end. `attune evaluate stt` and the bench
 * print what comes out of this.
 */
import { readAudioBytes } from '../audio/audio-file.js';
import { modelSampleRateHz } from '../audio/audio-frame.js';
import { overTelephone } from '../audio/telephone-channel.js';
import type { Clock } from '../core/clock.js';
import { toAttuneError, type AttuneError } from '../core/errors.js';
import type { ComparisonOptions } from '../stages/stt/comparable-words.js';
import {
  frequentConfusions,
  recognitionFigures,
  scoreClip,
  type ClipScore,
  type CountedConfusion,
  type RecognitionFigures,
} from '../stages/stt/recognition-score.js';
import type { Stt } from '../stages/stt/stt.js';
import type { ClipSource } from './clip-source.js';
import { inOrder } from './in-order.js';
import type { ManifestClip } from './speech-manifest.js';

/** As recorded, or through 8 kHz μ-law. */
export type Channel = 'clean' | 'mulaw';

export interface SttEvaluationOptions extends ComparisonOptions {
  readonly stt: Stt;
  readonly clock: Clock;
  readonly source: ClipSource;
  readonly channel: Channel;
  readonly hotwords?: readonly string[];
  /** Recordings in work at one time, 2 or more; they meet in the batcher. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Told after each recording, in their order. */
  readonly onClip?: (outcome: ClipOutcome) => void;
}

export type ClipOutcome = { readonly clip: ManifestClip } & (
  { readonly score: ClipScore; readonly audioMs: number } | { readonly error: AttuneError }
);

/** The figures of a part of the recordings. */
export interface NamedFigures extends RecognitionFigures {
  readonly name: string;
}

export interface SttReport {
  readonly channel: Channel;
  readonly total: RecognitionFigures;
  /** By corpus, in the order of the list; empty when the list has no corpora. */
  readonly corpora: readonly NamedFigures[];
  /** By speaker, worst first; empty when the list has no speakers. */
  readonly speakers: readonly NamedFigures[];
  /** The ten most frequent. */
  readonly confusions: readonly CountedConfusion[];
  readonly failedCount: number;
  /** Of the recordings that were heard. */
  readonly audioMs: number;
  /** Time all of it took, reading included. */
  readonly processingMs: number;
  /** `processingMs` per `audioMs`: below 1 is faster than speech. Null when nothing was heard. */
  readonly realTimeFactor: number | null;
}

const confusionCount = 10;

/** Resolves when every recording has its outcome. Rejects only with what `onClip` throws. */
export async function evaluateStt(clips: readonly ManifestClip[], options: SttEvaluationOptions): Promise<SttReport> {
  const { clock, channel, concurrency, onClip } = options;
  const startedAtMs = clock.nowMs();
  const outcomes: ClipOutcome[] = [];
  const results = inOrder({ concurrency, source: () => clips, work: (clip: ManifestClip) => outcomeOf(clip, options) });
  for await (const outcome of results) {
    outcomes.push(outcome);
    onClip?.(outcome);
  }
  const processingMs = clock.nowMs() - startedAtMs;
  const heard = outcomes.flatMap((outcome) => ('score' in outcome ? [outcome] : []));
  const audioMs = heard.reduce((sum, outcome) => sum + outcome.audioMs, 0);
  return {
    channel,
    total: recognitionFigures(heard.map(({ score }) => score)),
    corpora: figuresBy(heard, ({ corpus }) => corpus),
    speakers: figuresBy(heard, ({ speaker }) => speaker).sort((a, b) => b.wer - a.wer),
    confusions: frequentConfusions(
      heard.map(({ score }) => score),
      confusionCount,
    ),
    failedCount: outcomes.length - heard.length,
    audioMs,
    processingMs,
    realTimeFactor: audioMs === 0 ? null : processingMs / audioMs,
  };
}

async function outcomeOf(clip: ManifestClip, options: SttEvaluationOptions): Promise<ClipOutcome> {
  try {
    const bytes = await options.source.read(clip);
    const { samples } = await readAudioBytes(bytes, { field: clip.file });
    const utterance = options.stt.open({
      signal: options.signal,
      callId: clip.file,
      language: 'en',
      hotwords: options.hotwords ?? [],
    });
    utterance.accept(options.channel === 'clean' ? samples : overTelephone(samples));
    const { words, error } = await utterance.finish();
    if (error) throw error;
    const audioMs = (samples.length * 1000) / modelSampleRateHz;
    return { clip, score: scoreClip(clip.transcript, words, options), audioMs };
  } catch (error) {
    return { clip, error: toAttuneError(error, 'INTERNAL') };
  }
}

function figuresBy(
  heard: readonly { readonly clip: ManifestClip; readonly score: ClipScore }[],
  nameOf: (clip: ManifestClip) => string | null,
): NamedFigures[] {
  const groups = new Map<string, ClipScore[]>();
  for (const { clip, score } of heard) {
    const name = nameOf(clip);
    if (name === null) continue;
    const group = groups.get(name);
    if (group) group.push(score);
    else groups.set(name, [score]);
  }
  return [...groups].map(([name, scores]) => ({ name, ...recognitionFigures(scores) }));
}
