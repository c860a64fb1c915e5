/**
 * A call of some seventy messages with faults in it: messages are lost, doubled, put elsewhere, of another protocol, or broken.
 */
import type { WireMessage } from '../../src/protocols/protocol.js';
import type { Platform } from '../support/platforms.js';
import type { FuzzRandom } from './fuzz-random.js';
import { mutated } from './mutation.js';
import { foreignMessages, recordedMessages } from './recorded-messages.js';

export interface RecordedCall {
  readonly messages: readonly WireMessage[];
  /** Of each message of sound. */
  readonly pieceMs: number;
}

export function recordedCall(platform: Platform, random: FuzzRandom): RecordedCall {
  const pieceMs = random.pick([20, 20, 20, 80]);
  const hello = platform.hello();
  const whole = [...hello, ...conversation(platform, random, pieceMs), ...platform.leave()];
  // Most calls are introduced properly, or nothing behind the introduction would ever be tried; few are faultless.
  const faultShare = random.pick([0, 0.1, 0.3, 0.7]);
  const isHelloKept = random.chance(0.85);
  const foreign = foreignMessages(platform.name);
  const messages = whole.flatMap((message, index): readonly WireMessage[] => {
    if ((index < hello.length && isHelloKept) || !random.chance(faultShare)) return [message];
    const chance = random.next();
    if (chance < 0.08) return [];
    if (chance < 0.16) return [message, message];
    if (chance < 0.24) return [random.pick(whole)];
    if (chance < 0.3) return [random.pick(foreign)];
    return [mutated(message, random)];
  });
  if (random.chance(0.03)) messages.reverse();
  return { messages: random.chance(0.8) ? renumbered(messages) : messages, pieceMs };
}

/** Speech and silence in turns, and in between what else is known of the protocol. */
function conversation(platform: Platform, random: FuzzRandom, pieceMs: number): readonly WireMessage[] {
  const others = recordedMessages(platform.name);
  const samples = new Float32Array((platform.rateHz * pieceMs) / 1000);
  const messages: WireMessage[] = [];
  for (let turns = 1 + random.below(3); turns > 0; turns -= 1) {
    for (const level of [0.9, 0]) {
      for (let pieces = 3 + random.below(14); pieces > 0; pieces -= 1) {
        messages.push(platform.sound(samples.fill(level)));
        if (random.chance(0.05)) messages.push(...platform.key(random.pick(['5', '#', '*', 'x', ''])));
        if (random.chance(0.02)) messages.push(platform.unknown());
        if (random.chance(0.5)) messages.push(random.pick(others));
      }
    }
  }
  return messages;
}

/** Where one wrong number ends the connection, most calls have the right ones, so that something is tried behind it. */
function renumbered(messages: readonly WireMessage[]): readonly WireMessage[] {
  let seq = 0;
  return messages.map((message) =>
    typeof message === 'string' ? message.replace(/"seq":\d+/u, () => `"seq":${(seq += 1)}`) : message,
  );
}
