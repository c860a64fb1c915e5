/**
 * Reads WAV files of the usual sample formats and rates: 16-bit and G.711 data go through our codecs, the rarer formats (8,
 * 24 and 32-bit, float) through the wavefile package.
 */
import wavefile from 'wavefile';
import { AttuneError, type AttuneErrorOptions } from '../core/errors.js';
import { deinterleave, type DecodedAudio } from './decoded-audio.js';
import { decodeAlaw, decodeMulaw } from './g711.js';
import { decodePcm16 } from './pcm16.js';
import { readWavLayout, type WavLayout } from './wav-layout.js';

const formatPcm = 1;
const formatFloat = 3;
const formatAlaw = 6;
const formatMulaw = 7;

/** Decodes a whole file. Throws AUDIO_FORMAT_UNSUPPORTED or AUDIO_CORRUPT with `field` as the input's name. */
export function readWav(bytes: Uint8Array, field = 'audio'): DecodedAudio {
  const layout = readWavLayout(bytes, { field });
  const interleaved = decodeData(layout, { field });
  return { channels: deinterleave(interleaved, layout.channelCount), sampleRateHz: layout.sampleRateHz };
}

function decodeData(layout: WavLayout, options: AttuneErrorOptions): Float32Array {
  const kind = `${layout.format}/${layout.bitsPerSample}`;
  if (kind === `${formatPcm}/16`) return decodePcm16(layout.data);
  if (kind === `${formatAlaw}/8`) return decodeAlaw(layout.data);
  if (kind === `${formatMulaw}/8`) return decodeMulaw(layout.data);
  if (layout.format === formatPcm && [8, 24, 32].includes(layout.bitsPerSample)) {
    return decodeRare(layout, `${layout.bitsPerSample}`);
  }
  if (layout.format === formatFloat && [32, 64].includes(layout.bitsPerSample)) {
    return decodeRare(layout, layout.bitsPerSample === 32 ? '32f' : '64');
  }
  const message = `WAV format ${layout.format} with ${layout.bitsPerSample} bits is not supported`;
  throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', message, options);
}

/** Gives wavefile a fresh file around the same data, whatever other chunks the original had. */
function decodeRare(layout: WavLayout, bitDepth: string): Float32Array {
  const wav = new wavefile.WaveFile();
  wav.fromScratch(layout.channelCount, layout.sampleRateHz, bitDepth, []);
  Object.assign(wav.data, { samples: layout.data, chunkSize: layout.data.length });
  const values = wav.getSamples(true, Float64Array);
  if (layout.format === formatFloat) return Float32Array.from(values);
  const fullScale = 2 ** (layout.bitsPerSample - 1);
  const offset = layout.bitsPerSample === 8 ? fullScale : 0;
  return Float32Array.from(values, (value) => (value - offset) / fullScale);
}
