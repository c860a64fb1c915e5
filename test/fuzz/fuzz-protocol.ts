/**
 * Recorded calls with faults in them, many of them: what the codec of a protocol and a call of the server make of messages that
 * nobody should send.
 *
 * Everything follows from the seed and the number of the call. The stages are scripted and the clock stands still, so a call costs
 * no more than its messages. What must not happen is a defect: anything thrown but a refusal, a call that does not end, timers,
 * handles or memory left behind.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { OpusPackets } from '../../src/audio/opus-packets.js';
import { EviProtocol } from '../../src/protocols/evi/evi-protocol.js';
import type { Protocol } from '../../src/protocols/protocol.js';
import type { ManualClock } from '../support/manual-clock.js';
import type { Platform } from '../support/platforms.js';
import { accessOf, tenantsOfKeys } from '../support/tenants.js';
import { FuzzRandom } from './fuzz-random.js';
import { eventsOfCall, fuzzCall, type FuzzedCallOptions } from './fuzzed-call.js';

export interface FuzzDefect {
  readonly what: string;
  /** Repeats it: `--call`. */
  readonly call: number;
  readonly error: Error;
  readonly count: number;
}

export interface FuzzReport {
  readonly messages: number;
  readonly calls: number;
  readonly events: number;
  readonly sent: number;
  /** Refused messages by code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Ends of calls by code, with the reason where there is one. */
  readonly closed: Readonly<Record<string, number>>;
  readonly heapBeforeMb: number;
  readonly heapAfterMb: number;
  readonly defects: readonly FuzzDefect[];
}

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** Only this call. */
  readonly call?: number;
  readonly onMessages?: (count: number) => void;
}

/** Compiled code and caches settle in the first calls; a leak of 100 bytes a call is above it in a million messages. */
const mostGrowthMb = 4;
const warmUpShare = 0.1;
/** Growth of a short run is what it has compiled. */
const leastCountForGrowth = 100_000;

/** Sends `count` messages or a few more, for a call is finished that was begun. */
export async function fuzzProtocol(platform: Platform, options: FuzzOptions): Promise<FuzzReport> {
  const { count, seed, call: onlyCall } = options;
  const tally = new Tally(options.onMessages);
  const tenants = tenantsOfKeys('key');
  const parts = {
    platform,
    tenants,
    accessOf: (clock: ManualClock) => accessOf(tenants, { clock }),
  };
  const recordedEvents = await eventsOfCall({ ...parts, random: new FuzzRandom(seed, -1), codec: platform.codec });
  const onRejection = (error: unknown): void => tally.watch.onDefect('a promise was rejected unseen', error);
  process.on('unhandledRejection', onRejection);
  const handles = process.getActiveResourcesInfo().length;
  let heapBeforeMb: number | undefined;
  try {
    for (let call = onlyCall ?? 0; tally.messages < count; call += 1) {
      tally.call = call;
      const random = new FuzzRandom(seed, call);
      using opus = platform.name === 'evi' && random.chance(0.05) ? await OpusPackets.open() : null;
      const codec = (): Protocol => codecOf(platform, opus);
      await fuzzCall({ ...parts, random, codec, recordedEvents, watch: tally.watch });
      // Promises that were rejected unseen are told of between two turns of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      if (onlyCall !== undefined) break;
      if (tally.messages >= count * warmUpShare) heapBeforeMb ??= await heapMb();
    }
    const heapAfterMb = await heapMb();
    heapBeforeMb ??= heapAfterMb;
    if (count >= leastCountForGrowth && heapAfterMb > heapBeforeMb + mostGrowthMb)
      tally.watch.onDefect('memory grew', new Error(`from ${heapBeforeMb} to ${heapAfterMb} MB`));
    const handlesAfter = process.getActiveResourcesInfo();
    if (handlesAfter.length > handles)
      tally.watch.onDefect('handles were left behind', new Error(handlesAfter.join(', ')));
    return tally.report({ heapBeforeMb, heapAfterMb });
  } finally {
    process.off('unhandledRejection', onRejection);
  }
}

/** As the platform has it; of EVI's some can decode what browsers record. */
function codecOf(platform: Platform, opus: OpusPackets | null): Protocol {
  if (opus === null) return platform.codec();
  return new EviProtocol({
    query: new URLSearchParams(),
    defaultPrompt: '',
    chatId: 'c1',
    chatGroupId: 'g1',
    requestId: 'r1',
    opus,
    wallTimeMs: () => 0,
  });
}

class Tally {
  messages = 0;
  /** Under way. */
  call = 0;
  #calls = 0;
  #events = 0;
  #sent = 0;
  readonly #refused: Record<string, number> = {};
  readonly #closed: Record<string, number> = {};
  readonly #defects = new Map<string, FuzzDefect>();
  readonly #onMessages: (count: number) => void;

  constructor(onMessages: (count: number) => void = () => undefined) {
    this.#onMessages = onMessages;
  }

  readonly watch: FuzzedCallOptions['watch'] = {
    onRead: (code) => {
      this.messages += 1;
      if (code !== null) this.#refused[code] = (this.#refused[code] ?? 0) + 1;
    },
    onEvents: (count) => (this.#events += count),
    onSent: () => (this.#sent += 1),
    onClosed: (code, reason) => {
      const name = reason === '' ? String(code) : `${code} ${reason}`;
      this.#closed[name] = (this.#closed[name] ?? 0) + 1;
    },
    onCall: (messages) => {
      this.#calls += 1;
      this.#onMessages(messages);
    },
    onDefect: (what, thrown) => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      // The same line of the program is the same defect.
      const place = error.stack?.split('\n').find((line) => line.includes('/src/')) ?? '';
      const known = this.#defects.get(what + place);
      this.#defects.set(what + place, {
        ...(known ?? { what, call: this.call, error }),
        count: (known?.count ?? 0) + 1,
      });
    },
  };

  report(heap: Pick<FuzzReport, 'heapBeforeMb' | 'heapAfterMb'>): FuzzReport {
    return {
      messages: this.messages,
      calls: this.#calls,
      events: this.#events,
      sent: this.#sent,
      refused: this.#refused,
      closed: this.#closed,
      ...heap,
      defects: [...this.#defects.values()],
    };
  }
}

let collect: (() => void) | undefined;

/** Of JavaScript and of what lies beside it, as the memory of WebAssembly, after a collection. */
async function heapMb(): Promise<number> {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  // Finalisers run between two collections.
  for (let round = 0; round < 3; round += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return Math.round((10 * (heapUsed + external)) / 2 ** 20) / 10;
}
