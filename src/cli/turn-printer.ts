/**
 * Prints a call turn by turn as it happens: the transcript as it grows, how the caller sounds, the reply as it streams,
 * and at the end of a turn its waterfall.
 */
import type { CallTape } from '../lab/call-tape.js';
import type { ServerEvent } from '../lab/wires/caller-wire.js';
import { latencyOf } from '../lab/turn-latency.js';
import type { TurnRecord } from '../lab/turn-log.js';
import type { Terminal } from './terminal.js';
import { drawWaterfall, type WaterfallStep } from './waterfall.js';

interface Estimate {
  readonly label: string;
  readonly confidence: number;
  readonly arousal: number;
  readonly valence: number;
  readonly weights: { readonly voice: number; readonly text: number };
  readonly explanation: string;
  readonly counterfactual: {
    readonly without_voice: { readonly label: string; readonly probability: number };
    readonly without_text: { readonly label: string; readonly probability: number };
  };
}

export class TurnPrinter {
  readonly #terminal: Terminal;
  #lastPartial = '';
  #replying = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** One event of the server, as it arrives. */
  note(event: ServerEvent): void {
    const terminal = this.#terminal;
    switch (event.type) {
      case 'attune.notice':
        terminal.print(terminal.dim(`  notice    ${String(event['text'])}`));
        return;
      case 'input_audio_buffer.speech_started':
        this.#endReply();
        this.#lastPartial = '';
        terminal.print(terminal.dim('  caller is speaking …'));
        return;
      case 'attune.transcript': {
        const text = String(event['text']);
        if (text === this.#lastPartial || text === '') return;
        this.#lastPartial = text;
        terminal.print(`  hears     ${terminal.dim(text)}`);
        return;
      }
      case 'conversation.item.input_audio_transcription.completed':
        terminal.print(`  heard     ${terminal.bold(String(event['transcript']) || '(no words)')}`);
        return;
      case 'attune.emotion':
        this.#estimate(event['emotion'] as Estimate, event['final'] === true);
        return;
      case 'response.output_audio_transcript.delta':
        if (!this.#replying) terminal.write(`  ${terminal.accent('Attune')}    `);
        this.#replying = true;
        terminal.write(String(event['delta']));
        return;
      case 'response.done':
        this.#endReply();
        if ((event['response'] as { readonly status: string }).status === 'cancelled')
          terminal.print(terminal.warn('  ✂ broken off: the caller spoke'));
        return;
      case 'attune.degraded':
        terminal.print(
          terminal.warn(
            `  ! ${String(event['component'])}: ${(event['error'] as { readonly message: string }).message}`,
          ),
        );
        return;
      case 'error':
        terminal.print(terminal.warn(`  ! ${(event['error'] as { readonly message: string }).message}`));
        return;
      default:
    }
  }

  /** The waterfall of a turn whose speech ended at `speechEndMs` on the tape. */
  waterfall(turn: TurnRecord, speechEndMs: number, tape: CallTape): void {
    const { endpointMs, transcriptMs, emotionMs, firstTextMs, firstAudioMs, firstAudibleMs } = latencyOf(
      turn,
      speechEndMs,
      tape,
    );
    const steps: WaterfallStep[] = [];
    const add = (name: string, startMs: number | undefined, endMs: number | undefined): void => {
      if (startMs !== undefined && endMs !== undefined) steps.push({ name, startMs, endMs });
    };
    add('endpointing', 0, endpointMs);
    add('transcript', endpointMs, transcriptMs);
    add('emotion', endpointMs, emotionMs);
    add('responder', emotionMs ?? transcriptMs, firstTextMs);
    add('voice', firstTextMs, firstAudioMs);
    add('audible', 0, firstAudibleMs);
    this.#endReply();
    this.#terminal.print(this.#terminal.dim('  from the end of speech, on the caller’s side:'));
    for (const line of drawWaterfall(steps)) this.#terminal.print(`  ${line}`);
  }

  #estimate(estimate: Estimate, final: boolean): void {
    const terminal = this.#terminal;
    const share = (value: number): string => value.toFixed(2);
    if (!final) {
      terminal.print(terminal.dim(`  voice     sounds ${estimate.label} (${share(estimate.confidence)}) so far`));
      return;
    }
    const { without_voice: text, without_text: voice } = estimate.counterfactual;
    const side = (
      name: string,
      one: { readonly label: string; readonly probability: number },
      weight: number,
    ): string => `${name} ${one.label} ${share(one.probability)} (weight ${share(weight)})`;
    terminal.print(
      `  emotion   ${side('voice', voice, estimate.weights.voice)} · ${side('words', text, estimate.weights.text)}`,
    );
    terminal.print(
      `  fused     ${terminal.bold(estimate.label)} ${share(estimate.confidence)}, arousal ${share(estimate.arousal)}, valence ${share(estimate.valence)}`,
    );
    terminal.print(`            ${terminal.dim(estimate.explanation)}`);
  }

  #endReply(): void {
    if (!this.#replying) return;
    this.#replying = false;
    this.#terminal.print('');
  }
}
