/**
 * The microphone's end on the audio thread: mixes to mono, brings the device's rate to the wire's 24 kHz, and posts frames
 * of 20 ms. It decides nothing.
 */
import { StreamResampler } from './stream-resampler.js';
import { wireSampleRateHz } from './wire-audio.js';

const frameSamples = (wireSampleRateHz * 20) / 1000;

class CaptureProcessor extends AudioWorkletProcessor {
  readonly #resampler = new StreamResampler({ sourceRateHz: sampleRate, targetRateHz: wireSampleRateHz });
  #frame = new Float32Array(frameSamples);
  #filled = 0;

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const channels = inputs[0] ?? [];
    if (channels.length > 0) this.#append(this.#resampler.process(mono(channels)));
    return true;
  }

  #append(samples: Float32Array): void {
    for (let taken = 0; taken < samples.length;) {
      const part = samples.subarray(taken, taken + frameSamples - this.#filled);
      this.#frame.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled < frameSamples) continue;
      this.port.postMessage(this.#frame, [this.#frame.buffer]);
      this.#frame = new Float32Array(frameSamples);
      this.#filled = 0;
    }
  }
}

function mono(channels: readonly Float32Array[]): Float32Array {
  const [first, ...others] = channels;
  if (first === undefined || others.length === 0) return first ?? new Float32Array(0);
  return first.map((sample, index) => others.reduce((sum, channel) => sum + channel[index]!, sample) / channels.length);
}

registerProcessor('attune-capture', CaptureProcessor);
