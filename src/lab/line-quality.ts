/**
 * How good a telephone line is, and how it is written:
 * `loss=2%,burst=3,jitter=60,delay=40,drift=50,snr=15,echo=20,echodelay=200,codec=mulaw`. Pure.
 */
import { z } from 'zod';
import { AttuneError } from '../core/errors.js';

export const lineQuality = z
  .strictObject({
    /** Frames lost, 0…0.5. */
    lossShare: z.number().min(0).max(0.5).default(0),
    /** Frames lost in a row, on average; 1 leaves it to chance. */
    burstFrames: z.number().min(1).max(50).default(1),
    jitterMs: z.number().min(0).max(500).default(0),
    /** One way. */
    delayMs: z.number().min(0).max(2_000).default(0),
    /** Parts per million by which the caller's clock is fast. */
    driftPpm: z.number().min(-1_000).max(1_000).default(0),
    /** Noise in the caller's room under the speech; null for none. */
    snrDb: z.number().min(-10).max(60).nullable().default(null),
    /** The agent's voice comes back with the caller's, softer by so many dB; null for no echo. */
    echoLossDb: z.number().min(0).max(60).nullable().default(null),
    /** From the caller's ear to the caller's frames: the room and the telephone, not the line. */
    echoDelayMs: z.number().min(20).max(1_000).default(200),
    codec: z.enum(['none', 'mulaw']).default('none'),
  })
  .readonly();

export type LineQuality = z.infer<typeof lineQuality>;

export const perfectLine: LineQuality = lineQuality.parse({});

const names: Readonly<Record<string, keyof LineQuality>> = {
  loss: 'lossShare',
  burst: 'burstFrames',
  jitter: 'jitterMs',
  delay: 'delayMs',
  drift: 'driftPpm',
  snr: 'snrDb',
  echo: 'echoLossDb',
  echodelay: 'echoDelayMs',
  codec: 'codec',
};

/** Reads a line as people write it. Throws OPTION_INVALID. */
export function readLineQuality(text: string): LineQuality {
  const written: Record<string, unknown> = {};
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [key = '', value = ''] = part.split('=').map((half) => half.trim());
    const name = names[key];
    if (name === undefined) {
      throw new AttuneError('OPTION_INVALID', `a line has ${Object.keys(names).join(', ')}, but no '${key}'`, {
        field: 'line',
      });
    }
    written[name] = name === 'codec' ? value : numberOf(value);
  }
  const read = lineQuality.safeParse(written);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new AttuneError('OPTION_INVALID', `${String(issue?.path[0])} of the line: ${issue?.message}`, {
    field: 'line',
  });
}

/** NaN for what is no number; a percentage is a share. */
function numberOf(value: string): number {
  if (value === '') return Number.NaN;
  return value.endsWith('%') ? Number(value.slice(0, -1)) / 100 : Number(value);
}

/** `2 % loss, 60 ms jitter`; `a perfect line` when nothing is wrong with it. */
export function describeLine(line: LineQuality): string {
  const parts = [
    line.codec === 'mulaw' ? 'μ-law' : '',
    line.lossShare > 0 ? `${Math.round(line.lossShare * 1000) / 10} % loss` : '',
    line.lossShare > 0 && line.burstFrames > 1 ? `bursts of ${line.burstFrames}` : '',
    line.jitterMs > 0 ? `${line.jitterMs} ms jitter` : '',
    line.delayMs > 0 ? `${line.delayMs} ms delay` : '',
    line.driftPpm === 0 ? '' : `${line.driftPpm} ppm drift`,
    line.snrDb === null ? '' : `noise at ${line.snrDb} dB SNR`,
    line.echoLossDb === null ? '' : `echo ${line.echoLossDb} dB softer after ${line.echoDelayMs} ms`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'a perfect line' : parts.join(', ');
}
