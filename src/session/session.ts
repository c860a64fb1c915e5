/**
 * One client's call: what it sends goes in as client events, what it must be told comes out as session events.
 *
 * The session owns the conversation, the listener and the replies, and ties them together; it knows no wire format. Everything it
 * starts lives in its scope, so disposing it leaves nothing behind. A refused request is answered with `request.failed`
 * and the call goes on. Barge-in works in this order: cancel the reply, purge its sound, tell the client, cut the
 * conversation to what was heard.
 */
import { BoundedQueue } from '../core/bounded-queue.js';
import type { Clock } from '../core/clock.js';
import { AttuneError, isCancelled, toAttuneError } from '../core/errors.js';
import { Scope } from '../core/scope.js';
import type { EmotionalMemory } from '../memory/emotional-memory.js';
import type { Abilities } from '../pipeline/abilities.js';
import { Feeling } from '../pipeline/feeling.js';
import type { HeardUtterance } from '../pipeline/heard-utterance.js';
import { Listener, type ListenerEvent } from '../pipeline/listener.js';
import { OwnVoice } from '../pipeline/own-voice.js';
import { Speculation } from '../pipeline/speculation.js';
import type { RecordedModel } from '../pipeline/turn-record.js';
import { isDenied } from '../privacy/consent.js';
import { forbiddenPurpose, isForbiddenPurpose } from '../privacy/emotion-purpose.js';
import type { ToolDefinition } from '../stages/llm/responder.js';
import { handover, silencePrompt } from './call-phrases.js';
import { clarification } from './clarification.js';
import { Conversation } from './conversation.js';
import { DigitCollector } from './digit-collector.js';
import type { ClientEvent, ConversationItem, MessageItem, NewItem, SessionEvent, ToolCallItem } from './events.js';
import { ordinaryReply } from './events.js';
import { farewell, hangUpTool } from './hang-up.js';
import { Hold, holdTool } from './hold.js';
import { itemOf } from './new-item.js';
import { Replies } from './replies.js';
import type { SessionLimits } from './session-limits.js';
import { listenerSettingsOf } from './session-policy.js';
import type { SessionSettings } from './settings.js';
import { Remembering } from './remembering.js';
import { Responding } from './responding.js';
import { followPlayback } from './playback-follower.js';
import { SilenceWatch } from './silence-watch.js';
import { Speculating } from './speculating.js';
import { ToneWatch } from './tone-watch.js';
import { TurnClock } from './turn-clock.js';
import { Understanding } from './understanding.js';

export interface SessionOptions {
  readonly id: string;
  readonly abilities: Abilities;
  readonly settings: SessionSettings;
  readonly limits: SessionLimits;
  /** Makes ids: `prefix` and something unguessable. */
  readonly newId: (prefix: string) => string;
  /** False: the client cannot switch emotion inference on. */
  readonly emotionAllowed: boolean;
  /** True when a stated reason allows purposes that are forbidden otherwise. */
  readonly purposeExempt: boolean;
  /** Sent once at the start, to tell the person that emotion is inferred; null when it is not. */
  readonly emotionNotice: string | null;
  /** Null: nothing is kept beyond the call. */
  readonly memory: EmotionalMemory | null;
  /** The models of the emotions, to record turns of people who agreed with; null: no turn is recorded. */
  readonly recordedModels: readonly RecordedModel[] | null;
  /** True: answers may be prepared before it is certain that a turn is over. */
  readonly speculates: boolean;
  /** Whose customer the caller is. */
  readonly tenant: string;
  /** What was said in an earlier call that this one goes on with, oldest first; the client is not told of it. */
  readonly history?: readonly NewItem[];
}

/** Speech without recognised words is answered only when there was this much of it; shorter was a cough or a knock. */
const leastSpeechWorthAskingMs = 700;
/** Between the last word and the end of the call: what the line holds back, and manners. */
const hangUpPauseMs = 500;

