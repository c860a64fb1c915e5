/**
 * What the commands of the laboratory that place calls share: how to reach the server, over what line, and the limits.
 */
import path from 'node:path';
import type { Command } from 'commander';
import { AttuneError } from '../core/errors.js';
import { perfectLine, readLineQuality, type LineQuality } from '../lab/line-quality.js';
import type { Thresholds } from '../lab/report/thresholds.js';
import { wireNameOf, wireNames, type WireName } from '../lab/wires/choose-wire.js';
import { audiosocketUrlOf, serverUrlOf } from './call-url.js';

export interface PlaceFlags {
  readonly wire?: string;
  readonly apiKey?: string;
  readonly line?: string;
  readonly out: string;
  readonly p50?: string;
  readonly p95?: string;
  readonly p99?: string;
  readonly stopP95?: string;
  readonly unanswered?: string;
  readonly json?: boolean;
}

export function addPlaceOptions(command: Command, out: string): Command {
  return command
    .option('--wire <name>', `${wireNames.join(', ')} (default: by the path of the address)`)
    .option('--api-key <key>', 'key of the server; for twilio the token that signs')
    .option(
      '--line <qualities>',
      'a worse line, as loss=2%,burst=3,jitter=60,delay=40,drift=50,snr=15,echo=20,echodelay=200,codec=mulaw',
    )
    .option('--out <folder>', 'where to write report.html, report.json and the tapes', out)
    .option('--p50 <ms>', 'fail when the median answer takes longer')
    .option('--p95 <ms>', 'fail when one answer in twenty takes longer')
    .option('--p99 <ms>', 'fail when one answer in a hundred takes longer')
    .option('--stop-p95 <ms>', 'fail when one barge-in in twenty takes longer to silence the agent')
    .option('--unanswered <share>', 'fail when more turns stay unanswered', '0')
    .option('--json', 'the report as one object');
}

export interface Place {
  readonly url: string;
  readonly apiKey: string | null;
  readonly wire: WireName;
  /** Null when none was asked for. */
  readonly line: LineQuality | null;
}

/** Throws OPTION_INVALID. */
export function placeFrom(address: string, { wire, apiKey, line }: PlaceFlags): Place {
  const isTcp = address.startsWith('tcp:') || (wire === 'audiosocket' && !address.includes('://'));
  const url = isTcp
    ? audiosocketUrlOf(address)
    : serverUrlOf(address, wire === 'evi' ? '/v0/evi/chat' : '/v1/realtime');
  return {
    url,
    apiKey: apiKey ?? null,
    wire: wireNameOf(url, wire),
    line: line === undefined ? null : readLineQuality(line),
  };
}

export function lineOr(line: LineQuality | null): LineQuality {
  return line ?? perfectLine;
}

/** Throws OPTION_INVALID. */
export function thresholdsFrom(flags: PlaceFlags): Thresholds {
  return {
    p50Ms: optionalNumber(flags.p50, 'p50'),
    p95Ms: optionalNumber(flags.p95, 'p95'),
    p99Ms: optionalNumber(flags.p99, 'p99'),
    stopP95Ms: optionalNumber(flags.stopP95, 'stop-p95'),
    unansweredShare: numberOf(flags.unanswered ?? '0', 'unanswered'),
  };
}

/** A number of at least 0. Throws OPTION_INVALID. */
export function numberOf(text: string, field: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new AttuneError('OPTION_INVALID', `'${text}' is no number of at least 0`, { field });
}

export function tapeIn(folder: string, name: string): string {
  return path.join(folder, `${name}.wav`);
}

function optionalNumber(text: string | undefined, field: string): number | null {
  return text === undefined ? null : numberOf(text, field);
}
