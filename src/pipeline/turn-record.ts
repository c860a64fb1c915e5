/**
 * One spoken turn with everything its estimate was made from, so that the estimate can be made again, bit for bit.
 *
 * Holds the caller's voice and words: it is made only of people who agreed to being recorded, and whoever keeps it seals it.
 * Sound and baseline are float32, little-endian, in base64; every other number is JSON's, which keeps doubles exactly.
 */
import { z } from 'zod';
import { AttuneError } from '../core/errors.js';
import { baselineWidth } from '../stages/emotion/voice-features.js';
import type { SpeakerBaseline } from '../stages/emotion/speaker-baseline.js';
import type { EmotionEstimate } from '../stages/fusion/emotion-estimate.js';
import type { ExpressionScores } from '../stages/fusion/expression-scores.js';
import type { TurnWords } from './turn-estimate.js';

/** A model as it was: other weights, other numbers. */
export interface RecordedModel {
  readonly name: string;
  readonly sha256: string;
}

export interface TurnRecord {
  readonly atMs: number;
  readonly itemId: string;
  readonly words: TurnWords;
  /** Null when the voice was not judged. */
  readonly voice: {
    /** 16 kHz mono, −1…1. */
    readonly samples: Float32Array;
    /** The usual voice it was compared with; null for a caller never heard. */
    readonly against: SpeakerBaseline | null;
  } | null;
  /** False when the words were not judged. */
  readonly textJudged: boolean;
  readonly models: readonly RecordedModel[];
  readonly estimate: EmotionEstimate;
  readonly expressions: ExpressionScores;
}

const formatName = 'attune-turn-1';
const bytesPerValue = 4;
/** A longer sound than is ever judged is no turn. */
const mostSamples = 60 * 16_000;

const baseline = z.strictObject({ heardS: z.number().min(0), mean: z.base64() });
const schema = z.strictObject({
  format: z.literal(formatName),
  atMs: z.number(),
  itemId: z.string(),
  words: z.strictObject({
    text: z.string(),
    confidence: z.number().nullable(),
    language: z.string(),
    speechMs: z.number(),
    snrDb: z.number().nullable(),
  }),
  voice: z.strictObject({ samples: z.base64(), against: baseline.nullable() }).nullable(),
  textJudged: z.boolean(),
  models: z.array(z.strictObject({ name: z.string(), sha256: z.string() })),
  estimate: z.looseObject({ label: z.string(), categories: z.record(z.string(), z.number()) }),
  expressions: z.record(z.string(), z.number()),
});

export function encodeTurnRecord(record: TurnRecord): string {
  const { voice, ...rest } = record;
  const against = voice?.against ?? null;
  return JSON.stringify({
    format: formatName,
    ...rest,
    // Only what replaying needs: a judged voice brings more along.
    voice: voice && {
      samples: base64Of(voice.samples),
      against: against && { heardS: against.heardS, mean: base64Of(against.mean) },
    },
  });
}

/** Throws RECORD_INVALID with the field that does not fit. */
export function decodeTurnRecord(text: string): TurnRecord {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new AttuneError('RECORD_INVALID', 'the turn record is not JSON', { cause: error });
  }
  const read = schema.safeParse(content);
  if (!read.success) {
    const issue = read.error.issues[0];
    throw new AttuneError('RECORD_INVALID', `the turn record does not fit: ${issue?.message ?? ''}`, {
      field: issue?.path.join('.') ?? '',
    });
  }
  const { format: _format, voice, estimate, ...rest } = read.data;
  return {
    ...rest,
    // Only compared with what is made anew, never trusted.
    estimate: estimate as unknown as EmotionEstimate,
    expressions: rest.expressions as ExpressionScores,
    voice: voice && {
      samples: valuesOf(voice.samples, 'voice.samples', { most: mostSamples }),
      against: voice.against && {
        heardS: voice.against.heardS,
        mean: valuesOf(voice.against.mean, 'voice.against.mean', { exactly: baselineWidth }),
      },
    },
  };
}

function base64Of(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length * bytesPerValue);
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * bytesPerValue);
  return bytes.toString('base64');
}

function valuesOf(
  base64: string,
  field: string,
  { most = Infinity, exactly }: { readonly most?: number; readonly exactly?: number },
): Float32Array {
  const bytes = Buffer.from(base64, 'base64');
  const count = bytes.length / bytesPerValue;
  if (!Number.isInteger(count) || count > most || (exactly !== undefined && count !== exactly))
    throw new AttuneError('RECORD_INVALID', `the turn record holds ${count} values here`, { field });
  return Float32Array.from({ length: count }, (_, index) => bytes.readFloatLE(index * bytesPerValue));
}
