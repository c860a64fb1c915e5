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
  readonly startedAtIso: string;
  readonly durationMs: number;
  readonly ended: boolean;
  readonly outcome: string | null;
  readonly mood: Mood | null;
  readonly turns: number;
  readonly interruptions: number;
  readonly problems: number;
  readonly escalations: number;
  readonly firstAudioMs: number | null;
}

export type JournalEntry = { readonly atMs: number } & (
  | { readonly kind: 'speech.started' | 'speech.ended' | 'reply.audible' }
  | ({ readonly kind: 'mood'; readonly final: boolean } & Mood)
  | { readonly kind: 'reply.started'; readonly acts: readonly string[]; readonly rules: readonly string[] }
  | { readonly kind: 'reply.ended'; readonly reason: string }
  | { readonly kind: 'timing'; readonly endpointMs: number; readonly firstAudioMs: number | null }
  | { readonly kind: 'escalation'; readonly action: string; readonly rule: string }
  | { readonly kind: 'problem'; readonly component: string; readonly code: string }
);

export interface CallRecord extends CallSummary {
  readonly entries: readonly JournalEntry[];
}

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** When somebody spoke; what has not ended lasts until now. */
export function spansOf(
  { entries, durationMs }: CallRecord,
  begins: JournalEntry['kind'],
  ends: JournalEntry['kind'],
): readonly Span[] {
  const spans: Span[] = [];
  let startMs: number | null = null;
  for (const { kind, atMs } of entries) {
    if (kind === begins) startMs ??= atMs;
    else if (kind === ends && startMs !== null) {
      spans.push({ startMs, endMs: atMs });
      startMs = null;
    }
  }
  return startMs === null ? spans : [...spans, { startMs, endMs: durationMs }];
}

/** The mood's way until `atMs`. */
export function moodsUntil({ entries }: CallRecord, atMs: number): readonly (Mood & { readonly final: boolean })[] {
  return entries.flatMap((entry) => (entry.kind === 'mood' && entry.atMs <= atMs ? [entry] : []));
}

/** An entry in words; null for what the lanes show already. */
export function wordsOf(entry: JournalEntry): string | null {
  switch (entry.kind) {
    case 'mood':
      return entry.final
        ? `felt ${entry.label === 'unknown' ? 'unclear' : entry.label}, ${entry.trend.replaceAll('-', ' ')}`
        : null;
    case 'reply.started':
      return entry.acts.length === 0 ? null : `decided to ${entry.acts.join(', ').replaceAll('-', ' ')}`;
    case 'reply.ended':
      return entry.reason === 'finished' ? null : `reply ended: ${entry.reason.replaceAll('-', ' ')}`;
    case 'timing':
      return entry.firstAudioMs === null ? null : `answered after ${Math.round(entry.firstAudioMs)} ms`;
    case 'escalation':
      return `escalation (${entry.action}) by the rule ${entry.rule}`;
    case 'problem':
      return `${entry.component}: ${entry.code}`;
    default:
      return null;
  }
}

/** Calls with those that changed; in progress first, then the latest. */
export function mergedCalls(before: readonly CallSummary[], changed: readonly CallSummary[]): readonly CallSummary[] {
  const byId = new Map([...before, ...changed].map((call) => [call.id, call]));
  return [...byId.values()].sort(
    (a, b) => Number(a.ended) - Number(b.ended) || b.startedAtIso.localeCompare(a.startedAtIso),
  );
}

/** Minutes and seconds. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
