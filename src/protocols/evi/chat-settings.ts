/**
 * The settings of one chat: what was said so far, and what it means inside.
 *
 * Each message adds to what came before; `null` takes back. Variables stand in the system prompt as `{{name}}`.
 */
import { semanticTurnDetection, type SettingsPatch, type TurnDetection } from '../../session/settings.js';
import { parseWire } from '../wire-validation.js';
import { settingsSchema, type WireChatSettings } from './client-message.js';

export class ChatSettings {
  readonly #defaultPrompt: string;
  readonly #turnDetection: TurnDetection;
  #said: WireChatSettings = {};
  /** True while the client wants to hear no answers. */
  isPaused = false;

  constructor(defaultPrompt: string, turnDetection: TurnDetection = semanticTurnDetection) {
    this.#defaultPrompt = defaultPrompt;
    this.#turnDetection = turnDetection;
  }

  get audio(): WireChatSettings['audio'] {
    return this.#said.audio ?? null;
  }

  get customSessionId(): string | null {
    return this.#said.custom_session_id ?? null;
  }

  /** True when the client wants the assistant to be able to end the chat. */
  get mayHangUp(): boolean {
    return (this.#said.builtin_tools ?? []).some(({ name }) => name === 'hang_up');
  }

  /** Takes more settings into account; what they leave out stays. */
  merge(more: WireChatSettings): void {
    const variables =
      more.variables === undefined ? this.#said.variables : { ...this.#said.variables, ...more.variables };
    this.#said = { ...this.#said, ...withoutUndefined(more), variables };
  }

  /** The session's settings that follow. */
  patch(): SettingsPatch {
    const { system_prompt: prompt, context, tools, voice_id: voice } = this.#said;
    const lasting = context?.type === 'persistent' ? `\n\n${context.text}` : '';
    return {
      instructions: this.#filled((prompt ?? this.#defaultPrompt) + lasting),
      turnDetection: { ...this.#turnDetection, createReply: !this.isPaused },
      tools: (tools ?? []).map(({ name, description, parameters }) => ({
        name,
        description: description ?? '',
        parameters,
      })),
      mayHangUp: this.mayHangUp,
      ...(typeof voice === 'string' ? { voice } : {}),
    };
  }

  #filled(text: string): string {
    const variables = this.#said.variables ?? {};
    return text.replace(/\{\{\s*([\w-]{1,64})\s*\}\}/gu, (whole, name: string) => {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
      return value === undefined ? whole : String(value);
    });
  }
}

/**
 * `session_settings[audio][sample_rate]=16000` of the query as the object that it stands for. Throws invalid_value or
 * missing_required_parameter.
 */
export function settingsOfQuery(query: URLSearchParams): WireChatSettings {
  const root: Record<string, unknown> = {};
  for (const [key, value] of query) {
    const path = /^session_settings((?:\[[\w-]{1,64}\]){1,4})$/u.exec(key)?.[1]?.slice(1, -1).split('][');
    if (path === undefined || path.includes('__proto__')) continue;
    let node = root;
    for (const part of path.slice(0, -1)) {
      const next = Object.hasOwn(node, part) ? node[part] : undefined;
      const inner = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {};
      node[part] = inner;
      node = inner;
    }
    const last = path.at(-1)!;
    const isNumber = path[0] === 'audio' && /^\d{1,6}$/u.test(value);
    node[last] = isNumber ? Number(value) : value;
  }
  return parseWire(settingsSchema, root, 'session_settings');
}

function withoutUndefined<T extends object>(object: T): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Partial<T>;
}
