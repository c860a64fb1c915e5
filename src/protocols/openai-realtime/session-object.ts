/**
 * The session object of the wire: its defaults, how an update is merged, and what it means inside.
 *
 * The whole effective object is echoed after every update. Unknown fields are accepted and kept, unknown model and voice
 * names are accepted; values that would change behaviour must be valid.
 */
import { z } from 'zod';
import { AttuneError } from '../../core/errors.js';
import { consentStates, type Consent } from '../../privacy/consent.js';
import { emotionPurposes, type EmotionPurpose } from '../../privacy/emotion-purpose.js';
import type { SettingsPatch, TurnDetection } from '../../session/settings.js';
import type { ToolChoice, ToolDefinition } from '../../stages/llm/responder.js';
import { hotwordsOf } from './transcription-prompt.js';
import { parseWire } from '../wire-validation.js';

const format = z.union([
  z.looseObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000).default(24_000) }),
  z.looseObject({ type: z.enum(['audio/pcmu', 'audio/pcma']) }),
]);

const responseFlags = { create_response: z.boolean().default(true), interrupt_response: z.boolean().default(true) };

const turnDetection = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('server_vad'),
    threshold: z.number().min(0).max(1).default(0.5),
    prefix_padding_ms: z.number().int().min(0).max(10_000).default(300),
    silence_duration_ms: z.number().int().min(0).max(10_000).default(500),
    idle_timeout_ms: z.number().int().min(1_000).max(600_000).nullable().default(null),
    ...responseFlags,
  }),
  z.looseObject({
    type: z.literal('semantic_vad'),
    eagerness: z.enum(['low', 'medium', 'high', 'auto']).default('auto'),
    ...responseFlags,
  }),
]);

const functionTool = z.looseObject({
  type: z.literal('function'),
  name: z.string().min(1).max(128),
  description: z.string().default(''),
  parameters: z.record(z.string(), z.unknown()).default({}),
});
/** Kept and echoed; only functions can be called. */
const otherTool = z.looseObject({ type: z.literal('mcp') });
export const toolsSchema = z.array(z.union([functionTool, otherTool])).max(128);

export const toolChoiceSchema = z.union([
  z.enum(['auto', 'none', 'required']),
  z.looseObject({ type: z.literal('function'), name: z.string().min(1) }),
  z.looseObject({ type: z.literal('mcp') }),
]);

export const modalitiesSchema = z
  .array(z.enum(['audio', 'text']))
  .min(1)
  .max(1);
export const maxTokensSchema = z.union([z.number().int().min(1).max(4_096), z.literal('inf')]);
export const voiceSchema = z.union([z.string().min(1), z.looseObject({ id: z.string().min(1) })]);

/** Clients ask for Attune's own settings under one key. */
const attuneExtension = z.looseObject({
  emotion: z.boolean().default(true),
  locale: z.string().min(2).optional(),
  /** What emotion is inferred for in this call. */
  purpose: z.enum(emotionPurposes).default('unspecified'),
  /** Whether it is told of fax tones and the beep of an answering machine. */
  line_tones: z.boolean().default(false),
  /** True when the client pauses what it plays at `attune.hold` and goes on at `attune.resume`. */
  holds: z.boolean().default(false),
  /** Who is speaking, as the client knows them. */
  person: z.string().min(1).max(256).nullable().default(null),
  consent: z
    .strictObject({
      emotion: z.enum(consentStates),
      memory: z.enum(consentStates),
      recording: z.enum(consentStates),
    })
    .partial()
    .default({}),
});

const sessionSchema = z.looseObject({
  type: z.enum(['realtime', 'transcription']),
  model: z.string().optional(),
  output_modalities: modalitiesSchema,
  instructions: z.string(),
  tools: toolsSchema,
  tool_choice: toolChoiceSchema,
  max_output_tokens: maxTokensSchema,
  audio: z.looseObject({
    input: z.looseObject({
      format,
      transcription: z
        .looseObject({
          model: z.string().optional(),
          language: z.string().optional(),
          prompt: z.string().max(10_000).optional(),
        })
        .nullable(),
      noise_reduction: z.looseObject({ type: z.string() }).nullable(),
      turn_detection: turnDetection.nullable(),
    }),
    output: z.looseObject({ format, voice: voiceSchema, speed: z.number().min(0.25).max(1.5) }),
  }),
  attune: attuneExtension,
});

export type WireSession = z.infer<typeof sessionSchema>;
export type WireFormat = z.infer<typeof format>;

export interface WireSessionDefaults {
  readonly id: string;
  readonly model: string;
  readonly voice: string;
  readonly locale: string;
  readonly emotion: boolean;
  readonly purpose: EmotionPurpose;
  readonly instructions: string;
  /** Unix seconds. */
  readonly expiresAtS: number;
  readonly type: 'realtime' | 'transcription';
}

export function initialSession(defaults: WireSessionDefaults): WireSession {
  return sessionSchema.parse({
    type: defaults.type,
    object: 'realtime.session',
    id: defaults.id,
    model: defaults.model,
    expires_at: defaults.expiresAtS,
    output_modalities: ['audio'],
    instructions: defaults.instructions,
    tools: [],
    tool_choice: 'auto',
    max_output_tokens: 'inf',
    tracing: null,
    truncation: 'auto',
    prompt: null,
    include: null,
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 24_000 },
        transcription: defaults.type === 'transcription' ? {} : null,
        noise_reduction: null,
        turn_detection: { type: 'server_vad' },
      },
      output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: defaults.voice, speed: 1 },
    },
    attune: { emotion: defaults.emotion, locale: defaults.locale, purpose: defaults.purpose },
  });
}

