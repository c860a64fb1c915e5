/**
 * Session events to wire messages, in the order and with the fields that the API's clients check.
 *
 * Remembers what the wire format needs: which transcript deltas were sent (they are append-only) and the sound stream of
 * the item being spoken. Emotion, timing and degradation travel as vendor events, which clients deliver raw or ignore.
 */
import type { ResponseDecision } from '../../stages/response/response-policy.js';
import type { AttuneError } from '../../core/errors.js';
import type { SessionEvent } from '../../session/events.js';
import type { SttWord } from '../../stages/stt/stt.js';
import type { WrittenSpan } from '../../stages/stt/written-form/written-span.js';
import { OutputAudio } from './audio-wire.js';
import { wireEmotion, wireItem } from './item-wire.js';
import { responseEnded, responseInProgress, wireError } from './response-wire.js';
import type { WireSession } from './session-object.js';

type WireEvent = Readonly<Record<string, unknown>> & { readonly type: string };
type EventOf<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

export interface ServerEncoderOptions {
  /** The effective session now. */
  readonly session: () => WireSession;
  readonly conversationId: string;
}

export class ServerEncoder {
  readonly #options: ServerEncoderOptions;
  readonly #sentTranscript = new Map<string, string>();
  readonly #sounds = new Map<string, OutputAudio>();

  constructor(options: ServerEncoderOptions) {
    this.#options = options;
  }

