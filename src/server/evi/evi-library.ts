/**
 * The configurations, prompts and tools of EVI clients, and what a configuration comes to with what it refers to.
 */
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { SealedDocuments } from '../../memory/sealed-documents.js';
import {
  configContent,
  promptContent,
  toolContent,
  type ConfigContent,
  type PromptContent,
  type ResolvedConfig,
  type ToolContent,
} from '../../protocols/evi/library-wire.js';
import { VersionedLibrary, type VersionOf } from './versioned-library.js';

export class EviLibrary {
  readonly configs: VersionedLibrary<ConfigContent>;
  readonly prompts: VersionedLibrary<PromptContent>;
  readonly tools: VersionedLibrary<ToolContent>;

  constructor(options: { readonly documents: SealedDocuments; readonly clock: Clock }) {
    this.configs = new VersionedLibrary({ ...options, kind: 'config', content: configContent });
    this.prompts = new VersionedLibrary({ ...options, kind: 'prompt', content: promptContent });
    this.tools = new VersionedLibrary({ ...options, kind: 'tool', content: toolContent });
  }

  /** Throws NOT_FOUND. */
  async resolve(tenant: string, id: string, version?: number | null): Promise<ResolvedConfig> {
    const config = await this.configs.version(tenant, id, version);
    const prompt = await this.promptOf(tenant, config.content);
    const tools = await this.toolsOf(tenant, config.content);
    return {
      id: config.id,
      version: config.version,
      content: config.content,
      promptText: prompt?.content.text ?? config.content.prompt?.text ?? null,
      tools,
    };
  }

  /** The stored prompt that a configuration names; null when it has words of its own, or none. Throws NOT_FOUND. */
  async promptOf(tenant: string, { prompt }: ConfigContent): Promise<VersionOf<PromptContent> | null> {
    return typeof prompt?.id === 'string' ? this.prompts.version(tenant, prompt.id, prompt.version) : null;
  }

  /** Throws NOT_FOUND. */
  async toolsOf(tenant: string, { tools }: ConfigContent): Promise<readonly VersionOf<ToolContent>[]> {
    return Promise.all((tools ?? []).map(({ id, version }) => this.tools.version(tenant, id, version)));
  }

  /** A configuration that refers to what is not there is refused when it is posted. Throws invalid_value. */
  async assertResolvable(tenant: string, content: ConfigContent): Promise<void> {
    await Promise.all([
      this.promptOf(tenant, content).catch(asInvalid('prompt')),
      this.toolsOf(tenant, content).catch(asInvalid('tools')),
    ]);
  }
}

function asInvalid(field: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof AttuneError) || error.code !== 'NOT_FOUND') throw error;
    throw new AttuneError('invalid_value', error.message, { field, cause: error });
  };
}