/** Fields the server sets; a client that sends them back does not change them. */
const serverFields = new Set(['id', 'object', 'expires_at']);

/**
 * The session after an update: objects are merged field by field, arrays and scalars replaced, null clears. A turn
 * detection of another type replaces the old one, so that the new type's defaults apply. Throws invalid_value and
 * missing_required_parameter with the field's path.
 */
export function mergeSession(session: WireSession, update: Readonly<Record<string, unknown>>): WireSession {
  const wanted = Object.fromEntries(Object.entries(update).filter(([key]) => !serverFields.has(key)));
  const merged = parseWire(sessionSchema, merge(session, wanted, []), 'session');
  assertEchoable(merged);
  return merged;
}

/** Unknown fields are kept, so what a client may heap up in them is bounded. */
const maxSessionChars = 1024 * 1024;

/** Throws invalid_value for a session that is too large, or nested too deeply, to be written as JSON. */
function assertEchoable(session: WireSession): void {
  let length = Infinity;
  try {
    length = JSON.stringify(session).length;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  if (length > maxSessionChars) {
    throw new AttuneError('invalid_value', `Invalid value for 'session': too large or too deeply nested.`, {
      field: 'session',
    });
  }
}

function merge(base: unknown, update: unknown, path: readonly string[]): unknown {
  if (!isPlain(update)) return update;
  if (!isPlain(base)) return update;
  const key = path.at(-1);
  const replaces =
    key === 'format' || (key === 'turn_detection' && update['type'] !== undefined && update['type'] !== base['type']);
  if (replaces) return update;
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(update)) {
    // Setting it would not set a field but what all others are inherited from.
    if (name === '__proto__') continue;
    if (value !== undefined) merged[name] = merge(base[name], value, [...path, name]);
  }
  return merged;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the session object means inside. */
export function settingsOf(session: WireSession): SettingsPatch {
  const { input, output } = session.audio;
  const transcribesOnly = session.type === 'transcription';
  return {
    instructions: session.instructions,
    modality: modalityOf(session.output_modalities),
    voice: voiceName(output.voice),
    speed: output.speed,
    tools: toolsOf(session.tools),
    toolChoice: toolChoiceOf(session.tool_choice),
    maxOutputTokens: maxTokensOf(session.max_output_tokens),
    transcription:
      input.transcription === null
        ? null
        : { language: input.transcription.language ?? null, hotwords: hotwordsOf(input.transcription.prompt) },
    turnDetection: input.turn_detection === null ? null : turnDetectionOf(input.turn_detection, transcribesOnly),
    emotionEnabled: session.attune.emotion,
    purpose: session.attune.purpose,
    tones: session.attune.line_tones ? { fax: 'tell', beep: 'tell' } : null,
    heldSound: session.attune.holds ? 'paused' : 'played',
    person: session.attune.person,
    consent: definedConsent(session.attune.consent),
    ...(session.attune.locale === undefined ? {} : { locale: session.attune.locale }),
  };
}

/** What the client named; a state it left out is not a state. */
function definedConsent(consent: WireSession['attune']['consent']): Partial<Consent> {
  return Object.fromEntries(Object.entries(consent).filter(([, state]) => state !== undefined));
}

function turnDetectionOf(
  wire: NonNullable<WireSession['audio']['input']['turn_detection']>,
  transcribesOnly: boolean,
): TurnDetection {
  const createReply = wire.create_response && !transcribesOnly;
  const interruptReply = wire.interrupt_response;
  if (wire.type === 'semantic_vad') {
    const eagerness = wire.eagerness === 'auto' ? 'medium' : wire.eagerness;
    return { type: 'semantic', eagerness, createReply, interruptReply };
  }
  return {
    type: 'silence',
    threshold: wire.threshold,
    prefixPaddingMs: wire.prefix_padding_ms,
    silenceDurationMs: wire.silence_duration_ms,
    idleTimeoutMs: wire.idle_timeout_ms,
    createReply,
    interruptReply,
  };
}

export function modalityOf(modalities: z.infer<typeof modalitiesSchema>): 'audio' | 'text' {
  return modalities[0] ?? 'audio';
}

export function voiceName(voice: z.infer<typeof voiceSchema>): string {
  return typeof voice === 'string' ? voice : voice.id;
}

export function maxTokensOf(limit: z.infer<typeof maxTokensSchema>): number | null {
  return limit === 'inf' ? null : limit;
}

export function toolsOf(tools: z.infer<typeof toolsSchema>): readonly ToolDefinition[] {
  return tools.flatMap((tool) =>
    tool.type === 'function' ? [{ name: tool.name, description: tool.description, parameters: tool.parameters }] : [],
  );
}

export function toolChoiceOf(choice: z.infer<typeof toolChoiceSchema>): ToolChoice {
  if (typeof choice === 'string') return choice;
  return choice.type === 'function' ? { name: choice.name } : 'auto';
}
