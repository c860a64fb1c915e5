/**
 * Recorded calls with mistakes in them: what a codec and a session make of messages that nobody should send.
 *
 * A crash is anything thrown but a ProtocolError; a stuck call is one that does not end when it is told to. Everything follows
 * from the seed. The stages are scripted and the clock stands still, so a call costs no more than its messages.
 */
import { isCancelled } from '../../src/core/errors.js';
import { ProtocolError, type WireMessage } from '../../src/protocols/protocol.js';
import { defaultSessionLimits } from '../../src/session/session-limits.js';
import { Session } from '../../src/session/session.js';
import { semanticTurnDetection } from '../../src/session/settings.js';
import { FakeAbilities } from './fake-abilities.js';
import type { Platform } from './platforms.js';
import { seededRandom } from './simulated-phones.js';

export interface FuzzReport {
  readonly messages: number;
  readonly refused: number;
  readonly events: number;
  readonly sent: number;
  readonly calls: number;
}

type Random = () => number;

const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  '',
  'x'.repeat(5_000),
  '-1',
  'NaN',
  '\u0000',
  '__proto__',
  [],
  [[[[[[]]]]]],
  {},
  { __proto__: { a: 1 } },
  'AAA',
  '////',
];

/** Sends `count` messages of the platform's recorded calls, most of them broken. Throws what must not happen. */
export async function fuzzProtocol(
  platform: Platform,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<FuzzReport> {
  const random = seededRandom(seed);
  const report = { messages: 0, refused: 0, events: 0, sent: 0, calls: 0 };
  while (report.messages < count) {
    report.calls += 1;
    await fuzzCall(platform, random, report);
  }
  return report;
}

async function fuzzCall(
  platform: Platform,
  random: Random,
  report: { -readonly [K in keyof FuzzReport]: number },
): Promise<void> {
  const fakes = new FakeAbilities({});
  const protocol = platform.codec();
  let ids = 0;
  const session = new Session({
    id: 'sess_fuzz',
    abilities: fakes.abilities,
    settings: {
      instructions: '',
      modality: 'audio',
      voice: 'fake',
      speed: 1,
      tools: [],
      toolChoice: 'auto',
      mayHangUp: true,
      heldSound: 'paused',
      mayTransfer: true,
      greeting: random() < 0.3 ? 'Good day to you.' : null,
      tones: { fax: 'hang-up', beep: 'greet' },
      silence: { promptAfterMs: 2_000, prompts: 1 },
      maxOutputTokens: null,
      transcription: null,
      turnDetection: semanticTurnDetection,
      emotionEnabled: true,
      purpose: 'unspecified',
      locale: 'en-US',
      person: null,
      consent: {},
    },
    limits: defaultSessionLimits,
    newId: (prefix) => `${prefix}_${(ids += 1)}`,
    emotionAllowed: true,
    purposeExempt: false,
    emotionNotice: null,
    memory: null,
    recordedModels: null,
    tenant: 'default',
    history: [],
  });
  const protocolDecode = (message: WireMessage) => {
    report.messages += 1;
    try {
      return protocol.decode(message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      report.refused += 1;
      session.refuse(error.cause, error.clientEventId);
      return [];
    } finally {
      report.sent += protocol.takeAnswers?.().length ?? 0;
    }
  };
  const reading = (async () => {
    for await (const event of session.events) {
      for (const message of protocol.encode(event)) {
        report.sent += 1;
        for (const answer of random() < 0.5 ? platform.answerTo(message) : []) protocolDecode(answer);
      }
    }
  })();
  for (const message of recordedCall(platform, random)) {
    for (const event of protocolDecode(message)) {
      report.events += 1;
      // A sender may have to wait for room, which only time makes.
      const accepted = session.accept(event).catch((error: unknown) => {
        if (!isCancelled(error)) throw error;
      });
      await fakes.clock.advance(random() < 0.05 ? 700 : 20);
      await accepted;
    }
  }
  await fakes.clock.advance(300);
  await session[Symbol.asyncDispose]();
  await reading;
  if (fakes.clock.pendingDelaysMs.length > 0)
    throw new Error(`a call left timers behind: ${fakes.clock.pendingDelaysMs.join(', ')}`);
}

/** A call of some thirty messages, in which messages are lost, doubled, swapped and broken. */
function recordedCall(platform: Platform, random: Random): readonly WireMessage[] {
  const piece = platform.rateHz / 50;
  const sound = (level: number): WireMessage => platform.sound(new Float32Array(piece).fill(level));
  const whole: WireMessage[] = [...platform.hello()];
  for (let count = 0; count < 24; count += 1) {
    whole.push(sound(random() < 0.5 ? 0.9 : 0));
    if (random() < 0.1) whole.push(...platform.key('5'));
    if (random() < 0.05) whole.push(platform.unknown());
  }
  whole.push(...platform.leave());
  return whole.flatMap((message, index) => {
    // Most calls are introduced properly, or nothing behind the introduction would ever be tried.
    const isHello = index < 2 && random() < 0.8;
    if (isHello || random() < 0.3) return [message];
    const chance = random();
    if (chance < 0.1) return [];
    if (chance < 0.2) return [message, message];
    if (chance < 0.3) return [whole[Math.floor(random() * whole.length)]!];
    return [typeof message === 'string' ? mutatedText(message, random) : mutatedBytes(message, random)];
  });
}

function mutatedText(message: string, random: Random): WireMessage {
  const chance = random();
  if (chance < 0.1) return Buffer.from(message);
  if (chance < 0.3) return Buffer.from(mutatedBytes(Buffer.from(message), random)).toString('utf8');
  try {
    const value: unknown = JSON.parse(message);
    return JSON.stringify(mutatedValue(value, random));
  } catch {
    return message.slice(0, Math.floor(random() * message.length));
  }
}

/** One part of it is another value, is gone, or is there under another name. */
function mutatedValue(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random() < 0.15)
    return oddValues[Math.floor(random() * oddValues.length)];
  if (Array.isArray(value)) return value.map((part) => (random() < 0.5 ? mutatedValue(part, random) : part));
  const entries = Object.entries(value);
  const chosen = Math.floor(random() * entries.length);
  return Object.fromEntries(
    entries.flatMap(([name, part], index): [string, unknown][] => {
      if (index !== chosen) return [[name, part]];
      const chance = random();
      if (chance < 0.15) return [];
      if (chance < 0.2) return [[`${name}x`, part]];
      return [[name, mutatedValue(part, random)]];
    }),
  );
}

function mutatedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const chance = random();
  if (chance < 0.2) return bytes.slice(0, Math.floor(random() * bytes.length));
  if (chance < 0.3) return Buffer.concat([bytes, Buffer.alloc(Math.floor(random() * 400), 0x7f)]);
  const changed = Uint8Array.from(bytes);
  for (let flips = 1 + Math.floor(random() * 4); flips > 0 && changed.length > 0; flips -= 1)
    changed[Math.floor(random() * Math.min(changed.length, 24))] = Math.floor(random() * 256);
  return changed;
}
