/**
 * Makes the estimate of a recorded turn again, and says whether it is the same and where it is not.
 */
import type { Clock } from '../core/clock.js';
import type { VoiceEmotionStage } from '../stages/emotion/voice-emotion.js';
import type { EmotionEstimate } from '../stages/fusion/emotion-estimate.js';
import type { SentimentStage } from '../stages/sentiment/sentiment.js';
import { estimateTurn } from './turn-estimate.js';
import type { RecordedModel, TurnRecord } from './turn-record.js';

export interface ReplayOptions {
  readonly voiceEmotion: VoiceEmotionStage;
  readonly sentiment: SentimentStage;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface Replay {
  readonly estimate: EmotionEstimate;
  /** Paths in the estimate and the expressions that differ, as `estimate.categories.angry`; empty when bit for bit the same. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly path: string;
  readonly recorded: unknown;
  readonly replayed: unknown;
}

const timeoutMs = 60_000;

/** Rejects as the stages do. */
export async function replayTurn(record: TurnRecord, options: ReplayOptions): Promise<Replay> {
  const { voiceEmotion, sentiment, clock, signal } = options;
  const asked = { callId: record.itemId, signal, deadlineMs: clock.nowMs() + timeoutMs };
  const { words, voice } = record;
  const [heard, text] = await Promise.all([
    voice === null ? null : voiceEmotion.estimate(voice.samples, { ...asked, baseline: voice.against, explain: true }),
    record.textJudged ? sentiment.analyse(words.text, { ...asked, language: words.language }) : null,
  ]);
  const { estimate, expressions } = estimateTurn(words, { voice: heard?.emotion ?? null, text });
  const differences = differencesOf(
    { estimate: record.estimate, expressions: record.expressions },
    { estimate, expressions },
  );
  return { estimate, differences };
}

/** Models whose weights are not those of the record, or are not there. */
export function changedModels(record: TurnRecord, present: readonly RecordedModel[]): readonly RecordedModel[] {
  return record.models.filter(({ name, sha256 }) => !present.some((one) => one.name === name && one.sha256 === sha256));
}

/** Every leaf that is not identical; numbers are compared by their bits, not by a tolerance. */
function differencesOf(recorded: unknown, replayed: unknown, path = ''): readonly Difference[] {
  if (Object.is(recorded, replayed)) return [];
  if (isObject(recorded) && isObject(replayed)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(replayed)]);
    return [...keys].flatMap((key) =>
      differencesOf(recorded[key], replayed[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return [{ path, recorded, replayed }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
