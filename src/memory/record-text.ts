/**
 * Records as text before they are sealed, and back. What comes back is checked: an older version may have written it.
 */
import { z } from 'zod';
import { AttuneError } from '../core/errors.js';
import { consentStates, type Consent } from '../privacy/consent.js';
import { unheardSpeaker, type SpeakerBaseline } from '../stages/emotion/speaker-baseline.js';
import { isTopic } from './topics.js';
import { rememberedTurnSchema, type RememberedTurn } from './remembered-turn.js';

const consentSchema = z.strictObject({
  emotion: z.enum(consentStates),
  memory: z.enum(consentStates),
  recording: z.enum(consentStates),
});
const voiceSchema = z.strictObject({ heardS: z.number(), mean: z.string() });

/** Of a turn's topics, those of the vocabulary. */
export function textOf(value: RememberedTurn | Consent): string {
  return JSON.stringify('topics' in value ? withKnownTopics(value) : value);
}

export function voiceOf({ heardS, mean }: SpeakerBaseline): string {
  return JSON.stringify({
    heardS,
    mean: Buffer.from(mean.buffer, mean.byteOffset, mean.byteLength).toString('base64'),
  });
}

/** Throws MEMORY_SEALED for a record of another shape. */
export function readTurn(text: string): RememberedTurn {
  return withKnownTopics(read(rememberedTurnSchema, text));
}

export function readConsent(text: string): Consent {
  return read(consentSchema, text);
}

/** Null for a voice of another version of the features: it cannot be compared with. */
export function readVoice(text: string): SpeakerBaseline | null {
  const { heardS, mean } = read(voiceSchema, text);
  const bytes = Buffer.from(mean, 'base64');
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  return values.length === unheardSpeaker.mean.length ? { heardS, mean: values } : null;
}

function withKnownTopics(turn: RememberedTurn): RememberedTurn {
  return { ...turn, topics: turn.topics.filter(isTopic) };
}

function read<T>(schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new AttuneError('MEMORY_SEALED', 'a record has a shape that this version does not know', {
    cause: parsed.error,
  });
}
