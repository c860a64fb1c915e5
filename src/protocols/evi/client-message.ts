/**
 * What an EVI client may send, as schemas. Unknown fields are accepted, as the service does.
 */
import { z } from 'zod';

/** JSON Schema in a string, as the wire has it. */
export const toolParameters = z
  .string()
  .max(100_000)
  .refine((text) => objectIn(text) !== undefined, 'must be a JSON Schema object in a string');

const parameters = toolParameters.transform((text) => objectIn(text) ?? {});

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const tool = z.looseObject({
  type: z.literal('function'),
  name: z.string().min(1).max(128),
  description: z.string().nullish(),
  parameters,
});

export const audioSchema = z.looseObject({
  encoding: z.literal('linear16'),
  sample_rate: z.int().min(8_000).max(48_000),
  channels: z.int().min(1).max(2).default(1),
});

const variable = z.union([z.string(), z.number(), z.boolean()]);

export const settingsSchema = z.looseObject({
  system_prompt: z.string().nullish(),
  audio: audioSchema.nullish(),
  voice_id: z.string().min(1).nullish(),
  context: z
    .looseObject({ text: z.string(), type: z.enum(['temporary', 'persistent']).default('temporary') })
    .nullish(),
  variables: z.record(z.string(), variable).nullish(),
  tools: z.array(tool).max(128).nullish(),
  builtin_tools: z
    .array(z.looseObject({ name: z.string() }))
    .max(16)
    .nullish(),
  custom_session_id: z.string().max(256).nullish(),
});

export type WireChatSettings = z.infer<typeof settingsSchema>;

export const clientMessages = {
  session_settings: settingsSchema,
  audio_input: z.looseObject({ data: z.string() }),
  user_input: z.looseObject({ text: z.string().min(1) }),
  assistant_input: z.looseObject({ text: z.string().min(1) }),
  tool_response: z.looseObject({ tool_call_id: z.string().min(1), content: z.string() }),
  tool_error: z.looseObject({ tool_call_id: z.string().min(1), error: z.string(), content: z.string().nullish() }),
  pause_assistant_message: z.looseObject({}),
  resume_assistant_message: z.looseObject({}),
} as const;

export type ClientMessageType = keyof typeof clientMessages;

export function isClientMessageType(type: string): type is ClientMessageType {
  return Object.hasOwn(clientMessages, type);
}
