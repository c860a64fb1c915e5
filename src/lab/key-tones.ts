/**
 * The sound of a telephone's keys: two tones at once (ITU-T Q.23), for wires that have no word for a key. Pure.
 */
import type { AudioClip } from '../audio/audio-file.js';
import { defined } from '../core/assert.js';

const rowsHz = [697, 770, 852, 941];
const columnsHz = [1_209, 1_336, 1_477, 1_633];
const keys = ['123A', '456B', '789C', '*0#D'];
const toneMs = 100;
const gapMs = 80;
const sampleRateHz = 8_000;
const amplitude = 0.2;

/** One key of 0–9, * , # and A–D, and the pause after it. */
export function keyTones(key: string): AudioClip {
  const row = keys.findIndex((line) => line.includes(key));
  const low = defined(rowsHz[row], 'a key of a telephone');
  const high = defined(columnsHz[keys[row]?.indexOf(key) ?? -1], 'a key of a telephone');
  const samples = new Float32Array(((toneMs + gapMs) * sampleRateHz) / 1000);
  for (let at = 0; at < (toneMs * sampleRateHz) / 1000; at += 1) {
    const angle = (2 * Math.PI * at) / sampleRateHz;
    samples[at] = amplitude * (Math.sin(low * angle) + Math.sin(high * angle));
  }
  return { samples, sampleRateHz };
}