export class Session implements AsyncDisposable {
  readonly id: string;
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  readonly #scope: Scope;
  readonly #events: BoundedQueue<SessionEvent>;
  readonly #conversation: Conversation;
  readonly #listener: Listener;
  readonly #ownVoice: OwnVoice;
  readonly #feeling: Feeling;
  readonly #remembering: Remembering;
  readonly #responding: Responding;
  readonly #understanding: Understanding;
  readonly #replies: Replies;
  readonly #speculating: Speculating;
  #settings: SessionSettings;
  #turnScope: Scope;
  readonly #silence: SilenceWatch;
  readonly #digits: DigitCollector;
  readonly #tones: ToneWatch;
  readonly #hold: Hold;
  #isHangingUp = false;
  #hasGivenUp = false;
  /** Why a person takes over. */
  #transferReason: string | undefined;
  #isForbidden = false;
  #toldOfPurpose = false;
  #speaking = false;
  #ended = false;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.#options = options;
    this.#settings = options.settings;
    this.#clock = options.abilities.clock;
    this.#scope = new Scope(`session ${options.id}`, (label, error) => this.#onTaskFailure(label, error));
    this.#turnScope = this.#scope.child('turn');
    this.#events = new BoundedQueue({ capacity: options.limits.maxQueuedEvents, policy: 'reject' });
    this.#ownVoice = new OwnVoice({ clock: this.#clock });
    this.#conversation = new Conversation({ maxItems: options.limits.maxItems });
    for (const item of options.history ?? []) this.#conversation.add(itemOf(item, () => options.newId('item')));
    this.#remembering = new Remembering({
      memory: options.memory,
      tenant: options.tenant,
      clock: this.#clock,
      scope: this.#scope,
      onRecalled: ({ consent, recollection, voice }) => {
        this.#settings = this.#allowed(this.#settings);
        this.#listener.configure(listenerSettingsOf(this.#settings, options.limits));
        if (voice !== null) this.#listener.recallVoice(voice);
        const { turnCount, reminder } = recollection ?? { turnCount: 0, reminder: null };
        this.#emit({ type: 'person.recalled', consent, turnCount, reminder });
      },
      onFailure: (error) => this.#emit({ type: 'degraded', component: 'memory', error, itemId: null }),
    });
    this.#remembering.identify(this.#settings.person, this.#settings.consent);
    this.#settings = this.#allowed(this.#settings);
    this.#feeling = new Feeling({
      abilities: options.abilities,
      callId: options.id,
      onFailure: (error) => this.#emit({ type: 'degraded', component: 'sentiment', error, itemId: null }),
    });
    this.#responding = new Responding({
      rules: () => options.abilities.responseRules.current,
      locale: () => this.#settings.locale,
      emit: (event) => {
        this.#emit(event);
        if (event.action === 'transfer' && this.#settings.mayTransfer) this.#transferReason = event.reason;
      },
    });
    this.#silence = new SilenceWatch({
      clock: this.#clock,
      settings: () => this.#settings,
      isBusy: () => this.#ended || this.#hold.isOn || this.#speaking || this.#replies.active !== undefined,
      onIdle: (idleMs) => this.#onIdle(idleMs),
      onPrompt: () => this.#tryStartReply(this.#turnScope, null, silencePrompt(this.#settings.locale)),
      onGiveUp: () => this.#giveUp(),
    });
    this.#digits = new DigitCollector({ clock: this.#clock, onEntry: (digits) => this.#onEntry(digits) });
    this.#tones = new ToneWatch({
      reactions: () => this.#settings.tones,
      onTone: ({ name, ...heard }) => this.#emit({ type: 'tone.detected', tone: name, ...heard }),
      onFax: () => this.end(null),
      onBeep: () => this.#scope.spawn('greet-again', () => this.#greetAgain()),
    });
    this.#hold = new Hold({
      clock: this.#clock,
      scope: this.#scope,
      settings: () => this.#settings,
      emit: (event) => this.#emit(event),
    });
    const speculation = new Speculation({
      abilities: options.abilities,
      metrics: options.abilities.metrics,
      scope: this.#scope,
    });
    this.#replies = new Replies({
      callId: options.id,
      abilities: options.abilities,
      limits: options.limits,
      scope: this.#scope,
      conversation: this.#conversation,
      newId: options.newId,
      settings: () => this.#settings,
      emotion: () => (this.#settings.emotionEnabled ? this.#feeling.context() : null),
      reminder: () => this.#remembering.reminder,
      responding: this.#responding,
      speculation,
      understood: () => this.#understanding.settled,
      emit: (event) => this.#emit(event),
      purgeSound: (replyId) => this.#purgeSound(replyId),
      onSilent: () => this.#listener.replyBecameSilent(),
      onEnded: (unheardMs, output) => {
        const wantsToHangUp = this.#settings.mayHangUp && callOf(hangUpTool, output) !== undefined;
        if (this.#settings.mayHold) this.#holdIfAsked(unheardMs, output);
        if (this.#isHangingUp || wantsToHangUp) this.#hangUp(unheardMs, output);
        else if (!this.#ended) this.#silence.start(unheardMs);
      },
    });
    this.#speculating = new Speculating({
      speculation,
      scope: this.#scope,
      feeling: this.#feeling,
      responding: this.#responding,
      replies: this.#replies,
      settings: () => this.#settings,
      mayAnswer: () =>
        options.speculates &&
        this.#settings.turnDetection?.createReply === true &&
        this.#replies.active === undefined &&
        this.#transferReason === undefined &&
        !this.#isHangingUp,
    });
    this.#listener = new Listener({
      callId: options.id,
      abilities: options.abilities,
      settings: listenerSettingsOf(this.#settings, options.limits),
      scope: this.#scope,
      newUtteranceId: () => options.newId('item'),
      isReplyAudible: () => this.#replies.isAudible,
      ownVoice: this.#ownVoice,
      onEvent: (event) => this.#onHeard(event),
    });
    this.#understanding = new Understanding({
      abilities: options.abilities,
      scope: this.#scope,
      conversation: this.#conversation,
      feeling: this.#feeling,
      remembering: this.#remembering,
      responding: this.#responding,
      listener: this.#listener,
      settings: () => this.#settings,
      recordedModels: options.recordedModels,
      emit: (event) => this.#emit(event),
    });
    this.#scope.spawn('expire', async (signal) => {
      await this.#clock.sleep(options.limits.maxSessionMs, signal);
      this.end(new AttuneError('session_expired', 'the call reached its maximum duration'));
    });
    this.#emit({ type: 'session.ready', sessionId: options.id, settings: this.#settings });
    if (options.emotionNotice !== null && this.#settings.emotionEnabled)
      this.#emit({ type: 'notice', text: options.emotionNotice });
    if (this.#settings.greeting === null) this.#silence.start(0);
    else this.#tryStartReply(this.#turnScope, null, this.#settings.greeting);
  }

  /** What the client must be told, in order; one reader. Ends after `session.ended`. */
  get events(): AsyncIterable<SessionEvent> {
    return this.#events;
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
    this.#replies.close();
    while (this.#replies.active && !this.#scope.signal.aborted)
      await this.#clock.sleep(20, this.#scope.signal).catch(ignoreCancel);
    this.end(new AttuneError('SERVER_DRAINING', 'the server is shutting down'));
  }

  /** Ends the session: everything in progress is cancelled and `session.ended` is the last event. */
  end(error: AttuneError | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#silence.stop();
    this.#digits.stop();
    const reason = error?.code === 'SERVER_DRAINING' ? 'shutdown' : 'client-left';
    this.#replies.endAll(reason);
    this.#scope.cancel(reason);
    this.#emit({ type: 'session.ended', error });
    this.#events.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end(null);
    await this.#scope[Symbol.asyncDispose]();
    this.#ownVoice[Symbol.dispose]();
  }

  async #handle(event: ClientEvent): Promise<void> {
    if (!this.#hold.allows(event)) return;
    switch (event.type) {
      case 'audio':
        this.#tones.hear(event.frame);
        await this.#listener.accept(event.frame, this.#scope.signal);
        return;
      case 'digit.pressed':
        this.#onDigit(event.digit);
        return;
      case 'playback.reached':
        this.#replies.confirmPlayed(event.itemId, event.playedMs);
        return;
      case 'input.commit':
        await this.#listener.commit();
        return;
      case 'input.clear':
        await this.#listener.clear();
        this.#emit({ type: 'input.cleared' });
        return;
      case 'settings.update':
        this.#settings = { ...this.#settings, ...event.patch };
        this.#remembering.identify(this.#settings.person, this.#settings.consent);
        this.#settings = this.#allowed(this.#settings);
        this.#listener.configure(listenerSettingsOf(this.#settings, this.#options.limits));
        this.#emit({ type: 'settings.updated', settings: this.#settings });
        this.#assertPurpose();
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
        this.#replies.forget(event.itemId);
        this.#emit({ type: 'item.deleted', itemId: event.itemId });
        return;
      case 'item.truncate':
        this.#truncate(event.itemId, event.audioEndMs);
        return;
      case 'reply.create':
        if (event.overtakes) this.#replies.cutShort('superseded');
        this.#replies.start(event.request, { turnScope: this.#turnScope, times: null, verbatim: null });
        return;
      case 'reply.say':
        this.#replies.start(ordinaryReply, { turnScope: this.#turnScope, times: null, verbatim: event.text });
        return;
      case 'reply.cancel':
        this.#replies.cancel(event.replyId);
        return;
      case 'call.hold':
        await this.#putOnHold();
        return;
      case 'call.take-back':
        if (this.#hold.end()) this.#silence.start(0);
        return;
      case 'hang-up': {
        this.#hold.end();
        this.#replies.breakOff('superseded');
        this.#isHangingUp = true;
        const isSaid = event.farewell !== null && this.#tryStartReply(this.#turnScope, null, event.farewell);
        if (!isSaid) this.end(null);
      }
    }
  }

  // ── hearing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #onHeard(event: ListenerEvent): void {
    // What was still being worked through when the call was put on hold.
    if (this.#hold.isOn && event.type !== 'degraded') return;
    switch (event.type) {
      case 'hold':
        this.#replies.active?.hold();
        return;
      case 'resume':
        this.#replies.active?.resume();
        return;
      case 'interrupt':
        this.#replies.breakOff('barge-in');
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
          expressions: null,
          ...this.#feeling.glimpse(event.voice, event.speechMs),
        });
        return;
      case 'turn-expected':
        this.#speculating.expect(event);
        return;
      case 'turn-unexpected':
        this.#speculating.giveUp();
        return;
      case 'utterance-ended':
        this.#speculating.turnEnded();
        this.#onUtteranceEnded(event.utterance);
        return;
      case 'degraded':
        this.#emit({ type: 'degraded', component: event.component, error: event.error, itemId: null });
    }
  }

  #onSpeechStarted(itemId: string, startMs: number): void {
    this.#speaking = true;
    this.#callerActed();
    if (this.#settings.turnDetection?.interruptReply) {
      // A reply that is still silent is overtaken: the caller went on before it began.
      if (!this.#replies.isAudible) this.#replies.breakOff('superseded');
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
    const understood = this.#understanding.hear(utterance, item, times);
    if (turnDetection?.createReply !== true) return;
    turnScope.spawn('answer', async () => {
      const text = await understood;
      if (turnScope.signal.aborted) return;
      if (text === '' && utterance.speechMs < leastSpeechWorthAskingMs) {
        this.#speculating.giveUp();
        if (!this.#replies.active) this.#silence.start(0);
        return;
      }
      this.#answer(turnScope, times, text === '' ? clarification(this.#settings.locale) : null);
    });
  }

  #onDigit(digit: string): void {
    this.#emit({ type: 'digit.pressed', digit });
    this.#callerActed();
    if (this.#settings.turnDetection?.interruptReply) {
      this.#replies.cutShort('barge-in');
      this.#renewTurn();
    }
    this.#digits.press(digit);
  }

  /** Keys say nothing of a feeling, so nothing is inferred from them. */
  #onEntry(digits: string): void {
    const { turnDetection } = this.#settings;
    try {
      this.#addItem(
        itemOf({ kind: 'message', role: 'user', text: `Keys pressed: ${digits}` }, () => this.#options.newId('item')),
        null,
      );
    } catch (error) {
      this.#emit({ type: 'request.failed', error: toAttuneError(error, 'INTERNAL'), clientEventId: null });
      return;
    }
    if (turnDetection?.createReply !== true) return;
    if (turnDetection.interruptReply) this.#replies.cutShort('superseded');
    this.#answer(this.#turnScope, null, null);
  }

  /** What is being said is broken off, what the caller had begun is forgotten. */
  async #putOnHold(): Promise<void> {
    if (this.#hold.isOn) return;
    this.#replies.cutShort('superseded');
    this.#renewTurn();
    this.#silence.stop();
    this.#digits.stop();
    this.#hold.begin();
    await this.#forgetCaller();
  }

  /** The assistant has asked for it by its tool; what it said before is heard first. */
  #holdIfAsked(unheardMs: number, output: readonly ConversationItem[]): void {
    const call = callOf(holdTool, output);
    if (call === undefined) return;
    // A language model refuses a conversation in which a tool was asked and has not answered.
    const result: NewItem = { kind: 'tool-result', callId: call.callId, output: 'The caller waits.' };
    this.#addItem(
      itemOf(result, () => this.#options.newId('item')),
      null,
    );
    this.#turnScope.spawn('hold', async (signal) => {
      await this.#clock.sleep(unheardMs, signal);
      await this.#putOnHold();
    });
  }

  /** An utterance in progress becomes no turn. */
  async #forgetCaller(): Promise<void> {
    await this.#listener.clear();
    if (this.#speaking) this.#emit({ type: 'input.cleared' });
    this.#speaking = false;
  }

  /** An answering machine has done its part: what it said is nobody's turn, and what was said over it was heard by nobody. */
  async #greetAgain(): Promise<void> {
    const { greeting } = this.#settings;
    if (greeting === null || this.#hold.isOn) return;
    this.#replies.cutShort('superseded');
    this.#renewTurn();
    this.#silence.broken();
    await this.#forgetCaller();
    this.#tryStartReply(this.#turnScope, null, greeting);
  }

  #callerActed(): void {
    this.#silence.broken();
    if (this.#hasGivenUp) this.#isHangingUp = false;
    this.#hasGivenUp = false;
  }

  // ── the conversation ──────────────────────────────────────────────────────────────────────────────────────────────

  #createItem(wanted: NewItem, after: string | null): void {
    const item = itemOf(wanted, () => this.#options.newId('item'));
    this.#addItem(item, after);
    if (item.kind !== 'message' || item.role !== 'user') return;
    this.#understanding.read(wanted, item);
  }

  #addItem(item: ConversationItem, after: string | null): void {
    const previousItemId = this.#conversation.add(item, after);
    this.#emit({ type: 'item.added', item, previousItemId });
    this.#emit({ type: 'item.done', item, previousItemId });
  }

  #truncate(itemId: string, audioEndMs: number): void {
    const item = this.#conversation.find(itemId);
    if (!item) throw new AttuneError('item_not_found', `there is no item with id '${itemId}'`, { field: 'item_id' });
    const ledger = this.#replies.ledgerOf(itemId);
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

  // ── replying ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** A turn of the caller is answered, by the sentence given or by the responder; or handed to a person. */
  #answer(turnScope: Scope, times: TurnClock | null, verbatim: string | null): void {
    const isTransfer = this.#transferReason !== undefined;
    if (isTransfer) this.#isHangingUp = true;
    this.#tryStartReply(turnScope, times, isTransfer ? handover(this.#settings.locale) : verbatim);
  }

  /** For replies nobody asked for by name: a refusal is told without an event id, and answered by false. */
  #tryStartReply(turnScope: Scope, times: TurnClock | null, verbatim: string | null): boolean {
    try {
      this.#replies.start(ordinaryReply, { turnScope, times, verbatim });
      return true;
    } catch (error) {
      this.#emit({ type: 'request.failed', error: toAttuneError(error, 'INTERNAL'), clientEventId: null });
      return false;
    }
  }

  /** The assistant ends the call: after what it says, or after a farewell when it said nothing. */
  #hangUp(unheardMs: number, output: readonly ConversationItem[]): void {
    const hasSpoken = this.#isHangingUp || output.some(({ kind }) => kind === 'message');
    this.#isHangingUp = true;
    if (!hasSpoken) {
      this.#tryStartReply(this.#turnScope, null, farewell(this.#settings.locale));
      return;
    }
    this.#scope.spawn('hang-up', async (signal) => {
      await this.#clock.sleep(unheardMs + hangUpPauseMs, signal);
      if (!this.#isHangingUp) return;
      if (this.#transferReason !== undefined) this.#emit({ type: 'call.transferred', reason: this.#transferReason });
      this.end(null);
    });
  }

  /** The caller was asked often enough; one who speaks during the farewell is listened to. */
  #giveUp(): void {
    this.#hasGivenUp = true;
    this.#isHangingUp = true;
    this.#tryStartReply(this.#turnScope, null, farewell(this.#settings.locale));
  }

  #onIdle(idleMs: number): void {
    const endMs = this.#listener.heardMs;
    this.#emit({
      type: 'input.idle',
      itemId: this.#options.newId('item'),
      startMs: Math.max(0, endMs - idleMs),
      endMs,
    });
    this.#tryStartReply(this.#turnScope, null, null);
  }

  /** The caller speaks again: answers that have not begun are dropped. */
  #renewTurn(): void {
    const before = this.#turnScope;
    this.#turnScope = this.#scope.child('turn');
    before.cancel('superseded');
    this.#scope.spawn('end-turn', () => before[Symbol.asyncDispose]());
  }

  /** Told once; the update holds, without emotion. */
  #assertPurpose(): void {
    const { purpose } = this.#settings;
    if (this.#toldOfPurpose || this.#options.purposeExempt || !isForbiddenPurpose(purpose)) return;
    this.#toldOfPurpose = true;
    throw forbiddenPurpose(purpose, 'session.attune.purpose');
  }

  #allowed(settings: SessionSettings): SessionSettings {
    const { emotionAllowed, purposeExempt } = this.#options;
    // Once at work or at school, always there: a call does not change its purpose for the better.
    this.#isForbidden ||= !purposeExempt && isForbiddenPurpose(settings.purpose);
    const denied = this.#isForbidden || isDenied(this.#remembering.consent.emotion) || !emotionAllowed;
    return denied ? { ...settings, emotionEnabled: false } : settings;
  }

  // ── the way out ───────────────────────────────────────────────────────────────────────────────────────────────────

  #emit(event: SessionEvent): void {
    if (this.#events.closed) return;
    followPlayback(this.#ownVoice, event);
    try {
      this.#events.offer(event);
    } catch (error) {
      this.#events.purge();
      this.end(new AttuneError('SLOW_CONSUMER', 'the client does not read its events', { cause: error }));
    }
  }

  /** Sound that waits to be told and belongs to a reply that was broken off. */
  #purgeSound(replyId: string): void {
    for (const event of this.#events.purge()) {
      if (event.type !== 'reply.audio' || event.replyId !== replyId) this.#events.offer(event);
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

function callOf({ name }: ToolDefinition, output: readonly ConversationItem[]): ToolCallItem | undefined {
  return output.find((item): item is ToolCallItem => item.kind === 'tool-call' && item.name === name);
}

function ignoreCancel(error: unknown): void {
  if (!isCancelled(error)) throw error;
}
