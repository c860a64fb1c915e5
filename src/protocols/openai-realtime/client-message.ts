/**
 * What a client may say on the OpenAI Realtime wire, as schemas. Unknown fields are accepted everywhere.
 */
import { z } from 'zod';
import { itemSchema } from './item-wire.js';
import { maxTokensSchema, modalitiesSchema, toolChoiceSchema, toolsSchema, voiceSchema } from './session-object.js';

const itemId = z.string().min(1).max(64);

const itemReference = z.looseObject({ type: z.literal('item_reference'), id: itemId });

export const responseSchema = z.looseObject({
  conversation: z.enum(['auto', 'none']).default('auto'),
  input: z.array(z.union([itemReference, itemSchema])).optional(),
  instructions: z.string().optional(),
  output_modalities: modalitiesSchema.optional(),
  audio: z.looseObject({ output: z.looseObject({ voice: voiceSchema.optional() }).optional() }).optional(),
  tools: toolsSchema.optional(),
  tool_choice: toolChoiceSchema.optional(),
  max_output_tokens: maxTokensSchema.optional(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/** One schema per message type; the type itself is looked up first, so that an unknown one is named. */
export const clientMessages = {
  'session.update': z.looseObject({ session: z.record(z.string(), z.unknown()) }),
  'input_audio_buffer.append': z.looseObject({ audio: z.string() }),
  'input_audio_buffer.commit': z.looseObject({}),
  'input_audio_buffer.clear': z.looseObject({}),
  'conversation.item.create': z.looseObject({ item: itemSchema, previous_item_id: z.string().nullish() }),
  'conversation.item.retrieve': z.looseObject({ item_id: itemId }),
  'conversation.item.delete': z.looseObject({ item_id: itemId }),
  'conversation.item.truncate': z.looseObject({
    item_id: itemId,
    content_index: z.literal(0).default(0),
    audio_end_ms: z.number().int().min(0),
  }),
  'response.create': z.looseObject({ response: responseSchema.nullish() }),
  'attune.call.hold': z.looseObject({}),
  'attune.call.take_back': z.looseObject({}),
  'response.cancel': z.looseObject({ response_id: z.string().nullish() }),
} as const;

export type ClientMessageType = keyof typeof clientMessages;

export function isClientMessageType(type: string): type is ClientMessageType {
  return Object.hasOwn(clientMessages, type);
}
