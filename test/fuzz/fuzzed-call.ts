/**
 * One call of the fuzzer, from its seed: either through a codec alone, or through a whole call of the server.
 *
 * A call of the server has to end when its client has left, to close its connection with a code, and to leave no timer behind.
 */
import { isCancelled } from '../../src/core/errors.js';
import type { Protocol, WireMessage } from '../../src/protocols/protocol.js';
import type { Access } from '../../src/server/access.js';
import type { Tenants } from '../../src/server/tenants.js';
import type { SessionEvent } from '../../src/session/events.js';
import type { ManualClock } from '../support/manual-clock.js';
import type { Platform } from '../support/platforms.js';
import type { FuzzRandom } from './fuzz-random.js';
import { MemoryTransport } from '../support/memory-transport.js';
import { mutated } from './mutation.js';
import { recordedCall, type RecordedCall } from './recorded-call.js';
import { ByteStream, serveFuzzedCall } from './served-call.js';
import { WatchedProtocol, type ProtocolWatch } from './watched-protocol.js';

export interface FuzzedCallOptions {
  readonly platform: Platform;
  readonly random: FuzzRandom;
  readonly codec: () => Protocol;
  readonly tenants: Tenants;
  readonly accessOf: (clock: ManualClock) => Access;
  /** Events of a faultless call, for a codec without a session. */
  readonly recordedEvents: readonly SessionEvent[];
  readonly watch: ProtocolWatch & {
    readonly onSent: () => void;
    /** A call is over in which so many messages were sent. */
    readonly onCall: (messages: number) => void;
    readonly onClosed: (code: number, reason: string) => void;
  };
}

/** Calls without a session are ten times as fast, and most of what can be wrong with a message shows there. */
const codecShare = 0.75;
/** Time in which a call that nobody holds on to has ended: the longest timeout of any stage and more. */
const endStepMs = 1_000;
const mostEndSteps = 120;

export async function fuzzCall(options: FuzzedCallOptions): Promise<void> {
  const { platform, random } = options;
  const call = recordedCall(platform, random);
  await (random.chance(codecShare) ? fuzzCodec(call, options) : fuzzServed(call, options));
  options.watch.onCall(call.messages.length);
}

/** Messages in and events out in their order, without anything in between. */
async function fuzzCodec({ messages }: RecordedCall, options: FuzzedCallOptions): Promise<void> {
  const { random, codec, recordedEvents, watch } = options;
  const protocol = new WatchedProtocol(codec(), watch);
  const events = recordedEvents[Symbol.iterator]();
  for (const message of messages) {
    try {
      protocol.decode(message);
      for (const _answer of protocol.takeAnswers()) watch.onSent();
      while (random.chance(0.4)) {
        const next = events.next();
        if (next.done) break;
        for (const _message of protocol.encode(next.value)) watch.onSent();
      }
    } catch {
      // The watch has seen it.
    }
  }
  protocol.encode({ type: 'session.ended', error: null });
}

async function fuzzServed({ messages, pieceMs }: RecordedCall, options: FuzzedCallOptions): Promise<void> {
  const { platform, random, codec, tenants, accessOf, watch } = options;
  const isPhone = !['openai-realtime', 'evi'].includes(platform.name);
  const stream = platform.path === null ? new ByteStream() : undefined;
  const arriving = (message: WireMessage): readonly WireMessage[] => stream?.push(message, random) ?? [message];
  const answersMarks = random.chance(0.7);
  const transport = new MemoryTransport((sent) => {
    watch.onSent();
    if (!answersMarks) return;
    for (const answer of answersTo(sent, platform)) {
      for (const message of arriving(random.chance(0.1) ? mutated(answer, random) : answer)) transport.receive(message);
    }
  });
  const protocol = new WatchedProtocol(codec(), watch);
  const { fakes, served } = serveFuzzedCall({
    protocol,
    isPhone,
    transport,
    random,
    tenants,
    accessOf,
    onEvent: () => undefined,
  });
  let hasSettled = false;
  const settled = served
    .catch((error: unknown) => {
      if (!isCancelled(error)) watch.onDefect(`the call was rejected`, error);
    })
    .finally(() => (hasSettled = true));
  for (const message of messages) {
    for (const whole of arriving(message)) transport.receive(whole);
    await fakes.clock.advance(random.chance(0.03) ? 1_500 : pieceMs);
  }
  if (random.chance(0.3)) await fakes.clock.advance(4_000);
  transport.leave();
  for (let steps = 0; steps < mostEndSteps && !hasSettled; steps += 1) await fakes.clock.advance(endStepMs);
  if (!hasSettled) {
    watch.onDefect('the call did not end', new Error(`${transport.unreadCount} messages unread`));
    return;
  }
  await settled;
  if (!protocol.isReleased) watch.onDefect('the codec was not told of the end', new Error('session.ended'));
  const { closedWith } = transport;
  const timers = fakes.clock.pendingDelaysMs;
  if (timers.length > 0) watch.onDefect('a call left timers behind', new Error(`due in ${timers.join(', ')} ms`));
  if (closedWith) watch.onClosed(closedWith.code, closedWith.reason);
  // Whoever left before they said who they are is closed by the endpoint.
  else if (!isPhone || protocol.start !== null) watch.onDefect('the connection was not closed', new Error('no code'));
  if (closedWith?.reason === 'INTERNAL')
    watch.onDefect('the call ended by a failure of our own', new Error('INTERNAL'));
}

function answersTo(sent: WireMessage, platform: Platform): readonly WireMessage[] {
  try {
    return platform.answerTo(sent);
  } catch {
    // Words of a dialect without JSON; nobody has to answer.
    return [];
  }
}

/** What a session tells its client in a call without faults. */
export async function eventsOfCall(
  options: Omit<FuzzedCallOptions, 'recordedEvents' | 'watch'>,
): Promise<readonly SessionEvent[]> {
  const { platform, random, codec, tenants, accessOf } = options;
  const events: SessionEvent[] = [];
  const transport = new MemoryTransport(() => undefined);
  const { fakes, served } = serveFuzzedCall({
    protocol: codec(),
    isPhone: !['openai-realtime', 'evi'].includes(platform.name),
    transport,
    random,
    tenants,
    accessOf,
    onEvent: (event) => events.push(event),
  });
  const sound = (level: number): WireMessage => platform.sound(new Float32Array(platform.rateHz / 10).fill(level));
  for (const message of [
    ...platform.hello(),
    ...Array.from({ length: 60 }, (_, index) => sound(index % 20 < 8 ? 0.9 : 0)),
  ]) {
    transport.receive(message);
    await fakes.clock.advance(100);
  }
  transport.leave();
  await fakes.clock.advance(1_000);
  // What is wrong with a faultless call shows in the others as well.
  await served.catch(() => undefined);
  return events.filter(({ type }) => type !== 'session.ended');
}
