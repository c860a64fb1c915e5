/**
 * What happened in one call, told for those who look after it: a timeline, and how it stands now. Fed with session events.
 *
 * Without words it holds no transcript, no reply and no explanation, which quotes. Bounded: a long call keeps its latest part.
 */
import type { SessionEvent, TurnTiming } from '../../session/events.js';

/** Instants are milliseconds since the call began, as the server saw it. */
export type StoryEntry = { readonly atMs: number } & (
  | { readonly kind: 'speech'; readonly itemId: string; readonly startMs: number; readonly endMs: number | null }
  | { readonly kind: 'heard'; readonly itemId: string; readonly text: string | null; readonly confidence: number }
  | {
      readonly kind: 'emotion';
      readonly itemId: string;
      readonly final: boolean;
      readonly label: string;
      readonly confidence: number;
      readonly arousal: number;
      readonly valence: number;
      readonly dominance: number;
      readonly trend: string;
      readonly explanation: string | null;
    }
  | { readonly kind: 'decision'; readonly rules: readonly string[]; readonly acts: readonly string[] }
  | {
      readonly kind: 'reply';
      readonly replyId: string;
      readonly status: string;
      readonly reason: string;
      readonly text: string | null;
      readonly startMs: number;
      /** Sound of the reply that was made. */
      readonly audioMs: number;
    }
  | { readonly kind: 'spans'; readonly itemId: string; readonly spans: Readonly<Record<string, number>> }
  | { readonly kind: 'escalation'; readonly action: string; readonly rule: string; readonly reason: string }
  | { readonly kind: 'hold'; readonly held: boolean }
  | { readonly kind: 'tone'; readonly tone: string }
  | { readonly kind: 'problem'; readonly component: string; readonly code: string }
);

/** How a call stands, or how it went. */
export interface CallSummary {
  readonly id: string;
  readonly protocol: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly state: 'listening' | 'caller-speaking' | 'replying' | 'on-hold' | 'ended';
  /** Why it ended otherwise than by itself. */
  readonly endedBy: string | null;
  readonly turns: number;
  readonly bargeIns: number;
  readonly problems: number;
  readonly mood: {
    readonly label: string;
    readonly confidence: number;
    readonly arousal: number;
    readonly valence: number;
    readonly trend: string;
  } | null;
  /** End of the caller's speech to the first sound of the reply, as the server sees it; of the latest turns. */
  readonly latencyMs: { readonly latest: number; readonly median: number } | null;
}

const mostEntries = 1_000;
const mostLatencies = 100;

export interface CallStoryOptions {
  readonly id: string;
  readonly protocol: string;
  /** False: nothing that was said. */
  readonly keepsWords: boolean;
  readonly nowMs: () => number;
  readonly startedAt: string;
}

export class CallStory {
  readonly #options: CallStoryOptions;
  readonly #startedMs: number;
  readonly #entries: StoryEntry[] = [];
  readonly #latenciesMs: number[] = [];
  readonly #replies = new Map<string, { readonly startMs: number; audioMs: number }>();
  #state: CallSummary['state'] = 'listening';
  #mood: CallSummary['mood'] = null;
  #endedBy: string | null = null;
  #endedMs: number | undefined;
  #turns = 0;
  #bargeIns = 0;
  #problems = 0;

  constructor(options: CallStoryOptions) {
    this.#options = options;
    this.#startedMs = options.nowMs();
  }

  get entries(): readonly StoryEntry[] {
    return this.#entries;
  }

  get hasEnded(): boolean {
    return this.#state === 'ended';
  }

