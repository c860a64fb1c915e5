/**
 * The calls of this process, going on and lately ended, for those who look after them. In memory alone, an hour at most.
 */
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { AudioFrame } from '../../audio/audio-frame.js';
import type { SessionEvent } from '../../session/events.js';
import { CallRecording } from './call-recording.js';
import { CallStory, type CallSummary } from './call-story.js';

/** `facts`: no word of what was said; `words`: transcripts, replies and explanations as well. */
export const journalExtents = ['off', 'facts', 'words'] as const;
export type JournalExtent = (typeof journalExtents)[number];

const mostEnded = 500;
const endedKeptMs = 3_600_000;
/** Of all calls together; the sound of those that ended first goes when there is more. An hour of one call is 230 MB. */
const mostRecordedBytes = 512 * 1024 * 1024;

export interface JournaledCall {
  readonly callId: string;
  readonly tenant: string;
  readonly protocol: string;
}

interface Kept {
  readonly tenant: string;
  readonly story: CallStory;
  readonly recording: CallRecording | null;
  endedMs: number | undefined;
}

export class CallJournal {
  readonly #extent: JournalExtent;
  readonly #records: boolean;
  readonly #clock: Clock;
  readonly #calls = new Map<string, Kept>();
  readonly #watchers = new Set<(tenant: string, summary: CallSummary) => void>();

  /** @param options.records whether sound is kept of callers who agreed */
  constructor(options: { readonly extent: JournalExtent; readonly records?: boolean; readonly clock: Clock }) {
    this.#extent = options.extent;
    this.#records = options.records ?? false;
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
    const startedMs = this.#clock.nowMs();
    const recording = this.#records ? new CallRecording(() => this.#clock.nowMs() - startedMs) : null;
    const kept: Kept = { tenant, story, recording, endedMs: undefined };
    this.#calls.set(callId, kept);
    this.#tell(kept);
    return (event) => {
      const hasChanged = story.note(event);
      recording?.note(event);
      if (story.hasEnded) kept.endedMs ??= this.#clock.nowMs();
      if (hasChanged) this.#tell(kept);
    };
  }

  /** Hears the caller of a call that is watched; null where no sound is kept. */
  listener(callId: string): ((frame: AudioFrame) => void) | null {
    const recording = this.#calls.get(callId)?.recording;
    return recording ? (frame) => recording.hear(frame) : null;
  }

  /** The sound of a call; null where none is kept. Throws NOT_FOUND for another's call. */
  recording(tenant: string, callId: string): CallRecording | null {
    const { recording } = this.#kept(tenant, callId);
    return recording === null || recording.durationMs === null ? null : recording;
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
    return this.#kept(tenant, callId).story;
  }

  /** Tells of every change of a tenant's calls until the returned function is called. */
  watch(tenant: string, tell: (summary: CallSummary) => void): () => void {
    const watcher = (of: string, summary: CallSummary): void => {
      if (of === tenant) tell(summary);
    };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #kept(tenant: string, callId: string): Kept {
    const kept = this.#calls.get(callId);
    if (kept?.tenant !== tenant) throw new AttuneError('NOT_FOUND', `There is no call ${callId.slice(0, 80)}`);
    return kept;
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
    let byteCount = [...this.#calls.values()].reduce((sum, { recording }) => sum + (recording?.byteCount ?? 0), 0);
    for (const { recording, endedMs } of this.#calls.values()) {
      if (byteCount <= mostRecordedBytes) return;
      if (recording === null || endedMs === undefined) continue;
      byteCount -= recording.byteCount;
      recording.forget();
    }
  }
}
