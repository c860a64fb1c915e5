/**
 * Configurations, prompts and tools as EVI's REST interface has them: what is posted, and what a chat makes of it.
 *
 * Fields that Attune does nothing with (config-warnings.ts) are kept and given back, so that who reads a configuration finds
 * what they wrote.
 */
import { z } from 'zod';
import type { WireChatSettings } from './client-message.js';
import { toolParameters } from './client-message.js';

const name = z.string().min(1).max(256);
const text = z.string().max(100_000);
const description = z.string().max(4_096).nullish();
const seconds = z.int().min(1).max(1_800).nullish();

export const promptContent = z.object({
  text,
  prompt_expansion: z.looseObject({ enabled: z.boolean().nullish() }).nullish(),
});

export const toolContent = z.object({
  parameters: toolParameters,
  description,
  fallback_content: z.string().max(10_000).nullish(),
});

const eventMessage = z.object({ enabled: z.boolean(), text: z.string().max(4_096).nullish() }).nullish();
const timeout = z.object({ enabled: z.boolean(), duration_secs: seconds }).nullish();
const reference = z.object({ id: z.string().min(1), version: z.int().nullish() });

export const configContent = z.object({
  evi_version: z.string().min(1).max(16),
  prompt: z
    .object({
      id: z.string().nullish(),
      version: z.int().nullish(),
      text: text.nullish(),
      prompt_expansion: z.unknown().optional(),
    })
    .nullish(),
  voice: z.object({ id: z.string().nullish(), name: z.string().nullish(), provider: z.string().nullish() }).nullish(),
  tools: z.array(reference).max(128).nullish(),
  builtin_tools: z
    .array(z.object({ name: z.enum(['hang_up', 'web_search']), fallback_content: z.string().nullish() }))
    .max(16)
    .nullish(),
  event_messages: z
    .object({
      on_new_chat: eventMessage,
      on_inactivity_timeout: eventMessage,
      on_max_duration_timeout: eventMessage,
    })
    .nullish(),
  timeouts: z.object({ inactivity: timeout, max_duration: timeout }).nullish(),
  turn_detection: z
    .object({
      end_of_turn_silence_ms: z.int().min(100).max(10_000).nullish(),
      prefix_padding_ms: z.int().min(0).max(10_000).nullish(),
      speech_detection_threshold: z.number().min(0).max(1).nullish(),
    })
    .nullish(),
  language_model: z.unknown().optional(),
  ellm_model: z.object({ allow_short_responses: z.boolean().nullish() }).nullish(),
  interruption: z.looseObject({ min_interruption_ms: z.int().min(50).max(2_000).nullish() }).nullish(),
  nudges: z.object({ enabled: z.boolean().nullish(), interval_secs: z.int().nullish() }).nullish(),
  webhooks: z
    .array(z.object({ url: z.string(), events: z.array(z.string()) }))
    .max(16)
    .nullish(),
});

export type PromptContent = z.infer<typeof promptContent>;
export type ToolContent = z.infer<typeof toolContent>;
export type ConfigContent = z.infer<typeof configContent>;

/** Around the content of whatever is posted. */
export const postedThing = z.looseObject({ name, version_description: description });
export const postedVersion = z.looseObject({ version_description: description });
export const postedName = z.looseObject({ name });

/** A configuration with what it refers to. */
export interface ResolvedConfig {
  readonly id: string;
  readonly version: number;
  readonly content: ConfigContent;
  readonly promptText: string | null;
  readonly tools: readonly { readonly name: string; readonly content: ToolContent }[];
}

/** The settings that a chat with this configuration begins with. */
export function settingsOfConfig({ content, promptText, tools }: ResolvedConfig): WireChatSettings {
  const voice = content.voice?.name ?? content.voice?.id ?? null;
  return {
    ...(promptText === null ? {} : { system_prompt: promptText }),
    ...(voice === null ? {} : { voice_id: voice }),
    tools: tools.map(({ name: toolName, content: tool }) => ({
      type: 'function' as const,
      name: toolName,
      description: tool.description ?? '',
      parameters: JSON.parse(tool.parameters) as Readonly<Record<string, unknown>>,
    })),
    builtin_tools: (content.builtin_tools ?? []).map((tool) => ({ name: tool.name })),
  };
}

/** Who begins a new chat: the assistant with these words, with words of its own, or the caller. */
export type Opening = { readonly by: 'words'; readonly text: string } | { readonly by: 'responder' | 'caller' };

export function openingOf({ content }: ResolvedConfig): Opening {
  const greeting = content.event_messages?.on_new_chat;
  if (greeting?.enabled !== true) return { by: 'caller' };
  return greeting.text ? { by: 'words', text: greeting.text } : { by: 'responder' };
}

/** An end of a chat by time: after so long, with these words. Null for none. */
export interface ChatTimeout {
  readonly afterMs: number;
  readonly farewell: string | null;
}

/** Defaults of the service: ten minutes of silence, half an hour in all, when switched on without a number. */
const defaultSeconds = { inactivity: 600, max_duration: 1_800 } as const;

/** @param usualFarewell where the configuration wants words and has none */
export function timeoutOf(
  { content }: ResolvedConfig,
  which: 'inactivity' | 'max_duration',
  usualFarewell: string,
): ChatTimeout | null {
  const said = content.timeouts?.[which];
  if (said?.enabled !== true) return null;
  const message =
    content.event_messages?.[which === 'inactivity' ? 'on_inactivity_timeout' : 'on_max_duration_timeout'];
  return {
    afterMs: 1000 * (said.duration_secs ?? defaultSeconds[which]),
    farewell: message?.enabled === true ? message.text || usualFarewell : null,
  };
}
