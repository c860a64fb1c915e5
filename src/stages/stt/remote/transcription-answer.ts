/**
 * An answer of `/audio/transcriptions` as text and words: `json`, or `verbose_json` with times of words or segments.
 *
 * Pure. Whisper makes up text in silence; the two figures it gives for that decide as in its own decoder whether a
 * segment counts.
 */
import { z } from 'zod';
import { assumedConfidence, spreadWords } from '../driven/engine-spelling.js';
import type { RecordingText } from '../driven/whole-audio-task.js';
import type { SttWord } from '../stt.js';

const answerSchema = z.object({
  text: z.string(),
  words: z
    .array(z.object({ word: z.string(), start: z.number(), end: z.number(), probability: z.number().optional() }))
    .nullish(),
  segments: z
    .array(
      z.object({
        text: z.string(),
        start: z.number(),
        end: z.number(),
        avg_logprob: z.number().nullish(),
        no_speech_prob: z.number().nullish(),
      }),
    )
    .nullish(),
});

type Segment = NonNullable<z.infer<typeof answerSchema>['segments']>[number];

/** Thresholds of Whisper's decoder. */
const likelySilence = { noSpeechProbability: 0.6, meanLogPosterior: -1 };

/** Throws a ZodError or SyntaxError for what is no answer of that kind. */
export function readTranscription(body: string, durationMs: number): RecordingText {
  const answer = answerSchema.parse(JSON.parse(body));
  const allSegments = answer.segments ?? [];
  const segments = allSegments.filter((segment) => !isSilence(segment));
  if (allSegments.length > 0 && segments.length === 0) return { text: '', words: [] };
  const text = segments.length < allSegments.length ? segments.map(({ text }) => text).join('') : answer.text;
  const timed = (answer.words ?? []).filter(
    ({ start }) =>
      allSegments.length === 0 || segments.some((segment) => start >= segment.start - 0.1 && start <= segment.end),
  );
  if (timed.length > 0) {
    const words = timed.map(({ word, start, end, probability }): SttWord => {
      const segment = segments.find((one) => start >= one.start - 0.1 && start <= one.end);
      const { startMs, endMs } = within(durationMs, { start, end });
      return { text: word.trim(), startMs, endMs, confidence: clamped(probability ?? confidenceOf(segment)) };
    });
    return { text, words: words.filter((word) => word.text !== '') };
  }
  if (segments.length === 0) return { text, words: spreadWords(text, { durationMs, confidence: assumedConfidence }) };
  return {
    text,
    words: segments.flatMap((segment) => {
      const { startMs, endMs } = within(durationMs, segment);
      const words = spreadWords(segment.text, { durationMs: endMs - startMs, confidence: confidenceOf(segment) });
      return words.map((word) => ({ ...word, startMs: word.startMs + startMs, endMs: word.endMs + startMs }));
    }),
  };
}

function isSilence({ avg_logprob: mean, no_speech_prob: silence }: Segment): boolean {
  return (silence ?? 0) > likelySilence.noSpeechProbability && (mean ?? 0) < likelySilence.meanLogPosterior;
}

/** Mean posterior of the segment's tokens. */
function confidenceOf(segment: Segment | undefined): number {
  const mean = segment?.avg_logprob;
  return mean === undefined || mean === null ? assumedConfidence : clamped(Math.exp(mean));
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Seconds to milliseconds inside the recording. */
function within(
  durationMs: number,
  { start, end }: { readonly start: number; readonly end: number },
): { readonly startMs: number; readonly endMs: number } {
  const startMs = Math.min(durationMs, Math.max(0, start * 1000));
  return { startMs, endMs: Math.min(durationMs, Math.max(startMs, end * 1000)) };
}
