/**
 * One reply on its way to the client: parts become session events, sound is paced, and whatever happens it ends once.
 *
 * Sound leaves at most `outputLeadMs` ahead of what the caller can have heard, so that a barge-in finds little to throw
 * away and the call knows what was heard. While held, no sound leaves, and a client that can do so pauses what it has. A
 * held reply does not end by itself. After `cancel` nothing of the reply follows but its closing events.
 */
import type { Clock } from '../core/clock.js';
import { isCancelled, toAttuneError, type AttuneError, type CancelReason } from '../core/errors.js';
import type { Scope } from '../core/scope.js';
import type { ReplyPart } from '../pipeline/reply-stream.js';
import type { ResponseDecision } from '../stages/response/response-policy.js';
import type { ResponderUsage } from '../stages/llm/responder.js';
import type {
  ConversationItem,
  MessageItem,
  ReplyDescription,
  ReplyEndReason,
  ReplyStatus,
  SessionEvent,
  ToolCallItem,
} from './events.js';
import { PlaybackLedger } from './playback-ledger.js';
import type { HeldSound } from './settings.js';

export interface ReplyOptions {
  readonly description: ReplyDescription;
  readonly scope: Scope;
  readonly clock: Clock;
  readonly outputLeadMs: number;
  readonly heldSound: HeldSound;
  /** How far the caller's ear is behind what is sent, as far as the call has shown. */
  readonly playbackLagMs: number;
  readonly newItemId: () => string;
  readonly emit: (event: SessionEvent) => void;
  /** Adds an item to the conversation the reply belongs to; returns the id of the item before it. */
  readonly addItem: (item: ConversationItem) => string | null;
  readonly replaceItem: (item: ConversationItem) => void;
  /** Called once each, with the instant: for the turn's timing. */
  readonly onFirst: (step: 'token' | 'clause' | 'audio', atMs: number) => void;
  /** Called once, when the caller begins to hear the reply, or to read one that is not spoken. */
  readonly onHeard: (decision: ResponseDecision) => void;
}

interface OpenMessage {
  item: MessageItem;
  readonly outputIndex: number;
  readonly previousItemId: string | null;
  readonly ledger: PlaybackLedger;
}

interface OpenToolCall {
  item: ToolCallItem;
  readonly outputIndex: number;
  readonly previousItemId: string | null;
}

/** Longest piece of sound in one event. */
const maxBlockMs = 100;

export class Reply {
  readonly description: ReplyDescription;
  readonly scope: Scope;
  readonly #options: ReplyOptions;
  readonly #output: ConversationItem[] = [];
  readonly #firsts = new Set<string>();
  #decision: ResponseDecision | undefined;
  #message: OpenMessage | undefined;
  #ledger: PlaybackLedger | undefined;
  #toolCall: OpenToolCall | undefined;
  #outputCount = 0;
  #held = false;
  /** The message whose sound the client pauses while the reply is held. */
  #paused: OpenMessage | undefined;
  #started = false;
  #ended = false;
  /** What the caller had heard when the reply was broken off. */
  #heardMs: number | undefined;
  #release: (() => void) | undefined;

  constructor(options: ReplyOptions) {
    this.description = options.description;
    this.scope = options.scope;
    this.#options = options;
  }

