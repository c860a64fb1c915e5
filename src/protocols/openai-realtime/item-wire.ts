/**
 * Conversation items between the wire and the session.
 *
 * On the wire a user's speech always has a `transcript` key (null until known), for a widely used client dies without it;
 * emotion travels under the key `attune` of the item, which every known client keeps or ignores.
 */
import { z } from 'zod';
import { decodePcm16 } from '../../audio/pcm16.js';
import { AttuneError } from '../../core/errors.js';
import type { ConversationItem, ItemStatus, MessageItem, NewItem } from '../../session/events.js';
import type { EmotionEstimate } from '../../stages/fusion/emotion-estimate.js';
import { decodeBase64 } from '../base64-bytes.js';

const id = z.string().min(1).max(64).optional();
const textPart = z.looseObject({ type: z.enum(['input_text', 'text', 'output_text']), text: z.string() });
const audioPart = z.looseObject({
  type: z.enum(['input_audio', 'audio', 'output_audio']),
  audio: z.string().optional(),
  transcript: z.string().nullish(),
});
const imagePart = z.looseObject({ type: z.literal('input_image') });

export const itemSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('message'),
    id,
    role: z.enum(['system', 'user', 'assistant']),
    content: z
      .array(z.union([textPart, audioPart, imagePart]))
      .min(1)
      .max(64),
  }),
  z.looseObject({
    type: z.literal('function_call'),
    id,
    call_id: z.string().min(1),
    name: z.string().min(1),
    arguments: z.string(),
  }),
  z.looseObject({ type: z.literal('function_call_output'), id, call_id: z.string().min(1), output: z.string() }),
]);

/** Rate of audio inside items: the API has 24 kHz PCM there whatever the session's formats are. */
const itemSampleRateHz = 24_000;

/** Throws invalid_value, AUDIO_ODD_BYTE_COUNT; `field` is the path of the item. */
export function newItemOf(wire: z.infer<typeof itemSchema>, field: string): NewItem {
  const common = wire.id === undefined ? {} : { id: wire.id };
  if (wire.type === 'function_call')
    return { kind: 'tool-call', ...common, callId: wire.call_id, name: wire.name, argumentsJson: wire.arguments };
  if (wire.type === 'function_call_output')
    return { kind: 'tool-result', ...common, callId: wire.call_id, output: wire.output };
  const speech = wire.content.find((part) => part.type === 'input_audio');
  if (wire.role === 'user' && speech?.type === 'input_audio' && typeof speech.audio === 'string') {
    const samples = decodePcm16(decodeBase64(speech.audio, `${field}.content`), `${field}.content`);
    return {
      kind: 'speech',
      ...common,
      frame: { samples, sampleRateHz: itemSampleRateHz, startSample: 0 },
      transcript: speech.transcript ?? null,
    };
  }
  const text = wire.content.map(textOfPart).filter((part) => part !== null);
  if (text.length === 0)
    throw new AttuneError('invalid_value', `Invalid value for '${field}.content': it has neither text nor audio.`, {
      field: `${field}.content`,
    });
  return { kind: 'message', ...common, role: wire.role, text: text.join('\n') };
}

function textOfPart(
  part: z.infer<typeof textPart> | z.infer<typeof audioPart> | z.infer<typeof imagePart>,
): string | null {
  if ('text' in part && typeof part.text === 'string') return part.text;
  if ('transcript' in part && typeof part.transcript === 'string') return part.transcript;
  return null;
}

/** The item as the wire has it; `content` is empty while it is being made. */
export function wireItem(item: ConversationItem): Record<string, unknown> {
  const common = { id: item.id, object: 'realtime.item', status: wireStatus(item.status) };
  switch (item.kind) {
    case 'tool-call':
      return { ...common, type: 'function_call', call_id: item.callId, name: item.name, arguments: item.argumentsJson };
    case 'tool-result':
      return { ...common, type: 'function_call_output', call_id: item.callId, output: item.output };
    case 'message':
      return {
        ...common,
        type: 'message',
        role: item.role,
        content: item.status === 'in-progress' ? [] : [wireContent(item)],
        ...(item.emotion === undefined ? {} : { attune: { emotion: wireEmotion(item.emotion) } }),
      };
  }
}

function wireContent(item: MessageItem): Record<string, unknown> {
  if (item.role !== 'assistant')
    return item.spoken ? { type: 'input_audio', transcript: item.text } : { type: 'input_text', text: item.text ?? '' };
  return item.spoken
    ? { type: 'output_audio', transcript: item.text ?? '' }
    : { type: 'output_text', text: item.text ?? '' };
}

function wireStatus(status: ItemStatus): string {
  return status === 'in-progress' ? 'in_progress' : status;
}

/** The estimate in the wire's spelling, for the vendor event and the vendor key. */
export function wireEmotion(estimate: EmotionEstimate): Record<string, unknown> {
  const { counterfactual, ...rest } = estimate;
  return {
    ...rest,
    counterfactual: { without_voice: counterfactual.withoutVoice, without_text: counterfactual.withoutText },
  };
}
