/**
 * One client's call: what it sends goes in as client events, what it must be told comes out as session events.
 *
 * The session owns the conversation, the listener, the replies and their order; it knows no wire format. Everything it
 * starts lives in its scope, so disposing it leaves nothing behind. A refused request is answered with `request.failed`
 * and the call goes on. Barge-in works in this order: cancel the reply, purge its sound, tell the client, cut the
 * conversation to what was heard.
 */
import { durationMs } from '../audio/audio-frame.js';
import { BoundedQueue } from '../core/bounded-queue.js';
import type { Clock, Timer } from '../core/clock.js';
import { AttuneError, isCancelled, toAttuneError, type CancelReason } from '../core/errors.js';
import { Scope } from '../core/scope.js';
import type { Abilities } from '../pipeline/abilities.js';
import { Feeling } from '../pipeline/feeling.js';
import type { HeardUtterance } from '../pipeline/heard-utterance.js';
import { Listener, type ListenerEvent } from '../pipeline/listener.js';
import { streamReply } from '../pipeline/reply-stream.js';
import type { DialogueMessage, EmotionContext, ReplyIntent } from '../stages/llm/responder.js';
import { fallbackSentence } from '../stages/llm/fallback.js';
import { styleFor } from '../stages/tts/style-table.js';
import { Conversation, messageOf } from './conversation.js';
import type {
  ClientEvent,
  ConversationItem,
  MessageItem,
  NewItem,
  ReplyDescription,
  ReplyRequest,
  SessionEvent,
} from './events.js';
import type { PlaybackLedger } from './playback-ledger.js';
import { Reply } from './reply.js';
import type { SessionLimits } from './session-limits.js';
import { listenerSettingsOf } from './session-policy.js';
import type { SessionSettings } from './settings.js';
import { clarification } from './clarification.js';
import { TurnClock } from './turn-clock.js';

export interface SessionOptions {
  readonly id: string;
  readonly abilities: Abilities;
  readonly settings: SessionSettings;
  readonly limits: SessionLimits;
  /** Makes ids: `prefix` and something unguessable. */
  readonly newId: (prefix: string) => string;
  /** False: the client cannot switch emotion inference on. */
  readonly emotionAllowed: boolean;
  /** Sent once at the start, to tell the person that emotion is inferred; null when it is not. */
  readonly emotionNotice: string | null;
}

const ordinaryReply: ReplyRequest = {
  inConversation: true,
  input: null,
  instructions: null,
  modality: null,
  voice: null,
  tools: null,
  toolChoice: null,
  metadata: null,
};

/** Speech without recognised words is answered only when there was this much of it; shorter was a cough or a knock. */
const leastSpeechWorthAskingMs = 700;

