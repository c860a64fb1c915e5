/**
 * One phrase in one style as finished samples at 16 kHz. It blocks its thread while it speaks; flite-worker.ts gives it
 * a thread of its own.
 */
import { modelSampleRateHz } from '../../audio/audio-frame.js';
import { resampleAll } from '../../audio/resampler.js';
import { FliteProgram } from './flite-program.js';
import { fliteControls, fliteVoiceOf } from './flite-voice.js';
import { applyGain, levellingGainDb, setVocalEffort, trimSilence } from './speech-finish.js';
import type { SpokenPhrase } from './spoken-phrase.js';

export class FliteSpeaker {
  readonly #program: FliteProgram;

  private constructor(program: FliteProgram) {
    this.#program = program;
  }

  static async load(): Promise<FliteSpeaker> {
    return new FliteSpeaker(await FliteProgram.load());
  }

  /** Text as `speakableText` makes it → [sampleCount] at 16 kHz without silence at the ends. Throws SYNTHESIS_FAILED. */
  speak(phrase: SpokenPhrase): Float32Array {
    const voice = fliteVoiceOf(phrase.voice);
    const controls = fliteControls(voice, phrase.style);
    const spoken = this.#program.run({ text: phrase.text, voice: voice.name, features: controls.features });
    const sourceRateHz = Math.round(spoken.sampleRateHz * controls.resampleRatio);
    const samples = resampleAll(spoken.samples, { sourceRateHz, targetRateHz: modelSampleRateHz });
    const speech = trimSilence(samples, modelSampleRateHz);
    setVocalEffort(speech, { effortDb: controls.effortDb, sampleRateHz: modelSampleRateHz });
    const levelling = { usualGainDb: voice.gainDb, sampleRateHz: modelSampleRateHz };
    applyGain(speech, phrase.style.gainDb + levellingGainDb(speech, levelling));
    return speech;
  }
}
