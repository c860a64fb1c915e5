/**
 * The calls of this process, going on and lately ended, for those who look after them. In memory alone, an hour at most.
 */
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { SessionEvent } from '../../session/events.js';
import { CallStory, type CallSummary } from './call-story.js';

/** `facts`: no word of what was said; `words`: transcripts, replies and explanations as well. */
export const journalExtents = ['off', 'facts', 'words'] as const;
export type JournalExtent = (typeof journalExtents)[number];

const mostEnded = 500;
const endedKeptMs = 3_600_000;

export interface JournaledCall {
  readonly callId: string;
  readonly tenant: string;
  readonly protocol: string;
}

interface Kept {
  readonly tenant: string;
  readonly story: CallStory;
  endedMs: number | undefined;
}

export class CallJournal {
  readonly #extent: JournalExtent;
  readonly #clock: Clock;
  readonly #calls = new Map<string, Kept>();
  readonly #watchers = new Set<(tenant: string, summary: CallSummary) => void>();

  constructor(options: { readonly extent: JournalExtent; readonly clock: Clock }) {
    this.#extent = options.extent;
    this.#clock = options.clock;
  }

  get extent(): JournalExtent {
    return this.#extent;
  }

  /** Watches one call; null when nothing is written down. */
  observer({ callId, tenant, protocol }: JournaledCall): ((event: SessionEvent) => void) | null {
    if (this.#extent === 'off') return null;
    this.#forget();
    const story = new CallStory({
      id: callId,
      protocol,
      keepsWords: this.#extent === 'words',
      nowMs: () => this.#clock.nowMs(),
      startedAt: new Date(this.#clock.wallTimeMs()).toISOString(),
    });
    const kept: Kept = { tenant, story, endedMs: undefined };
    this.#calls.set(callId, kept);
    this.#tell(kept);
    return (event) => {
      const hasChanged = story.note(event);
      if (story.hasEnded) kept.endedMs ??= this.#clock.nowMs();
      if (hasChanged) this.#tell(kept);
    };
  }

  /** Of a tenant, latest first. */
  summaries(tenant: string): readonly CallSummary[] {
    this.#forget();
    return [...this.#calls.values()]
      .filter((kept) => kept.tenant === tenant)
      .map(({ story }) => story.summary)
      .reverse();
  }

  /** Throws NOT_FOUND. */
  story(tenant: string, callId: string): CallStory {
    const kept = this.#calls.get(callId);
    if (kept?.tenant !== tenant) throw new AttuneError('NOT_FOUND', `There is no call ${callId.slice(0, 80)}`);
    return kept.story;
  }

  /** Tells of every change of a tenant's calls until the returned function is called. */
  watch(tenant: string, tell: (summary: CallSummary) => void): () => void {
    const watcher = (of: string, summary: CallSummary): void => {
      if (of === tenant) tell(summary);
    };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #tell({ tenant, story }: Kept): void {
    if (this.#watchers.size === 0) return;
    const { summary } = story;
    for (const watch of this.#watchers) watch(tenant, summary);
  }

  #forget(): void {
    const nowMs = this.#clock.nowMs();
    const ended = [...this.#calls].filter(([, { endedMs }]) => endedMs !== undefined);
    for (const [index, [id, { endedMs = nowMs }]] of ended.entries())
      if (nowMs - endedMs > endedKeptMs || index < ended.length - mostEnded) this.#calls.delete(id);
  }
}
