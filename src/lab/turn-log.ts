/**
 * Follows one call from the caller's side and gathers what belongs to each turn, by item and response ids.
 *
 * Pure but for its state: events go in with their instants, records come out.
 */
import type { ServerEvent } from './wires/caller-wire.js';

export interface TurnRecord {
  readonly itemId: string;
  transcript: string | undefined;
  partials: string[];
  emotion: Readonly<Record<string, unknown>> | undefined;
  responseId: string | undefined;
  reply: string;
  status: string | undefined;
  /** Instants on the tape. */
  speechStartedAtMs: number | undefined;
  speechStoppedAtMs: number | undefined;
  transcriptAtMs: number | undefined;
  emotionAtMs: number | undefined;
  replyStartedAtMs: number | undefined;
  firstTextAtMs: number | undefined;
  firstAudioAtMs: number | undefined;
  lastAudioAtMs: number | undefined;
  doneAtMs: number | undefined;
  /** The server's own instants of the turn, on its clock. */
  timing: Readonly<Record<string, number>> | undefined;
}

export class TurnLog {
  readonly turns: TurnRecord[] = [];
  /** Codes of the errors the server sent. */
  readonly errorCodes: string[] = [];

  get last(): TurnRecord | undefined {
    return this.turns.at(-1);
  }

  note(event: ServerEvent, atMs: number): void {
    switch (event.type) {
      case 'input_audio_buffer.speech_started':
        this.#turn(idOf(event)).speechStartedAtMs = atMs;
        return;
      case 'input_audio_buffer.speech_stopped':
        this.#turn(idOf(event)).speechStoppedAtMs = atMs;
        return;
      case 'attune.transcript':
        this.#turn(idOf(event)).partials.push(String(event['text']));
        return;
      case 'conversation.item.input_audio_transcription.completed': {
        const turn = this.#turn(idOf(event));
        turn.transcript = String(event['transcript']);
        turn.transcriptAtMs = atMs;
        return;
      }
      case 'attune.emotion': {
        if (event['final'] !== true) return;
        const turn = this.#turn(idOf(event));
        turn.emotion = event['emotion'] as Readonly<Record<string, unknown>>;
        turn.emotionAtMs = atMs;
        return;
      }
      case 'response.created': {
        const turn = this.last;
        if (!turn) return;
        turn.responseId = (event['response'] as { readonly id: string }).id;
        turn.replyStartedAtMs = atMs;
        return;
      }
      case 'attune.timing': {
        const turn = this.#byResponse(event);
        if (turn) turn.timing = event['timing'] as Readonly<Record<string, number>>;
        return;
      }
      case 'error':
        this.errorCodes.push(String((event['error'] as Readonly<Record<string, unknown>>)['code']));
        return;
      default:
        this.#noteReply(event, atMs);
    }
  }

  #noteReply(event: ServerEvent, atMs: number): void {
    const turn = this.#byResponse(event);
    if (!turn) return;
    if (event.type === 'response.output_audio_transcript.delta' || event.type === 'response.output_text.delta') {
      turn.firstTextAtMs ??= atMs;
      turn.reply += String(event['delta']);
    }
    if (event.type === 'response.output_audio.delta') {
      turn.firstAudioAtMs ??= atMs;
      turn.lastAudioAtMs = atMs;
    }
    if (event.type === 'response.done') {
      turn.status = (event['response'] as { readonly status: string }).status;
      turn.doneAtMs = atMs;
    }
  }

  #byResponse(event: ServerEvent): TurnRecord | undefined {
    const id = event['response_id'] ?? (event['response'] as { readonly id?: string } | undefined)?.id;
    return this.turns.findLast((turn) => turn.responseId !== undefined && turn.responseId === id);
  }

  #turn(itemId: string): TurnRecord {
    const known = this.turns.find((turn) => turn.itemId === itemId);
    if (known) return known;
    const turn: TurnRecord = {
      itemId,
      transcript: undefined,
      partials: [],
      emotion: undefined,
      responseId: undefined,
      reply: '',
      status: undefined,
      speechStartedAtMs: undefined,
      speechStoppedAtMs: undefined,
      transcriptAtMs: undefined,
      emotionAtMs: undefined,
      replyStartedAtMs: undefined,
      firstTextAtMs: undefined,
      firstAudioAtMs: undefined,
      lastAudioAtMs: undefined,
      doneAtMs: undefined,
      timing: undefined,
    };
    this.turns.push(turn);
    return turn;
  }
}

function idOf(event: ServerEvent): string {
  return String(event['item_id']);
}