export class Session implements AsyncDisposable {
  readonly id: string;
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  readonly #scope: Scope;
  readonly #events: BoundedQueue<SessionEvent>;
  readonly #conversation: Conversation;
  readonly #listener: Listener;
  readonly #feeling: Feeling;
  readonly #sideReplies = new Set<Reply>();
  /** Spoken items and what was heard of them, for truncation after the reply has ended. */
  readonly #ledgers = new Map<string, PlaybackLedger>();
  #settings: SessionSettings;
  #reply: Reply | undefined;
  /** Settles when everything said or typed so far has been understood. */
  #understood: Promise<void> = Promise.resolve();
  #turnScope: Scope;
  #idleTimer: Timer | undefined;
  #speaking = false;
  #draining = false;
  #ended = false;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.#options = options;
    this.#settings = this.#allowed(options.settings);
    this.#clock = options.abilities.clock;
    this.#scope = new Scope(`session ${options.id}`, (label, error) => this.#onTaskFailure(label, error));
    this.#turnScope = this.#scope.child('turn');
    this.#events = new BoundedQueue({ capacity: options.limits.maxQueuedEvents, policy: 'reject' });
    this.#conversation = new Conversation({ maxItems: options.limits.maxItems });
    this.#feeling = new Feeling({
      abilities: options.abilities,
      callId: options.id,
      onFailure: (error) => this.#emit({ type: 'degraded', component: 'sentiment', error, itemId: null }),
    });
    this.#listener = new Listener({
      callId: options.id,
      abilities: options.abilities,
      settings: listenerSettingsOf(this.#settings, options.limits),
      scope: this.#scope,
      newUtteranceId: () => options.newId('item'),
      isReplyAudible: () => this.#reply?.isAudible(this.#clock.nowMs()) ?? false,
      onEvent: (event) => this.#onHeard(event),
    });
    this.#scope.spawn('expire', async (signal) => {
      await this.#clock.sleep(options.limits.maxSessionMs, signal);
      this.end(new AttuneError('session_expired', 'the call reached its maximum duration'));
    });
    this.#emit({ type: 'session.ready', sessionId: options.id, settings: this.#settings });
    if (options.emotionNotice !== null && this.#settings.emotionEnabled)
      this.#emit({ type: 'notice', text: options.emotionNotice });
  }

  /** What the client must be told, in order; one reader. Ends after `session.ended`. */
  get events(): AsyncIterable<SessionEvent> {
    return this.#events;
  }

  /** True while a reply is being made or heard. */
  get busy(): boolean {
    return this.#reply !== undefined;
  }

  /** Takes one client event; resolves when there is room for the next. Rejects only when the session has ended. */
  async accept(event: ClientEvent): Promise<void> {
    this.#scope.signal.throwIfAborted();
    try {
      await this.#handle(event);
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#emit({
        type: 'request.failed',
        error: toAttuneError(error, 'INTERNAL'),
        clientEventId: event.clientEventId,
      });
    }
  }

  /** Answers a message that could not be decoded. */
  refuse(error: AttuneError, clientEventId: string | null): void {
    this.#emit({ type: 'request.failed', error, clientEventId });
  }

  /** Lets the reply in progress finish, starts no other, then ends the session. */
  async drain(): Promise<void> {
    this.#draining = true;
    while (this.#reply && !this.#scope.signal.aborted)
      await this.#clock.sleep(20, this.#scope.signal).catch(ignoreCancel);
    this.end(new AttuneError('SERVER_DRAINING', 'the server is shutting down'));
  }

  /** Ends the session: everything in progress is cancelled and `session.ended` is the last event. */
  end(error: AttuneError | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#idleTimer?.cancel();
    const reason = error?.code === 'SERVER_DRAINING' ? 'shutdown' : 'client-left';
    for (const reply of [this.#reply, ...this.#sideReplies]) reply?.breakOff(reason);
    this.#scope.cancel(reason);
    this.#emit({ type: 'session.ended', error });
    this.#events.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end(null);
    await this.#scope[Symbol.asyncDispose]();
  }

  async #handle(event: ClientEvent): Promise<void> {
    switch (event.type) {
      case 'audio':
        await this.#listener.accept(event.frame, this.#scope.signal);
        return;
      case 'input.commit':
        await this.#listener.commit();
        return;
      case 'input.clear':
        await this.#listener.clear();
        this.#emit({ type: 'input.cleared' });
        return;
      case 'settings.update':
        this.#settings = this.#allowed({ ...this.#settings, ...event.patch });
        this.#listener.configure(listenerSettingsOf(this.#settings, this.#options.limits));
        this.#emit({ type: 'settings.updated', settings: this.#settings });
        return;
      case 'item.create':
        this.#createItem(event.item, event.after);
        return;
      case 'item.retrieve': {
        const item = this.#conversation.find(event.itemId);
        if (!item)
          throw new AttuneError('item_retrieve_invalid_item_id', `there is no item with id '${event.itemId}'`, {
            field: 'item_id',
          });
        this.#emit({ type: 'item.retrieved', item });
        return;
      }
      case 'item.delete':
        this.#conversation.delete(event.itemId);
        this.#ledgers.delete(event.itemId);
        this.#emit({ type: 'item.deleted', itemId: event.itemId });
        return;
      case 'item.truncate':
        this.#truncate(event.itemId, event.audioEndMs);
        return;
      case 'reply.create':
        this.#startReply(event.request, event.request.inConversation ? this.#turnScope : this.#scope, null, null);
        return;
      case 'reply.cancel':
        this.#cancelReply(event.replyId);
    }
  }

  // ── hearing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #onHeard(event: ListenerEvent): void {
    switch (event.type) {
      case 'hold':
        this.#reply?.hold();
        return;
      case 'resume':
        this.#reply?.resume();
        return;
      case 'interrupt':
        this.#breakOff('barge-in');
        return;
      case 'speech-started':
        this.#onSpeechStarted(event.utteranceId, event.startMs);
        return;
      case 'partial': {
        const { text, stableText } = event.hypothesis;
        this.#emit({ type: 'transcript.partial', itemId: event.utteranceId, text, stableText });
        return;
      }
      case 'voice-emotion':
        this.#emit({
          type: 'emotion.estimated',
          itemId: event.utteranceId,
          final: false,
          ...this.#feeling.glimpse(event.voice, event.speechMs),
        });
        return;
      case 'utterance-ended':
        this.#onUtteranceEnded(event.utterance);
        return;
      case 'degraded':
        this.#emit({ type: 'degraded', component: event.component, error: event.error, itemId: null });
    }
  }

  #onSpeechStarted(itemId: string, startMs: number): void {
    this.#speaking = true;
    this.#idleTimer?.cancel();
    if (this.#settings.turnDetection?.interruptReply) {
      // A reply that is still silent is overtaken: the caller went on before it began.
      if (this.#reply && !this.#reply.isAudible(this.#clock.nowMs())) this.#breakOff('superseded');
      this.#renewTurn();
    }
    this.#emit({ type: 'speech.started', itemId, startMs });
  }

  #onUtteranceEnded(utterance: HeardUtterance): void {
    this.#speaking = false;
    const { turnDetection } = this.#settings;
    const item: MessageItem = {
      kind: 'message',
      id: utterance.id,
      role: 'user',
      status: 'completed',
      text: null,
      spoken: true,
      audioMs: utterance.endMs - utterance.startMs,
    };
    if (turnDetection !== null) this.#emit({ type: 'speech.ended', itemId: item.id, endMs: utterance.endMs });
    let previousItemId: string | null;
    try {
      previousItemId = this.#conversation.add(item);
    } catch (error) {
      this.#emit({ type: 'request.failed', error: toAttuneError(error, 'INTERNAL'), clientEventId: null });
      return;
    }
    this.#emit({ type: 'utterance.committed', itemId: item.id, previousItemId });
    this.#emit({ type: 'item.added', item, previousItemId });
    this.#emit({ type: 'item.done', item, previousItemId });
    const turnScope = this.#turnScope;
    const times = new TurnClock(item.id, { speechEndMs: utterance.speechEndAtMs, endpointMs: utterance.endpointAtMs });
    const understood = this.#understood.then(() => this.#understand(utterance, item, times));
    this.#understood = understood.then(() => undefined).catch(ignoreCancel);
    if (turnDetection?.createReply !== true) return;
    turnScope.spawn('answer', async () => {
      const text = await understood;
      if (turnScope.signal.aborted) return;
      if (text === '' && utterance.speechMs < leastSpeechWorthAskingMs) return;
      const verbatim = text === '' ? clarification(this.#settings.locale) : null;
      this.#tryStartReply(turnScope, times, verbatim);
    });
  }

  /** Resolves with what was said, after transcript and emotion were told. Never rejects but by cancellation of the session. */
  async #understand(utterance: HeardUtterance, item: MessageItem, times: TurnClock): Promise<string> {
    let hypothesis;
    try {
      hypothesis = await utterance.transcript;
    } catch (error) {
      if (this.#scope.signal.aborted) throw this.#scope.signal.reason;
      this.#emit({ type: 'transcript.failed', itemId: item.id, error: toAttuneError(error, 'transcription_failed') });
      return '';
    }
    times.mark('transcriptMs', this.#clock.nowMs());
    const { text, words, confidence, error: shortened } = hypothesis;
    if (shortened) this.#emit({ type: 'degraded', component: 'stt', error: shortened, itemId: item.id });
    this.#conversation.replace({ ...item, text });
    this.#emit({ type: 'transcript.final', itemId: item.id, text, words, confidence, audioMs: item.audioMs });
    if (this.#settings.emotionEnabled) {
      const language = this.#settings.transcription?.language ?? this.#settings.locale;
      const voice = utterance.voice.then((judged) => {
        times.mark('voiceEmotionMs', this.#clock.nowMs());
        return judged;
      });
      await this.#feel({ ...item, text }, { text, confidence, language, speechMs: utterance.speechMs }, voice, times);
    }
    return text;
  }

  async #feel(
    item: MessageItem,
    words: Parameters<Feeling['judge']>[0],
    voice: Parameters<Feeling['judge']>[1],
    times: TurnClock | null,
  ): Promise<void> {
    const { estimate, trend, sentimentAtMs, fusedAtMs } = await this.#feeling.judge(words, voice, this.#scope.signal);
    times?.mark('textSentimentMs', sentimentAtMs);
    times?.mark('fusionMs', fusedAtMs);
    this.#conversation.replace({ ...item, emotion: estimate });
    this.#emit({ type: 'emotion.estimated', itemId: item.id, final: true, estimate, trend });
  }

  // ── the conversation ──────────────────────────────────────────────────────────────────────────────────────────────

  #createItem(wanted: NewItem, after: string | null): void {
    const item = this.#itemOf(wanted);
    const previousItemId = this.#conversation.add(item, after);
    this.#emit({ type: 'item.added', item, previousItemId });
    this.#emit({ type: 'item.done', item, previousItemId });
    if (item.kind !== 'message' || item.role !== 'user') return;
    this.#understood = this.#understood.then(() => this.#readItem(wanted, item)).catch(ignoreCancel);
  }

  /** Understands an item the client brought: typed text, or recorded speech. */
  async #readItem(wanted: NewItem, item: MessageItem): Promise<void> {
    let read = item;
    let confidence: number | null = null;
    if (wanted.kind === 'speech' && item.text === null) {
      try {
        const heard = await this.#listener.transcribe(wanted.frame, this.#scope);
        read = { ...item, text: heard.text };
        confidence = heard.confidence;
        this.#conversation.replace(read);
        this.#emit({
          type: 'transcript.final',
          itemId: item.id,
          text: heard.text,
          words: heard.words,
          confidence,
          audioMs: item.audioMs,
        });
      } catch (error) {
        if (isCancelled(error)) throw error;
        this.#emit({ type: 'transcript.failed', itemId: item.id, error: toAttuneError(error, 'transcription_failed') });
        return;
      }
    }
    if (!this.#settings.emotionEnabled || read.text === null) return;
    await this.#feel(
      read,
      { text: read.text, confidence, language: this.#settings.locale, speechMs: 0 },
      Promise.resolve(null),
      null,
    );
  }

  #itemOf(wanted: NewItem): ConversationItem {
    const id = wanted.id ?? this.#options.newId('item');
    switch (wanted.kind) {
      case 'message':
        return {
          kind: 'message',
          id,
          role: wanted.role,
          status: 'completed',
          text: wanted.text,
          spoken: false,
          audioMs: 0,
        };
      case 'speech':
        return {
          kind: 'message',
          id,
          role: 'user',
          status: 'completed',
          text: wanted.transcript,
          spoken: true,
          audioMs: durationMs(wanted.frame),
        };
      case 'tool-call':
        return { ...wanted, id, status: 'completed' };
      case 'tool-result':
        return { ...wanted, id, status: 'completed' };
    }
  }

  #truncate(itemId: string, audioEndMs: number): void {
    const item = this.#conversation.find(itemId);
    if (!item) throw new AttuneError('item_not_found', `there is no item with id '${itemId}'`, { field: 'item_id' });
    const ledger = this.#ledgerOf(itemId);
    if (item.kind !== 'message' || !ledger) {
      throw new AttuneError('unsupported_content_type', `item '${itemId}' has no sound of the assistant`, {
        field: 'item_id',
      });
    }
    if (audioEndMs > Math.ceil(ledger.sentMs)) {
      throw new AttuneError(
        'invalid_value',
        `audio_end_ms is ${audioEndMs}, the item has ${Math.ceil(ledger.sentMs)} ms of sound`,
        { field: 'audio_end_ms' },
      );
    }
    this.#conversation.replace({ ...item, text: ledger.textHeard(audioEndMs), audioMs: audioEndMs });
    this.#emit({ type: 'item.truncated', itemId, audioEndMs });
  }

  #ledgerOf(itemId: string): PlaybackLedger | undefined {
    const spoken = this.#reply?.spoken;
    return spoken?.itemId === itemId ? spoken.ledger : this.#ledgers.get(itemId);
  }

  // ── replying ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** For replies nobody asked for by name: a refusal is told without an event id. */
  #tryStartReply(scope: Scope, times: TurnClock | null, verbatim: string | null): void {
    try {
      this.#startReply(ordinaryReply, scope, times, verbatim);
    } catch (error) {
      this.#emit({ type: 'request.failed', error: toAttuneError(error, 'INTERNAL'), clientEventId: null });
    }
  }

  #startReply(request: ReplyRequest, parent: Scope, times: TurnClock | null, verbatim: string | null): void {
    if (this.#draining)
      throw new AttuneError('SERVER_DRAINING', 'no new reply is started, the server is shutting down', {
        recoverable: true,
      });
    if (request.inConversation && this.#reply && !this.#reply.ended) {
      throw new AttuneError(
        'conversation_already_has_active_response',
        `the conversation has an active response already: ${this.#reply.description.id}`,
      );
    }
    if (!request.inConversation && this.#sideReplies.size >= this.#options.limits.maxSideReplies) {
      throw new AttuneError(
        'OVERLOADED',
        `at most ${this.#options.limits.maxSideReplies} responses outside the conversation can be made at a time`,
      );
    }
    const reply = this.#newReply(request, parent, times);
    times?.mark('replyRequestedMs', this.#clock.nowMs());
    if (request.inConversation) this.#reply = reply;
    else this.#sideReplies.add(reply);
    this.#scope.spawn('reply', async () => {
      await this.#understood;
      await reply.run(streamReply(this.#streamOptions(request, reply, verbatim)));
      await reply.scope[Symbol.asyncDispose]();
      this.#onReplyEnded(reply);
      if (!times) return;
      this.#emit({ type: 'turn.timed', itemId: times.itemId, replyId: reply.description.id, timing: times.timing });
    });
  }

  #newReply(request: ReplyRequest, parent: Scope, times: TurnClock | null): Reply {
    const { limits, newId } = this.#options;
    const description: ReplyDescription = {
      id: newId('resp'),
      inConversation: request.inConversation,
      modality: request.modality ?? this.#settings.modality,
      voice: request.voice ?? this.#settings.voice,
      metadata: request.metadata,
      maxOutputTokens: request.maxOutputTokens === undefined ? this.#settings.maxOutputTokens : request.maxOutputTokens,
    };
    const side = !request.inConversation;
    return new Reply({
      description,
      scope: parent.child('reply'),
      clock: this.#clock,
      outputLeadMs: limits.outputLeadMs,
      newItemId: () => newId('item'),
      emit: (event) => this.#emit(event),
      addItem: (item) => (side ? null : this.#conversation.add(item)),
      replaceItem: (item) => (side ? undefined : this.#conversation.replace(item)),
      onFirst: (step, atMs) =>
        times?.mark(step === 'token' ? 'firstTokenMs' : step === 'clause' ? 'firstClauseMs' : 'firstAudioMs', atMs),
    });
  }

  #streamOptions(request: ReplyRequest, reply: Reply, verbatim: string | null): Parameters<typeof streamReply>[0] {
    const settings = this.#settings;
    const emotion = settings.emotionEnabled ? this.#feeling.context() : null;
    return {
      abilities: this.#options.abilities,
      request: {
        callId: this.id,
        instructions: request.instructions ?? settings.instructions,
        messages: this.#messagesOf(request),
        tools: request.tools ?? settings.tools,
        toolChoice: request.toolChoice ?? settings.toolChoice,
        maxOutputTokens: reply.description.maxOutputTokens,
        emotion,
        locale: settings.locale,
      },
      verbatim,
      speak: reply.description.modality === 'audio',
      voice: reply.description.voice,
      styleOf: (intent) => this.#styleOf(intent, emotion),
      fallbackText: fallbackSentence(settings.locale),
      scope: reply.scope,
    };
  }

  #styleOf(intent: ReplyIntent, emotion: EmotionContext | null): ReturnType<typeof styleFor> {
    const style = styleFor({ intent, estimate: emotion });
    return { ...style, rateScale: style.rateScale * this.#settings.speed };
  }

  #messagesOf(request: ReplyRequest): readonly DialogueMessage[] {
    if (request.input === null) return this.#conversation.messages();
    return request.input.flatMap((entry) => {
      if (entry.kind !== 'reference') return messageOf(this.#itemOf(entry));
      const item = this.#conversation.find(entry.id);
      return item ? messageOf(item) : [];
    });
  }

  #cancelReply(replyId: string | null): void {
    const reply =
      replyId === null
        ? this.#reply
        : [this.#reply, ...this.#sideReplies].find((one) => one?.description.id === replyId);
    if (!reply || reply.ended)
      throw new AttuneError('response_cancel_not_active', 'Cancellation failed: no active response found');
    this.#silence(reply, 'client-cancelled');
  }

  #breakOff(reason: CancelReason): void {
    if (this.#reply) this.#silence(this.#reply, reason);
  }

  /** Cancel, then purge; the reply itself tells the client and cuts the conversation as it ends. */
  #silence(reply: Reply, reason: CancelReason): void {
    reply.cancel(reason);
    for (const event of this.#events.purge()) {
      const stale = event.type === 'reply.audio' && event.replyId === reply.description.id;
      if (!stale) this.#events.offer(event);
    }
  }

  #onReplyEnded(reply: Reply): void {
    const spoken = reply.spoken;
    if (spoken && reply.description.inConversation) this.#ledgers.set(spoken.itemId, spoken.ledger);
    if (!this.#sideReplies.delete(reply) && this.#reply === reply) {
      const aheadMs = spoken?.ledger.aheadMs(this.#clock.nowMs()) ?? 0;
      this.#scope.spawn('fade', async (signal) => {
        if (aheadMs > 0 && !reply.scope.signal.aborted) await this.#clock.sleep(aheadMs, signal);
        if (!this.#reply) this.#listener.replyBecameSilent();
      });
      this.#reply = undefined;
      this.#restartIdleTimer(aheadMs);
    }
  }

  #restartIdleTimer(aheadMs: number): void {
    this.#idleTimer?.cancel();
    const { turnDetection } = this.#settings;
    if (this.#ended || turnDetection?.type !== 'silence' || turnDetection.idleTimeoutMs === null) return;
    this.#idleTimer = this.#clock.after(aheadMs + turnDetection.idleTimeoutMs, () => {
      if (this.#speaking || this.#reply) return;
      const endMs = this.#listener.heardMs;
      this.#emit({
        type: 'input.idle',
        itemId: this.#options.newId('item'),
        startMs: Math.max(0, endMs - (turnDetection.idleTimeoutMs ?? 0)),
        endMs,
      });
      this.#tryStartReply(this.#turnScope, null, null);
    });
  }

  /** The caller speaks again: answers that have not begun are dropped. */
  #renewTurn(): void {
    const before = this.#turnScope;
    this.#turnScope = this.#scope.child('turn');
    before.cancel('superseded');
    this.#scope.spawn('end-turn', () => before[Symbol.asyncDispose]());
  }

  #allowed(settings: SessionSettings): SessionSettings {
    return this.#options.emotionAllowed ? settings : { ...settings, emotionEnabled: false };
  }

  // ── the way out ───────────────────────────────────────────────────────────────────────────────────────────────────

  #emit(event: SessionEvent): void {
    if (this.#events.closed) return;
    try {
      this.#events.offer(event);
    } catch (error) {
      this.#events.purge();
      this.end(new AttuneError('SLOW_CONSUMER', 'the client does not read its events', { cause: error }));
    }
  }

  #onTaskFailure(label: string, error: unknown): void {
    const failure = toAttuneError(error, 'INTERNAL');
    this.#options.abilities.logger.error('a task of the call failed', {
      callId: this.id,
      task: label,
      code: failure.code,
      error: failure.message,
    });
    this.end(failure);
  }
}

function ignoreCancel(error: unknown): void {
  if (!isCancelled(error)) throw error;
}