  encode(event: SessionEvent): readonly WireEvent[] {
    switch (event.type) {
      case 'session.ready':
        return [{ type: 'session.created', session: this.#options.session() }];
      case 'settings.updated':
        return [{ type: 'session.updated', session: this.#options.session() }];
      case 'notice':
        return [{ type: 'attune.notice', text: event.text }];
      case 'input.cleared':
        return [{ type: 'input_audio_buffer.cleared' }];
      case 'input.idle':
        return [
          {
            type: 'input_audio_buffer.timeout_triggered',
            item_id: event.itemId,
            audio_start_ms: ms(event.startMs),
            audio_end_ms: ms(event.endMs),
          },
        ];
      case 'speech.started':
        return [
          { type: 'input_audio_buffer.speech_started', item_id: event.itemId, audio_start_ms: ms(event.startMs) },
        ];
      case 'speech.ended':
        return [{ type: 'input_audio_buffer.speech_stopped', item_id: event.itemId, audio_end_ms: ms(event.endMs) }];
      case 'utterance.committed':
        return [
          { type: 'input_audio_buffer.committed', item_id: event.itemId, previous_item_id: event.previousItemId },
        ];
      case 'item.added':
      case 'item.done':
        return [
          { type: `conversation.${event.type}`, item: wireItem(event.item), previous_item_id: event.previousItemId },
        ];
      case 'item.retrieved':
        return [{ type: 'conversation.item.retrieved', item: wireItem(event.item) }];
      case 'item.deleted':
        return [{ type: 'conversation.item.deleted', item_id: event.itemId }];
      case 'item.truncated':
        return [
          {
            type: 'conversation.item.truncated',
            item_id: event.itemId,
            content_index: 0,
            audio_end_ms: event.audioEndMs,
          },
        ];
      case 'transcript.partial':
        return this.#partial(event);
      case 'transcript.final':
        return this.#final(event);
      case 'transcript.failed':
        this.#sentTranscript.delete(event.itemId);
        return this.#wantsTranscripts
          ? [{ ...transcription(event.itemId, 'failed'), error: wireError(event.error) }]
          : [];
      case 'emotion.estimated':
        return [
          {
            type: 'attune.emotion',
            item_id: event.itemId,
            final: event.final,
            emotion: wireEmotion(event.estimate),
            trend: event.trend,
            ...(event.expressions === null ? {} : { expressions: event.expressions }),
          },
        ];
      case 'person.recalled':
        return [
          {
            type: 'attune.person',
            consent: event.consent,
            remembered_turns: event.turnCount,
            reminder: event.reminder,
          },
        ];
      case 'reply.started':
        return [
          { type: 'response.created', response: responseInProgress(event.reply, this.#context) },
          ...(event.decision.rules.length === 0 ? [] : [responseDecided(event.reply.id, event.decision)]),
        ];
      case 'escalation':
        return [
          {
            type: 'attune.escalation',
            item_id: event.itemId,
            action: event.action,
            reason: event.reason,
            rule: event.rule,
          },
        ];
      case 'reply.message.started':
        return this.#messageStarted(event);
      case 'reply.text':
        return [this.#textDelta(event)];
      case 'reply.held':
        return [{ type: 'attune.hold', ...part(event), audio_end_ms: ms(event.heardMs) }];
      case 'reply.resumed':
        return [{ type: 'attune.resume', ...part(event) }];
      case 'reply.clause':
        return [{ type: 'attune.clause', ...part(event), text: event.text }];
      case 'reply.audio':
        return this.#audio(event);
      case 'reply.message.ended':
        return this.#messageEnded(event);
      case 'reply.tool.started':
        return itemOpened(event, { ...wireItem(event.item), arguments: '' });
      case 'reply.tool.delta':
        return [
          { type: 'response.function_call_arguments.delta', ...part(event), call_id: event.callId, delta: event.delta },
        ];
      case 'reply.tool.ended':
        return toolEnded(event);
      case 'reply.ended':
        return [{ type: 'response.done', response: responseEnded(event, this.#context) }];
      case 'degraded':
        return [
          { type: 'attune.degraded', component: event.component, error: wireError(event.error), item_id: event.itemId },
        ];
      case 'turn.timed':
        return [{ type: 'attune.timing', item_id: event.itemId, response_id: event.replyId, timing: event.timing }];
      case 'request.failed':
        return [encodeError(event.error, event.clientEventId)];
      case 'tone.detected':
        return [
          {
            type: 'attune.tone',
            tone: event.tone,
            frequency_hz: event.frequencyHz,
            audio_start_ms: ms(event.startMs),
            audio_end_ms: ms(event.endMs),
          },
        ];
      case 'call.held':
        return [{ type: 'attune.call.held' }];
      case 'call.taken-back':
        return [{ type: 'attune.call.taken_back', held_ms: ms(event.heldMs) }];
      // What only telephones have.
      case 'line.audio':
      case 'digit.pressed':
      case 'call.transferred':
        return [];
      case 'session.ended':
        this.#dispose();
        return event.error === null ? [] : [encodeError(event.error, null)];
    }
  }

  get #context(): Parameters<typeof responseInProgress>[1] {
    return { conversationId: this.#options.conversationId, outputFormat: this.#options.session().audio.output.format };
  }

  get #wantsTranscripts(): boolean {
    return this.#options.session().audio.input.transcription !== null;
  }

  #partial(event: EventOf<'transcript.partial'>): readonly WireEvent[] {
    const whole: WireEvent = {
      type: 'attune.transcript',
      item_id: event.itemId,
      text: event.text,
      stable_text: event.stableText,
    };
    const sent = this.#sentTranscript.get(event.itemId) ?? '';
    if (!this.#wantsTranscripts || event.stableText.length <= sent.length || !event.stableText.startsWith(sent))
      return [whole];
    this.#sentTranscript.set(event.itemId, event.stableText);
    return [whole, { ...transcription(event.itemId, 'delta'), delta: event.stableText.slice(sent.length) }];
  }

  #final(event: EventOf<'transcript.final'>): readonly WireEvent[] {
    const sent = this.#sentTranscript.get(event.itemId) ?? '';
    this.#sentTranscript.delete(event.itemId);
    const words: WireEvent = {
      type: 'attune.words',
      item_id: event.itemId,
      confidence: event.confidence,
      text: event.text,
      words: event.words,
      written: event.writtenSpans.map((span) => timedSpan(span, event.words)),
    };
    if (!this.#wantsTranscripts) return [words];
    const usage = { type: 'duration', seconds: event.audioMs / 1000 };
    const completed = { ...transcription(event.itemId, 'completed'), transcript: event.writtenText, usage };
    if (!event.writtenText.startsWith(sent) || event.writtenText.length === sent.length) return [words, completed];
    return [words, { ...transcription(event.itemId, 'delta'), delta: event.writtenText.slice(sent.length) }, completed];
  }

  #messageStarted(event: EventOf<'reply.message.started'>): readonly WireEvent[] {
    const item = {
      id: event.itemId,
      object: 'realtime.item',
      type: 'message',
      role: 'assistant',
      status: 'in_progress',
      content: [],
    };
    const empty = event.modality === 'audio' ? { type: 'audio', transcript: '' } : { type: 'text', text: '' };
    return [
      ...itemOpened(event, item),
      { type: 'response.content_part.added', ...part(event), content_index: 0, part: empty },
    ];
  }

  #textDelta(event: EventOf<'reply.text'>): WireEvent {
    const type = event.modality === 'audio' ? 'response.output_audio_transcript.delta' : 'response.output_text.delta';
    return { type, ...part(event), content_index: 0, delta: event.delta };
  }

  #audio(event: EventOf<'reply.audio'>): readonly WireEvent[] {
    let sound = this.#sounds.get(event.itemId);
    if (!sound) {
      sound = new OutputAudio({
        format: this.#options.session().audio.output.format,
        sourceRateHz: event.sampleRateHz,
      });
      this.#sounds.set(event.itemId, sound);
    }
    return audioDelta(event, sound.encode(event.samples));
  }

  #messageEnded(event: EventOf<'reply.message.ended'>): readonly WireEvent[] {
    const text = event.item.text ?? '';
    const at = { ...part(event), content_index: 0 };
    const spoken = event.modality === 'audio';
    const content: readonly WireEvent[] = spoken
      ? [
          ...this.#lastSound(event),
          { type: 'response.output_audio.done', ...at },
          { type: 'response.output_audio_transcript.done', ...at, transcript: text },
        ]
      : [{ type: 'response.output_text.done', ...at, text }];
    const closed = spoken ? { type: 'audio', transcript: text } : { type: 'text', text };
    return [...content, { type: 'response.content_part.done', ...at, part: closed }, ...itemClosed(event)];
  }

  /** What the resampler still holds belongs to the sound only when the item was spoken to its end. */
  #lastSound(event: EventOf<'reply.message.ended'>): readonly WireEvent[] {
    const sound = this.#sounds.get(event.itemId);
    if (!sound) return [];
    this.#sounds.delete(event.itemId);
    const last = event.item.status === 'completed' ? sound.flush() : '';
    sound[Symbol.dispose]();
    return audioDelta(event, last);
  }

  #dispose(): void {
    for (const sound of this.#sounds.values()) sound[Symbol.dispose]();
    this.#sounds.clear();
  }
}

/** The error event; `event_id` inside the error is the id the client gave its message. */
export function encodeError(error: AttuneError, clientEventId: string | null): WireEvent {
  return { type: 'error', error: { ...wireError(error), event_id: clientEventId } };
}

interface PartRef {
  readonly replyId: string;
  readonly itemId: string;
  readonly outputIndex: number;
}

function part(event: PartRef): Readonly<Record<string, unknown>> {
  return { response_id: event.replyId, item_id: event.itemId, output_index: event.outputIndex };
}

/** A piece of the written form with the time of its words; as sure as the least sure of them. */
function timedSpan({ text, startWord, wordCount }: WrittenSpan, words: readonly SttWord[]): Readonly<SttWord> {
  const own = words.slice(startWord, startWord + wordCount);
  return {
    text,
    startMs: own[0]?.startMs ?? 0,
    endMs: own.at(-1)?.endMs ?? 0,
    confidence: Math.min(1, ...own.map(({ confidence }) => confidence)),
  };
}

function ms(value: number): number {
  return Math.round(value);
}

function transcription(itemId: string, kind: 'delta' | 'completed' | 'failed'): WireEvent {
  return { type: `conversation.item.input_audio_transcription.${kind}`, item_id: itemId, content_index: 0 };
}

function audioDelta(event: PartRef, delta: string): readonly WireEvent[] {
  return delta === '' ? [] : [{ type: 'response.output_audio.delta', ...part(event), content_index: 0, delta }];
}

type Opened = PartRef & { readonly previousItemId: string | null; readonly inConversation: boolean };

function itemOpened(event: Opened, item: Readonly<Record<string, unknown>>): readonly WireEvent[] {
  const added: WireEvent = {
    type: 'response.output_item.added',
    response_id: event.replyId,
    output_index: event.outputIndex,
    item,
  };
  return event.inConversation
    ? [added, { type: 'conversation.item.added', item, previous_item_id: event.previousItemId }]
    : [added];
}

function itemClosed(event: EventOf<'reply.message.ended'> | EventOf<'reply.tool.ended'>): readonly WireEvent[] {
  const item = wireItem(event.item);
  const done: WireEvent = {
    type: 'response.output_item.done',
    response_id: event.replyId,
    output_index: event.outputIndex,
    item,
  };
  return event.inConversation
    ? [{ type: 'conversation.item.done', item, previous_item_id: event.previousItemId }, done]
    : [done];
}

/** What a reply does about the feeling, and by which rules. */
function responseDecided(replyId: string, decision: ResponseDecision): WireEvent {
  const { pitchShiftSemitones, pitchRangeScale, rateScale, gainDb, pauseScale } = decision.style;
  return {
    type: 'attune.response',
    response_id: replyId,
    acts: decision.acts,
    rules: decision.rules,
    strength: decision.strength,
    style: {
      pitch_shift_semitones: pitchShiftSemitones,
      pitch_range_scale: pitchRangeScale,
      rate_scale: rateScale,
      gain_db: gainDb,
      pause_scale: pauseScale,
    },
  };
}

function toolEnded(event: EventOf<'reply.tool.ended'>): readonly WireEvent[] {
  const { callId, name, argumentsJson } = event.item;
  const done: WireEvent = {
    type: 'response.function_call_arguments.done',
    ...part(event),
    call_id: callId,
    name,
    arguments: argumentsJson,
  };
  return [done, ...itemClosed(event)];
}