  /** What it has made so far, finished items alone. */
  get output(): readonly ConversationItem[] {
    return this.#output;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Id and ledger of the latest spoken item, for truncation; kept after the end. */
  get spoken(): { readonly itemId: string; readonly ledger: PlaybackLedger } | undefined {
    const spoken = this.#output.findLast((item) => item.kind === 'message') ?? this.#message?.item;
    return this.#ledger && spoken ? { itemId: this.#message?.item.id ?? spoken.id, ledger: this.#ledger } : undefined;
  }

  /** True while the caller can hear it, a held one included. */
  isAudible(nowMs: number): boolean {
    if (!this.#ledger) return false;
    return this.#ledger.unheardMs(nowMs) > 0 || (!this.#ended && this.#ledger.sentMs > 0);
  }

  hold(): void {
    if (this.#held || this.#ended) return;
    this.#held = true;
    const message = this.#options.heldSound === 'paused' ? this.#message : undefined;
    if (!message) return;
    this.#paused = message;
    const nowMs = this.#options.clock.nowMs();
    message.ledger.pause(nowMs);
    const heardMs = message.ledger.heardMs(nowMs);
    const unplayedMs = message.ledger.unplayedMs(nowMs);
    this.#options.emit({ type: 'reply.held', ...this.#partOf(message), heardMs, unplayedMs });
  }

  resume(): void {
    if (!this.#held || this.#ended) return;
    this.#held = false;
    const message = this.#paused;
    this.#paused = undefined;
    if (message) {
      message.ledger.resume(this.#options.clock.nowMs());
      this.#options.emit({ type: 'reply.resumed', ...this.#partOf(message) });
    }
    this.#release?.();
  }

  /** Breaks the reply off; its closing events follow from `run`. The conversation keeps what was heard of it. */
  cancel(reason: CancelReason): void {
    this.#heardMs ??= this.#ledger?.heardMs(this.#options.clock.nowMs());
    this.scope.cancel(reason);
  }

  /** As `cancel`, but the closing events are emitted before it returns. */
  breakOff(reason: CancelReason): void {
    this.cancel(reason);
    if (this.#started) this.#end(...endOf(reason));
  }

  /** Sends everything of `parts`; resolves after `reply.ended` was emitted. Never rejects. */
  async run(parts: AsyncIterable<ReplyPart>, decision: ResponseDecision): Promise<void> {
    this.#started = true;
    this.#decision = decision;
    try {
      this.#options.emit({ type: 'reply.started', reply: this.description, decision });
      for await (const part of parts) await this.#accept(part);
    } catch (error) {
      if (isCancelled(error)) this.#end(...endOf(error.reason));
      else this.#end('failed', 'error', toAttuneError(error, 'INTERNAL'), null);
    }
    if (!this.#ended) this.#end('failed', 'error', toAttuneError(new Error('the reply broke off'), 'INTERNAL'), null);
  }

  async #accept(part: ReplyPart): Promise<void> {
    this.scope.signal.throwIfAborted();
    switch (part.type) {
      case 'text':
        this.#first('token');
        this.#write(part.delta);
        return;
      case 'clause': {
        this.#first('clause');
        const message = this.#openMessage();
        message.ledger.beginClause(part.text);
        this.#options.emit({ type: 'reply.clause', ...this.#partOf(message), text: part.text, style: part.style });
        return;
      }
      case 'audio':
        await this.#sound(part.samples, part.sampleRateHz);
        return;
      case 'tool-call':
        this.#first('token');
        this.#callTool(part);
        return;
      case 'degraded':
        this.#options.emit({
          type: 'degraded',
          component: part.component,
          error: part.error,
          itemId: this.#message?.item.id ?? null,
        });
        return;
      case 'ended':
        if (this.#held) await this.#untilReleased(this.scope.signal);
        if (part.reason === 'failed') this.#end('failed', 'error', part.error, part.usage);
        else if (part.reason === 'completed') this.#end('completed', 'finished', null, part.usage);
        else this.#end('incomplete', part.reason, null, part.usage);
    }
  }

  #write(delta: string): void {
    const message = this.#openMessage();
    message.item = { ...message.item, text: (message.item.text ?? '') + delta };
    const { modality } = this.description;
    this.#options.emit({ type: 'reply.text', ...this.#partOf(message), delta, modality });
  }

  async #sound(samples: Float32Array, sampleRateHz: number): Promise<void> {
    const { clock, outputLeadMs, emit } = this.#options;
    const { signal } = this.scope;
    const blockSamples = Math.round((maxBlockMs * sampleRateHz) / 1000);
    for (let start = 0; start < samples.length; start += blockSamples) {
      const block = samples.subarray(start, start + blockSamples);
      const message = this.#openMessage();
      for (;;) {
        signal.throwIfAborted();
        if (this.#held) await this.#untilReleased(signal);
        const waitMs = message.ledger.aheadMs(clock.nowMs()) - outputLeadMs;
        if (waitMs <= 0 && !this.#held) break;
        if (waitMs > 0) await clock.sleep(waitMs, signal);
      }
      const blockMs = (block.length * 1000) / sampleRateHz;
      this.#first('audio');
      message.ledger.send(blockMs, clock.nowMs());
      message.item = { ...message.item, audioMs: message.ledger.sentMs };
      emit({ type: 'reply.audio', ...this.#partOf(message), samples: block, sampleRateHz });
    }
  }

  #untilReleased(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#release = () => {
        signal.removeEventListener('abort', onAbort);
        this.#release = undefined;
        resolve();
      };
    });
  }

  #openMessage(): OpenMessage {
    if (this.#message) return this.#message;
    this.#closeToolCall('completed');
    const { modality, inConversation } = this.description;
    const item: MessageItem = {
      kind: 'message',
      id: this.#options.newItemId(),
      role: 'assistant',
      status: 'in-progress',
      text: null,
      spoken: modality === 'audio',
      audioMs: 0,
    };
    const previousItemId = this.#options.addItem(item);
    this.#ledger = new PlaybackLedger({ lagMs: this.#ledger?.lagMs ?? this.#options.playbackLagMs });
    this.#message = { item, outputIndex: this.#outputCount, previousItemId, ledger: this.#ledger };
    this.#outputCount += 1;
    this.#options.emit({
      type: 'reply.message.started',
      ...this.#partOf(this.#message),
      previousItemId,
      inConversation,
      modality,
    });
    return this.#message;
  }

  #closeMessage(status: MessageItem['status']): void {
    const message = this.#message;
    if (!message) return;
    this.#message = undefined;
    const item = { ...message.item, status };
    this.#output.push(item);
    const { modality, inConversation } = this.description;
    const { previousItemId } = message;
    const isCut = this.#heardMs !== undefined && modality === 'audio';
    if (!isCut) message.ledger.endClause();
    this.#options.replaceItem(isCut ? { ...item, text: message.ledger.textHeard(this.#heardMs ?? 0) } : item);
    this.#options.emit({
      type: 'reply.message.ended',
      ...this.#partOf(message),
      item,
      previousItemId,
      inConversation,
      modality,
    });
  }

  #callTool(part: Extract<ReplyPart, { type: 'tool-call' }>): void {
    const { inConversation } = this.description;
    if (this.#toolCall?.item.callId !== part.callId) {
      this.#closeMessage('completed');
      this.#closeToolCall('completed');
      const item: ToolCallItem = {
        kind: 'tool-call',
        id: this.#options.newItemId(),
        status: 'in-progress',
        callId: part.callId,
        name: part.name,
        argumentsJson: '',
      };
      const previousItemId = this.#options.addItem(item);
      this.#toolCall = { item, outputIndex: this.#outputCount, previousItemId };
      this.#outputCount += 1;
      this.#options.emit({
        type: 'reply.tool.started',
        ...this.#partOf(this.#toolCall),
        item,
        previousItemId,
        inConversation,
      });
    }
    const call = this.#toolCall;
    if (part.argumentsDelta === '') return;
    call.item = { ...call.item, argumentsJson: call.item.argumentsJson + part.argumentsDelta };
    this.#options.emit({
      type: 'reply.tool.delta',
      ...this.#partOf(call),
      callId: part.callId,
      delta: part.argumentsDelta,
    });
  }

  #closeToolCall(status: ToolCallItem['status']): void {
    const call = this.#toolCall;
    if (!call) return;
    this.#toolCall = undefined;
    const item = { ...call.item, status };
    this.#output.push(item);
    this.#options.replaceItem(item);
    const { inConversation } = this.description;
    this.#options.emit({
      type: 'reply.tool.ended',
      ...this.#partOf(call),
      item,
      previousItemId: call.previousItemId,
      inConversation,
    });
  }

  #end(status: ReplyStatus, reason: ReplyEndReason, error: AttuneError | null, usage: ResponderUsage | null): void {
    if (this.#ended) return;
    this.#ended = true;
    const itemStatus = status === 'completed' || status === 'failed' ? 'completed' : 'incomplete';
    this.#closeMessage(itemStatus);
    this.#closeToolCall(itemStatus);
    this.#options.emit({
      type: 'reply.ended',
      reply: this.description,
      status,
      reason,
      error,
      output: this.#output,
      usage,
    });
  }

  #partOf(open: { readonly item: ConversationItem; readonly outputIndex: number }): {
    replyId: string;
    itemId: string;
    outputIndex: number;
  } {
    return { replyId: this.description.id, itemId: open.item.id, outputIndex: open.outputIndex };
  }

  #first(step: 'token' | 'clause' | 'audio'): void {
    if (this.#firsts.has(step)) return;
    this.#firsts.add(step);
    this.#options.onFirst(step, this.#options.clock.nowMs());
    if (step === (this.description.modality === 'audio' ? 'audio' : 'token') && this.#decision)
      this.#options.onHeard(this.#decision);
  }
}

function endOf(reason: CancelReason): [ReplyStatus, ReplyEndReason, null, null] {
  switch (reason) {
    case 'barge-in':
    case 'superseded':
      return ['cancelled', 'barge-in', null, null];
    case 'client-cancelled':
      return ['cancelled', 'client-cancelled', null, null];
    default:
      return ['cancelled', 'session-ended', null, null];
  }
}
