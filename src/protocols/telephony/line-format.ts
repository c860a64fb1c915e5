/**
 * The formats in which telephone platforms carry sound: G.711 or 16-bit PCM, one channel, at a stated rate.
 */
import { AttuneError } from '../../core/errors.js';

export interface LineFormat {
  /** `l16` is little-endian. */
  readonly encoding: 'mulaw' | 'alaw' | 'l16';
  readonly sampleRateHz: number;
}

export const telephoneMulaw: LineFormat = { encoding: 'mulaw', sampleRateHz: 8_000 };

/** Bytes of one sample. */
export function sampleBytes(format: LineFormat): number {
  return format.encoding === 'l16' ? 2 : 1;
}

/** The byte that is silence. */
export function silenceByte(format: LineFormat): number {
  return { mulaw: 0xff, alaw: 0xd5, l16: 0 }[format.encoding];
}

const encodings: ReadonlyMap<string, LineFormat['encoding']> = new Map([
  ['mulaw', 'mulaw'],
  ['ulaw', 'mulaw'],
  ['pcmu', 'mulaw'],
  ['alaw', 'alaw'],
  ['pcma', 'alaw'],
  ['l16', 'l16'],
  ['linear16', 'l16'],
  ['pcm', 'l16'],
  ['raw', 'l16'],
  // Exotel names the wrapping, not the sound.
  ['base64', 'l16'],
]);

const rates: ReadonlySet<number> = new Set([8_000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000]);

/**
 * @param name as `audio/x-mulaw`, `PCMU`, `audio/l16;rate=16000`, `slin16`
 * @param sampleRateHz where the name says none
 * @throws AUDIO_FORMAT_UNSUPPORTED or AUDIO_RATE_UNSUPPORTED
 */
export function lineFormatOf(name: string, sampleRateHz = 8_000): LineFormat {
  const stated = /;\s*rate=(\d+)/u.exec(name)?.[1];
  const plain = (name.split(';')[0] ?? '').trim().toLowerCase();
  const base = plain.replace(/^audio\//u, '').replace(/^x-/u, '');
  const slin = /^slin(\d{0,3})$/u.exec(base);
  const encoding = slin ? 'l16' : encodings.get(base);
  if (encoding === undefined)
    throw new AttuneError('AUDIO_FORMAT_UNSUPPORTED', `sound as '${name.slice(0, 40)}' is not understood`, {
      hint: 'Let the platform send μ-law, A-law or 16-bit PCM.',
    });
  const slinRateHz = slin && slin[1] !== '' ? slinRateOf(Number(slin[1])) : undefined;
  const rateHz = stated === undefined ? (slinRateHz ?? sampleRateHz) : Number(stated);
  if (!rates.has(rateHz) || (encoding !== 'l16' && rateHz !== 8_000))
    throw new AttuneError('AUDIO_RATE_UNSUPPORTED', `${rateHz} Hz is not a rate of telephones`);
  return { encoding, sampleRateHz: rateHz };
}

/** Asterisk's names count in kilohertz, rounded down. */
function slinRateOf(kilohertz: number): number {
  return kilohertz === 44 ? 44_100 : kilohertz * 1_000;
}
