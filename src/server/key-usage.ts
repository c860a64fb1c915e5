/**
 * How much each key is used: calls at once, and calls and requests a minute.
 *
 * A minute's allowance may be used at once and comes back evenly (a token bucket). Numbers are kept by the key's id, so
 * that they outlive a reloaded file.
 */
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { ApiKey } from './api-key.js';

const minuteMs = 60_000;

interface Bucket {
  left: number;
  atMs: number;
}

interface Usage {
  calls: number;
  readonly buckets: Map<string, Bucket>;
}

export class KeyUsage {
  readonly #clock: Clock;
  readonly #usage = new Map<string, Usage>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One call more; the returned function ends it. Throws RATE_LIMITED and counts nothing then. */
  beginCall(key: ApiKey): () => void {
    const usage = this.#of(key);
    const { maxCalls, callsPerMinute } = key.limits;
    if (maxCalls !== null && usage.calls >= maxCalls)
      throw new AttuneError('RATE_LIMITED', `this key has its ${maxCalls} calls at once`, { field: 'maxCalls' });
    this.#take(usage, 'calls', callsPerMinute, 'callsPerMinute');
    usage.calls += 1;
    let isOpen = true;
    return () => {
      if (isOpen) usage.calls -= 1;
      isOpen = false;
    };
  }

  /** Throws RATE_LIMITED. */
  countRequest(key: ApiKey): void {
    this.#take(this.#of(key), 'requests', key.limits.requestsPerMinute, 'requestsPerMinute');
  }

  #of({ id }: ApiKey): Usage {
    const known = this.#usage.get(id) ?? { calls: 0, buckets: new Map<string, Bucket>() };
    this.#usage.set(id, known);
    return known;
  }

  #take({ buckets }: Usage, name: string, perMinute: number | null, field: string): void {
    if (perMinute === null) return;
    const nowMs = this.#clock.nowMs();
    const bucket = buckets.get(name) ?? { left: perMinute, atMs: nowMs };
    bucket.left = Math.min(perMinute, bucket.left + ((nowMs - bucket.atMs) * perMinute) / minuteMs);
    bucket.atMs = nowMs;
    buckets.set(name, bucket);
    if (bucket.left < 1)
      throw new AttuneError('RATE_LIMITED', `this key has used its ${perMinute} ${name} a minute`, { field });
    bucket.left -= 1;
  }
}
