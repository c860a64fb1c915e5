/**
 * The replies of one call: at most one in the conversation, a few beside it; what was heard of those that were spoken.
 *
 * Starts, breaks off and ends them, and knows whether the caller can hear one. What a reply is made of comes from the
 * session; how one runs is reply.ts.
 */
import { AttuneError, type CancelReason } from '../core/errors.js';
import type { Scope } from '../core/scope.js';
import type { Abilities } from '../pipeline/abilities.js';
import { streamReply } from '../pipeline/reply-stream.js';
import type { Question, Speculation } from '../pipeline/speculation.js';
import { fallbackSentence } from '../stages/llm/fallback.js';
import type { DialogueMessage, EmotionContext } from '../stages/llm/responder.js';
import type { ResponseDecision } from '../stages/response/response-policy.js';
import { changedStyle, styleFor } from '../stages/tts/style-table.js';
import { messageOf, type Conversation } from './conversation.js';
import {
  ordinaryReply,
  type ConversationItem,
  type ReplyDescription,
  type ReplyRequest,
  type SessionEvent,
} from './events.js';
import { hangUpTool } from './hang-up.js';
import { holdTool } from './hold.js';
import { itemOf } from './new-item.js';
import type { PlaybackLedger } from './playback-ledger.js';
import { Reply } from './reply.js';
import type { Responding } from './responding.js';
import type { SessionLimits } from './session-limits.js';
import type { SessionSettings } from './settings.js';
import type { TurnClock } from './turn-clock.js';

export interface RepliesOptions {
  readonly callId: string;
  readonly abilities: Abilities;
  readonly limits: SessionLimits;
  /** The session's: owns the tasks, and the replies outside the conversation. */
  readonly scope: Scope;
  readonly conversation: Conversation;
  readonly newId: (prefix: string) => string;
  readonly settings: () => SessionSettings;
  /** Null when emotion is off or unknown. */
  readonly emotion: () => EmotionContext | null;
  /** What to know from earlier calls; null when there is nothing. */
  readonly reminder: () => string | null;
  readonly responding: Responding;
  /** What may have been prepared for the next reply in the conversation. */
  readonly speculation: Speculation;
  /** Settles when everything said so far has been understood; a reply waits for it. */
  readonly understood: () => Promise<void>;
  readonly emit: (event: SessionEvent) => void;
  /** Takes back sound of a reply that was emitted and has not left yet. */
  readonly purgeSound: (replyId: string) => void;
  /** The caller has heard the last of the reply in the conversation. */
  readonly onSilent: () => void;
  /** The reply in the conversation has ended; the caller has yet to hear `unheardMs` of it. */
  readonly onEnded: (unheardMs: number, output: readonly ConversationItem[]) => void;
}

export interface ReplyStart {
  /** Owns a reply in the conversation: it dies with its turn. */
  readonly turnScope: Scope;
  readonly times: TurnClock | null;
  /** Said instead of asking the responder. */
  readonly verbatim: string | null;
}

export class Replies {
  readonly #options: RepliesOptions;
  readonly #side = new Set<Reply>();
  /** Spoken items and what was heard of them, for truncation after the reply has ended. */
  readonly #ledgers = new Map<string, PlaybackLedger>();
  #active: Reply | undefined;
  #playbackLagMs = 0;
  #closed = false;

  constructor(options: RepliesOptions) {
    this.#options = options;
  }

  /** The reply in the conversation that is being made or heard. */
  get active(): Reply | undefined {
    return this.#active;
  }

  get isAudible(): boolean {
    return this.#active?.isAudible(this.#options.abilities.clock.nowMs()) ?? false;
  }