  get summary(): CallSummary {
    const { id, protocol, startedAt } = this.#options;
    const sorted = [...this.#latenciesMs].sort((a, b) => a - b);
    return {
      id,
      protocol,
      startedAt,
      durationMs: Math.round((this.#endedMs ?? this.#options.nowMs()) - this.#startedMs),
      state: this.#state,
      endedBy: this.#endedBy,
      turns: this.#turns,
      bargeIns: this.#bargeIns,
      problems: this.#problems,
      mood: this.#mood,
      latencyMs:
        sorted.length === 0
          ? null
          : { latest: Math.round(this.#latenciesMs.at(-1)!), median: Math.round(sorted[sorted.length >> 1]!) },
    };
  }

  /** True when the summary changed by it. */
  note(event: SessionEvent): boolean {
    const atMs = Math.round(this.#options.nowMs() - this.#startedMs);
    switch (event.type) {
      case 'speech.started':
        this.#state = 'caller-speaking';
        this.#add({ atMs, kind: 'speech', itemId: event.itemId, startMs: Math.round(event.startMs), endMs: null });
        return true;
      case 'speech.ended':
        this.#state = 'listening';
        this.#endSpeech(event.itemId, Math.round(event.endMs));
        return true;
      case 'transcript.final':
        this.#turns += 1;
        this.#add({
          atMs,
          kind: 'heard',
          itemId: event.itemId,
          text: this.#words(event.writtenText),
          confidence: event.confidence,
        });
        return true;
      case 'emotion.estimated': {
        const { label, confidence, arousal, valence, dominance, explanation } = event.estimate;
        const { itemId, final, trend } = event;
        this.#mood = { label, confidence, arousal, valence, trend };
        const said = final ? this.#words(explanation) : null;
        const felt = { label, confidence, arousal, valence, dominance, trend };
        this.#add({ atMs, kind: 'emotion', itemId, final, ...felt, explanation: said });
        return true;
      }
      case 'reply.started':
        this.#state = 'replying';
        this.#replies.set(event.reply.id, { startMs: atMs, audioMs: 0 });
        if (event.decision.rules.length > 0)
          this.#add({ atMs, kind: 'decision', rules: event.decision.rules, acts: event.decision.acts });
        return true;
      case 'reply.audio': {
        const reply = this.#replies.get(event.replyId);
        if (reply) reply.audioMs += (1000 * event.samples.length) / event.sampleRateHz;
        return false;
      }
      case 'reply.ended':
        this.#endReply(event, atMs);
        return true;
      case 'turn.timed':
        this.#timed(event.itemId, event.timing, atMs);
        return true;
      case 'escalation':
        this.#add({ atMs, kind: 'escalation', action: event.action, rule: event.rule, reason: event.reason });
        return true;
      case 'call.held':
      case 'call.taken-back':
        this.#state = event.type === 'call.held' ? 'on-hold' : 'listening';
        this.#add({ atMs, kind: 'hold', held: event.type === 'call.held' });
        return true;
      case 'tone.detected':
        this.#add({ atMs, kind: 'tone', tone: event.tone });
        return true;
      case 'degraded':
        this.#problems += 1;
        this.#add({ atMs, kind: 'problem', component: event.component, code: event.error.code });
        return true;
      case 'session.ended':
        this.end(event.error?.code ?? null);
        return true;
      default:
        return false;
    }
  }

  /** Also for a client that left before it could be told. */
  end(endedBy: string | null): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#endedBy = endedBy;
    this.#endedMs = this.#options.nowMs();
  }

  #endSpeech(itemId: string, endMs: number): void {
    const at = this.#entries.findLastIndex((entry) => entry.kind === 'speech' && entry.itemId === itemId);
    const entry = this.#entries[at];
    if (entry?.kind === 'speech') this.#entries[at] = { ...entry, endMs };
  }

  #endReply({ reply, status, reason, output }: Extract<SessionEvent, { type: 'reply.ended' }>, atMs: number): void {
    const { startMs, audioMs } = this.#replies.get(reply.id) ?? { startMs: atMs, audioMs: 0 };
    this.#replies.delete(reply.id);
    if (this.#state === 'replying' && this.#replies.size === 0) this.#state = 'listening';
    if (reason === 'barge-in') this.#bargeIns += 1;
    const said = output.flatMap((item) => (item.kind === 'message' && item.text !== null ? [item.text] : [])).join(' ');
    const entry = { replyId: reply.id, status, reason, text: this.#words(said), startMs, audioMs: Math.round(audioMs) };
    this.#add({ atMs, kind: 'reply', ...entry });
  }

  #timed(itemId: string, timing: TurnTiming, atMs: number): void {
    const since = Object.entries(timing)
      .filter(([name]) => name !== 'speechEndMs')
      .map(([name, instantMs]) => [name, Math.round(Number(instantMs) - timing.speechEndMs)] as const);
    this.#add({ atMs, kind: 'spans', itemId, spans: Object.fromEntries(since) });
    if (timing.firstAudioMs === undefined) return;
    this.#latenciesMs.push(timing.firstAudioMs - timing.speechEndMs);
    if (this.#latenciesMs.length > mostLatencies) this.#latenciesMs.shift();
  }

  #words(text: string): string | null {
    return this.#options.keepsWords ? text : null;
  }

  #add(entry: StoryEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > mostEntries) this.#entries.shift();
  }
}
