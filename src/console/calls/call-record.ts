/**
 * A call as the server's journal tells it, and what held at any moment of it. Pure.
 */

export interface Mood {
  readonly label: string;
  readonly confidence: number;
  readonly arousal: number;
  readonly valence: number;
  readonly trend: string;
}

export interface CallSummary {
  readonly id: string;
  readonly protocol: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly state: 'listening' | 'caller-speaking' | 'replying' | 'on-hold' | 'ended';
  readonly endedBy: string | null;
  readonly turns: number;
  readonly bargeIns: number;
  readonly problems: number;
  readonly mood: Mood | null;
  readonly latencyMs: { readonly latest: number; readonly median: number } | null;
}

export type StoryEntry = { readonly atMs: number } & (
  | { readonly kind: 'speech'; readonly startMs: number; readonly endMs: number | null }
  /** `text` is null where the server keeps no words. */
  | { readonly kind: 'heard'; readonly text: string | null }
  | ({ readonly kind: 'emotion'; readonly final: boolean; readonly explanation: string | null } & Mood)
  | { readonly kind: 'decision'; readonly acts: readonly string[]; readonly rules: readonly string[] }
  | {
      readonly kind: 'reply';
      readonly reason: string;
      readonly text: string | null;
      readonly startMs: number;
      readonly audioMs: number;
    }
  | { readonly kind: 'spans'; readonly spans: Readonly<Record<string, number>> }
  | { readonly kind: 'escalation'; readonly action: string; readonly rule: string }
  | { readonly kind: 'hold'; readonly held: boolean }
  | { readonly kind: 'tone'; readonly tone: string }
  | { readonly kind: 'problem'; readonly component: string; readonly code: string }
);

export interface CallRecord extends CallSummary {
  /** Of the sound that is kept of the call; null for none. */
  readonly recordedMs: number | null;
  readonly entries: readonly StoryEntry[];
}

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** When the caller spoke; speech that has not ended lasts until now. */
export function callerSpans({ entries, durationMs }: CallRecord): readonly Span[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== 'speech') return [];
    const { atMs, startMs, endMs } = entry;
    return [{ startMs: atMs, endMs: endMs === null ? durationMs : Math.min(durationMs, atMs + endMs - startMs) }];
  });
}

/** When replies sounded: their sound is paced, so it ends with the reply. */
export function replySpans({ entries }: CallRecord): readonly Span[] {
  return entries.flatMap((entry) =>
    entry.kind === 'reply' && entry.audioMs > 0
      ? [{ startMs: Math.max(entry.startMs, entry.atMs - entry.audioMs), endMs: entry.atMs }]
      : [],
  );
}

/** The mood's way until `atMs`. */
export function moodsUntil({ entries }: CallRecord, atMs: number): readonly (Mood & { readonly final: boolean })[] {
  return entries.flatMap((entry) => (entry.kind === 'emotion' && entry.atMs <= atMs ? [entry] : []));
}

/** An entry in words; null for what the lanes show already. */
export function wordsOf(entry: StoryEntry): string | null {
  switch (entry.kind) {
    case 'speech':
      return null;
    case 'heard':
      return entry.text === null || entry.text === '' ? null : `caller: “${entry.text}”`;
    case 'emotion':
      if (!entry.final) return null;
      return entry.explanation ?? `felt ${labelOf(entry.label)}, ${entry.trend.replaceAll('-', ' ')}`;
    case 'decision':
      return entry.acts.length === 0 ? null : `decided to ${entry.acts.join(', ').replaceAll('-', ' ')}`;
    case 'reply': {
      const how = entry.reason === 'finished' ? '' : ` (${entry.reason.replaceAll('-', ' ')})`;
      return entry.text === null || entry.text === '' ? `answered${how}` : `Attune: “${entry.text}”${how}`;
    }
    case 'spans': {
      const { firstAudioMs } = entry.spans;
      return firstAudioMs === undefined ? null : `first sound after ${Math.round(firstAudioMs)} ms`;
    }
    case 'escalation':
      return `escalation (${entry.action}) by the rule ${entry.rule}`;
    case 'hold':
      return entry.held ? 'put on hold' : 'taken back';
    case 'tone':
      return entry.tone === 'beep' ? 'the beep of an answering machine' : 'a fax on the line';
    case 'problem':
      return `${entry.component}: ${entry.code}`;
  }
}

export function labelOf(label: string): string {
  return label === 'unknown' ? 'unclear' : label;
}

/** Calls with those that changed; in progress first, then the latest. */
export function mergedCalls(before: readonly CallSummary[], changed: readonly CallSummary[]): readonly CallSummary[] {
  const byId = new Map([...before, ...changed].map((call) => [call.id, call]));
  return [...byId.values()].sort(
    (a, b) => Number(a.state === 'ended') - Number(b.state === 'ended') || b.startedAt.localeCompare(a.startedAt),
  );
}

/** Minutes and seconds. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