  /** Throws SERVER_DRAINING, conversation_already_has_active_response or OVERLOADED. */
  start(request: ReplyRequest, start: ReplyStart): void {
    this.#admit(request);
    const { scope, understood, emit, abilities, speculation } = this.#options;
    const { times, verbatim, turnScope } = start;
    const reply = this.#newReply(request, request.inConversation ? turnScope : scope, times);
    times?.mark('replyRequestedMs', abilities.clock.nowMs());
    if (request.inConversation) this.#active = reply;
    else this.#side.add(reply);
    scope.spawn('reply', async () => {
      await understood();
      const emotion = this.#options.emotion();
      const decided = this.#options.responding.decide(emotion);
      // A sentence that is said whatever the feeling carries out no act.
      const decision = verbatim === null ? decided : { ...decided, acts: [], actingRules: [] };
      const messages = this.#messagesOf(request);
      const question = this.#questionOf({ request, messages, verbatim, emotion, decision });
      const prepared = request.inConversation ? speculation.take(question, reply.scope) : undefined;
      await reply.run(prepared ?? streamReply({ ...question, abilities, scope: reply.scope }), decision);
      await reply.scope[Symbol.asyncDispose]();
      this.#onEnded(reply);
      if (!times) return;
      emit({ type: 'turn.timed', itemId: times.itemId, replyId: reply.description.id, timing: times.timing });
    });
  }

