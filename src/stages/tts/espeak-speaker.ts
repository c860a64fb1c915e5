/**
 * eSpeak NG as a function from a phrase to samples, around the optional package @echogarden/espeak-ng-emscripten.
 *
 * That package is under the GPL-3 and no dependency of Attune: whoever installs it combines the two. It blocks its thread
 * while it speaks, about three milliseconds per second of speech; espeak-worker.ts gives it a thread of its own.
 */
import { modelSampleRateHz } from '../../audio/audio-frame.js';
import { decodePcm16 } from '../../audio/pcm16.js';
import { resampleAll } from '../../audio/resampler.js';
import { AttuneError } from '../../core/errors.js';
import type { SpeakingStyle } from './speaking-style.js';
import { applyGain, effortPerGain, setVocalEffort, trimSilence } from './speech-finish.js';
import type { SpokenPhrase } from './spoken-phrase.js';

export const espeakPackage = '@echogarden/espeak-ng-emscripten';

/** The part of the package's worker that is used. */
export interface EspeakWorker {
  get_samplerate(): number;
  /** 0 when the voice exists. */
  set_voice(name: string): number;
  /** Words per minute, 175 normal. */
  set_rate(rate: number): void;
  /** 0…99, 50 normal. */
  set_pitch(pitch: number): void;
  /** 0…99, 50 normal. */
  set_range(range: number): void;
  /** Calls back with one stretch of int16 samples after the other; returning true stops. Reads SSML. */
  synthesize(text: string, onAudio: (samples: Int16Array | null) => boolean): void;
}

/** The module's default export makes the instance that carries the class. */
export interface EspeakModule {
  default(): Promise<{ readonly eSpeakNGWorker: new () => EspeakWorker }>;
}

export class EspeakSpeaker {
  readonly #worker: EspeakWorker;

  private constructor(worker: EspeakWorker) {
    this.#worker = worker;
  }

  /** Rejects with TTS_UNAVAILABLE, naming the package, when it is not installed. */
  static async load(importModule: () => Promise<EspeakModule> = importEspeak): Promise<EspeakSpeaker> {
    const module = await importModule().catch((cause: unknown) => {
      throw espeakUnavailable(cause);
    });
    const { eSpeakNGWorker } = await module.default();
    return new EspeakSpeaker(new eSpeakNGWorker());
  }

  /** [sampleCount] at 16 kHz without silence at the ends. Throws VOICE_UNKNOWN or SYNTHESIS_FAILED. */
  speak({ text, voice, style }: SpokenPhrase): Float32Array {
    if (this.#worker.set_voice(voice) !== 0)
      throw new AttuneError('VOICE_UNKNOWN', `eSpeak NG has no voice ${voice}`, { field: 'voice' });
    const controls = espeakControls(style);
    this.#worker.set_rate(controls.rate);
    this.#worker.set_pitch(controls.pitch);
    this.#worker.set_range(controls.range);
    const parts: Uint8Array[] = [];
    this.#worker.synthesize(escapeMarkup(text), (samples) => {
      if (samples) parts.push(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      return false;
    });
    const spoken = decodePcm16(Buffer.concat(parts));
    if (spoken.length === 0) throw new AttuneError('SYNTHESIS_FAILED', 'eSpeak NG returned no audio');
    const samples = resampleAll(spoken, {
      sourceRateHz: this.#worker.get_samplerate(),
      targetRateHz: modelSampleRateHz,
    });
    const speech = trimSilence(samples, modelSampleRateHz);
    setVocalEffort(speech, { effortDb: effortPerGain * style.gainDb, sampleRateHz: modelSampleRateHz });
    // At its normal volume eSpeak NG is as loud as the flite voices are made to be.
    applyGain(speech, style.gainDb);
    return speech;
  }
}

/** Measured on en-us: 4 semitones asked for become +5 upwards and −2.5 downwards; its scale is not a musical one. */
const pitchPerSemitone = 50 / 7;

/** eSpeak NG's own scales for a style. */
export function espeakControls(style: SpeakingStyle): {
  readonly rate: number;
  readonly pitch: number;
  readonly range: number;
} {
  const within = (value: number, highest: number): number => Math.round(Math.min(highest, Math.max(0, value)));
  return {
    rate: within(175 * style.rateScale, 450),
    pitch: within(50 + pitchPerSemitone * style.pitchShiftSemitones, 99),
    range: within(50 * style.pitchRangeScale, 99),
  };
}

/** Why there is no eSpeak NG, and what to install. */
export function espeakUnavailable(cause: unknown): AttuneError {
  const hint = `Run \`npm install ${espeakPackage}\` (GPL-3.0) or choose the voice engine flite.`;
  return new AttuneError('TTS_UNAVAILABLE', `the package ${espeakPackage} is not installed`, {
    hint,
    field: 'tts',
    cause,
  });
}

function importEspeak(): Promise<EspeakModule> {
  return import(espeakPackage) as Promise<EspeakModule>;
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
