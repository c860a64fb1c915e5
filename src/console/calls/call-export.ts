/**
 * A call as a document that stands by itself: what was said, how the feeling went, what was decided, where the time went. Pure.
 *
 * Instants are milliseconds since the call began. Words are null where the server keeps none.
 */
import {
  callerSpans,
  replySpans,
  type CallRecord,
  type CallSummary,
  type Mood,
  type Span,
  type StoryEntry,
} from './call-record.js';

export interface CallExport {
  readonly format: 'attune.call';
  readonly version: 1;
  readonly call: CallSummary;
  readonly speech: { readonly caller: readonly Span[]; readonly assistant: readonly Span[] };
  readonly transcript: readonly {
    readonly atMs: number;
    readonly speaker: 'caller' | 'assistant';
    readonly text: string | null;
    /** Of the assistant: `finished`, or why it was broken off. */
    readonly reason?: string;
  }[];
  readonly emotion: readonly ({ readonly atMs: number; readonly final: boolean } & Mood)[];
  readonly decisions: readonly EntryOf<'decision'>[];
  readonly spans: readonly EntryOf<'spans'>[];
  readonly escalations: readonly EntryOf<'escalation'>[];
  readonly problems: readonly EntryOf<'problem'>[];
}

type Kind = StoryEntry['kind'];
type EntryOf<K extends Kind> = Extract<StoryEntry, { readonly kind: K }>;

export function callExport(record: CallRecord): CallExport {
  const { entries, recordedMs: _recordedMs, ...call } = record;
  const of = <K extends Kind>(kind: K): readonly EntryOf<K>[] =>
    entries.filter((entry): entry is EntryOf<K> => entry.kind === kind);
  const transcript = entries.flatMap((entry): CallExport['transcript'] => {
    const { atMs } = entry;
    if (entry.kind === 'heard') return [{ atMs, speaker: 'caller', text: entry.text }];
    if (entry.kind === 'reply') return [{ atMs, speaker: 'assistant', text: entry.text, reason: entry.reason }];
    return [];
  });
  return {
    format: 'attune.call',
    version: 1,
    call,
    speech: { caller: callerSpans(record), assistant: replySpans(record) },
    transcript,
    emotion: of('emotion').map(({ atMs, final, label, confidence, arousal, valence, trend }) => ({
      ...{ atMs, final, label, confidence, arousal, valence, trend },
    })),
    decisions: of('decision'),
    spans: of('spans'),
    escalations: of('escalation'),
    problems: of('problem'),
  };
}