  /** What an ordinary reply would have to answer if the caller said this now. */
  questionAfter(text: string, emotion: EmotionContext | null, decision: ResponseDecision): Question {
    const messages = [...this.#options.conversation.messages(), { role: 'user', text } as const];
    return this.#questionOf({ request: ordinaryReply, messages, verbatim: null, emotion, decision });
  }

  /** Breaks off the reply of that id, or the one in the conversation. Throws response_cancel_not_active. */
  cancel(replyId: string | null): void {
    const reply =
      replyId === null ? this.#active : [this.#active, ...this.#side].find((one) => one?.description.id === replyId);
    if (!reply || reply.ended)
      throw new AttuneError('response_cancel_not_active', 'Cancellation failed: no active response found');
    this.#silence(reply, 'client-cancelled');
  }

  /** Breaks off the reply in the conversation, if there is one. */
  breakOff(reason: CancelReason): void {
    if (this.#active) this.#silence(this.#active, reason);
  }

  /** As `breakOff`, but the reply has ended when it returns, so that another can begin. */
  cutShort(reason: CancelReason): void {
    this.breakOff(reason);
    this.#active?.breakOff(reason);
  }

  /** No further reply is started. */
  close(): void {
    this.#closed = true;
  }

  /** Breaks everything off; the closing events are emitted before it returns. */
  endAll(reason: CancelReason): void {
    for (const reply of [this.#active, ...this.#side]) reply?.breakOff(reason);
  }

  /** What was heard of a spoken item of the assistant; undefined for any other. */
  ledgerOf(itemId: string): PlaybackLedger | undefined {
    const spoken = this.#active?.spoken;
    return spoken?.itemId === itemId ? spoken.ledger : this.#ledgers.get(itemId);
  }

  /** The client has played the first `playedMs` of a spoken item; nothing to do for any other. */
  confirmPlayed(itemId: string, playedMs: number): void {
    const ledger = this.ledgerOf(itemId);
    ledger?.confirm(playedMs, this.#options.abilities.clock.nowMs());
    if (ledger) this.#playbackLagMs = ledger.lagMs;
  }

  /** The item was deleted. */
  forget(itemId: string): void {
    this.#ledgers.delete(itemId);
  }

  #admit(request: ReplyRequest): void {
    const { maxSideReplies } = this.#options.limits;
    if (this.#closed) {
      const message = 'no new reply is started, the server is shutting down';
      throw new AttuneError('SERVER_DRAINING', message, { recoverable: true });
    }
    if (request.inConversation && this.#active && !this.#active.ended) {
      const message = `the conversation has an active response already: ${this.#active.description.id}`;
      throw new AttuneError('conversation_already_has_active_response', message);
    }
    if (!request.inConversation && this.#side.size >= maxSideReplies) {
      const message = `at most ${maxSideReplies} responses outside the conversation can be made at a time`;
      throw new AttuneError('OVERLOADED', message);
    }
  }

  #newReply(request: ReplyRequest, parent: Scope, times: TurnClock | null): Reply {
    const { limits, newId, abilities, conversation, emit } = this.#options;
    const description: ReplyDescription = {
      id: newId('resp'),
      inConversation: request.inConversation,
      metadata: request.metadata,
      ...this.#chosenFor(request),
    };
    return new Reply({
      description,
      scope: parent.child('reply'),
      clock: abilities.clock,
      outputLeadMs: limits.outputLeadMs,
      heldSound: this.#options.settings().heldSound,
      playbackLagMs: this.#playbackLagMs,
      newItemId: () => newId('item'),
      emit,
      addItem: (item) => (request.inConversation ? conversation.add(item) : null),
      replaceItem: (item) => (request.inConversation ? conversation.replace(item) : undefined),
      onFirst: (step, atMs) => times?.mark(firstSteps[step], atMs),
      onHeard: (decision) => (request.inConversation ? this.#options.responding.noteHeard(decision) : undefined),
    });
  }

  /** By the request, or by the session. */
  #chosenFor(request: ReplyRequest): Pick<ReplyDescription, 'modality' | 'voice' | 'maxOutputTokens'> {
    const settings = this.#options.settings();
    return {
      modality: request.modality ?? settings.modality,
      voice: request.voice ?? settings.voice,
      maxOutputTokens: request.maxOutputTokens === undefined ? settings.maxOutputTokens : request.maxOutputTokens,
    };
  }

  #questionOf({
    request,
    messages,
    verbatim,
    emotion,
    decision,
  }: {
    readonly request: ReplyRequest;
    readonly messages: readonly DialogueMessage[];
    readonly verbatim: string | null;
    readonly emotion: EmotionContext | null;
    readonly decision: ResponseDecision;
  }): Question {
    const { callId } = this.#options;
    const settings = this.#options.settings();
    const { modality, voice, maxOutputTokens } = this.#chosenFor(request);
    return {
      request: {
        callId,
        instructions: request.instructions ?? settings.instructions,
        messages,
        tools: [
          ...(request.tools ?? settings.tools),
          ...(settings.mayHangUp ? [hangUpTool] : []),
          ...(settings.mayHold ? [holdTool] : []),
        ],
        toolChoice: request.toolChoice ?? settings.toolChoice,
        maxOutputTokens,
        emotion,
        reminder: this.#options.reminder(),
        acts: decision.acts,
        manner: decision.manner,
        locale: settings.locale,
      },
      verbatim,
      rules: decision.rules,
      speak: modality === 'audio',
      voice,
      styleOf: (intent) => {
        const { answerStrength, style: change } = decision;
        const style = changedStyle(styleFor({ intent, estimate: emotion, answerStrength }), change);
        return { ...style, rateScale: style.rateScale * settings.speed };
      },
      fallbackText: fallbackSentence(settings.locale),
    };
  }

  #messagesOf(request: ReplyRequest): readonly DialogueMessage[] {
    const { conversation, newId } = this.#options;
    if (request.input === null) return conversation.messages();
    return request.input.flatMap((entry) => {
      if (entry.kind !== 'reference') return messageOf(itemOf(entry, () => newId('item')));
      const item = conversation.find(entry.id);
      return item ? messageOf(item) : [];
    });
  }

  /** Cancel, then purge; the reply itself tells the client and cuts the conversation as it ends. */
  #silence(reply: Reply, reason: CancelReason): void {
    reply.cancel(reason);
    this.#options.purgeSound(reply.description.id);
  }

  #onEnded(reply: Reply): void {
    const { abilities, scope, onSilent, onEnded } = this.#options;
    const { spoken } = reply;
    if (spoken && reply.description.inConversation) this.#ledgers.set(spoken.itemId, spoken.ledger);
    if (this.#side.delete(reply) || this.#active !== reply) return;
    const unheardMs = spoken?.ledger.unheardMs(abilities.clock.nowMs()) ?? 0;
    this.#active = undefined;
    scope.spawn('fade', async (signal) => {
      if (unheardMs > 0 && !reply.scope.signal.aborted) await abilities.clock.sleep(unheardMs, signal);
      if (!this.#active) onSilent();
    });
    onEnded(unheardMs, reply.output);
  }
}

const firstSteps = { token: 'firstTokenMs', clause: 'firstClauseMs', audio: 'firstAudioMs' } as const;
