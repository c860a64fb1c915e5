/**
 * Stored configurations, prompts and tools as EVI's REST interface answers them: every field that its clients require.
 */
import { warningsOf } from '../../protocols/evi/config-warnings.js';
import type { ConfigContent, PromptContent, ToolContent } from '../../protocols/evi/library-wire.js';
import type { EviLibrary } from './evi-library.js';
import type { VersionOf } from './versioned-library.js';

export type JsonObject = Readonly<Record<string, unknown>>;

function around<T>({ id, name, version, description, createdAtMs, modifiedAtMs }: VersionOf<T>): JsonObject {
  const [created_on, modified_on] = [Math.round(createdAtMs), Math.round(modifiedAtMs)];
  return { id, name, version, version_description: description, created_on, modified_on };
}

/** @param isFixed whether a version was asked for, or whatever is the newest. */
export function promptAnswer(prompt: VersionOf<PromptContent>, isFixed = true): JsonObject {
  const { text, prompt_expansion = null } = prompt.content;
  return { ...around(prompt), text, prompt_expansion, version_type: isFixed ? 'FIXED' : 'LATEST' };
}

export function toolAnswer(tool: VersionOf<ToolContent>, isFixed = true): JsonObject {
  const { parameters, description = null, fallback_content = null } = tool.content;
  return {
    ...around(tool),
    tool_type: 'FUNCTION',
    version_type: isFixed ? 'FIXED' : 'LATEST',
    parameters,
    description,
    fallback_content,
  };
}

/**
 * What a configuration refers to is answered in full; what has been deleted since is null.
 *
 * @param webhookRefusalOf why nothing is sent to an address; null where something is
 */
export async function configAnswer(
  tenant: string,
  config: VersionOf<ConfigContent>,
  {
    library,
    webhookRefusalOf,
  }: { readonly library: EviLibrary; readonly webhookRefusalOf: (url: string) => string | null },
): Promise<JsonObject> {
  const { content } = config;
  const prompt = await library.promptOf(tenant, content).catch(() => null);
  const tools = await Promise.all(
    (content.tools ?? []).map(({ id, version }) =>
      library.tools.version(tenant, id, version).then(
        (tool) => toolAnswer(tool, typeof version === 'number'),
        () => null,
      ),
    ),
  );
  const ownPrompt = content.prompt?.text;
  return {
    ...around(config),
    evi_version: content.evi_version,
    prompt: prompt
      ? promptAnswer(prompt, typeof content.prompt?.version === 'number')
      : typeof ownPrompt === 'string'
        ? promptAnswer({ ...config, content: { text: ownPrompt } })
        : null,
    voice: voiceAnswer(content),
    language_model: content.language_model ?? null,
    ellm_model: { allow_short_responses: content.ellm_model?.allow_short_responses ?? false },
    tools,
    builtin_tools: (content.builtin_tools ?? []).map(({ name, fallback_content = null }) => ({
      tool_type: 'BUILTIN',
      name,
      fallback_content,
    })),
    event_messages: content.event_messages ?? null,
    timeouts: timeoutsAnswer(content),
    turn_detection: content.turn_detection ?? null,
    interruption: content.interruption ?? null,
    nudges: content.nudges
      ? { enabled: content.nudges.enabled ?? false, interval_secs: content.nudges.interval_secs }
      : null,
    webhooks: content.webhooks ?? [],
    // Ours: what of it has no effect.
    warnings: warningsOf(content, webhookRefusalOf),
  };
}

function voiceAnswer({ voice }: ConfigContent): JsonObject | null {
  const name = voice?.name ?? voice?.id;
  return typeof name === 'string' ? { id: voice?.id ?? name, name, provider: voice?.provider ?? 'CUSTOM_VOICE' } : null;
}

function timeoutsAnswer({ timeouts }: ConfigContent): JsonObject {
  const one = (
    said: { readonly enabled: boolean; readonly duration_secs?: number | null | undefined } | null | undefined,
  ) => ({
    enabled: said?.enabled ?? false,
    duration_secs: said?.duration_secs ?? null,
  });
  return { inactivity: one(timeouts?.inactivity), max_duration: one(timeouts?.max_duration) };
}
