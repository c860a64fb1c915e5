/**
 * Compiled hot words by their content, so that the list of a call or a server is compiled once per thread.
 *
 * Keeps the sets used last; the memory of one grows with its words, which `hotwordLimits` bounds.
 */
import type { BeamSearchOptions } from './ctc-beam-search.js';
import type { DecoderResources } from './decoder-resources.js';
import { HotwordSet } from './hotword-set.js';
import type { HotwordPhrase } from './hotwords.js';

const mostSets = 64;

export class HotwordCompiler {
  readonly #resources: DecoderResources;
  readonly #options: BeamSearchOptions;
  /** Used last comes last. */
  readonly #sets = new Map<string, HotwordSet>();

  constructor(resources: DecoderResources, options: BeamSearchOptions) {
    this.#resources = resources;
    this.#options = options;
  }

  /** The set of these phrases; undefined for none, so that a search without hot words costs nothing. */
  compile(phrases: readonly HotwordPhrase[]): HotwordSet | undefined {
    if (phrases.length === 0) return undefined;
    const key = JSON.stringify(phrases);
    const set = this.#sets.get(key) ?? new HotwordSet(this.#resources, this.#options, phrases);
    this.#sets.delete(key);
    this.#sets.set(key, set);
    const [oldest] = this.#sets.keys();
    if (this.#sets.size > mostSets && oldest !== undefined) this.#sets.delete(oldest);
    return set;
  }
}
