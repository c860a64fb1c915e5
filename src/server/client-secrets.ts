/**
 * Secrets that live for minutes, for browsers that must not see a key: who has one may talk as the key that made it.
 *
 * They are known to this process alone and end with it; only their digests are kept. The number is bounded: when it is
 * reached, the ones that end first go first.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import { digestOf, type ApiKey } from './api-key.js';

const prefix = 'ek_';
const mostSecrets = 10_000;

export interface ClientSecret {
  /** Of the key that made it. */
  readonly keyId: string;
  /** What a session begins with, as the client stated it; null for nothing. */
  readonly session: Readonly<Record<string, unknown>> | null;
}

interface Kept extends ClientSecret {
  readonly endsAtMs: number;
}

export class ClientSecrets {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  create(
    key: ApiKey,
    { lifeMs, session }: { readonly lifeMs: number; readonly session: ClientSecret['session'] },
  ): { readonly value: string; readonly expiresAtS: number } {
    this.#forget();
    const value = `${prefix}${randomBytes(24).toString('base64url')}`;
    this.#kept.set(nameOf(value), { keyId: key.id, session, endsAtMs: this.#clock.nowMs() + lifeMs });
    return { value, expiresAtS: Math.floor((this.#clock.wallTimeMs() + lifeMs) / 1000) };
  }

  /** Undefined for what is no secret, unknown or past its time. */
  find(credential: string): ClientSecret | undefined {
    if (!credential.startsWith(prefix)) return undefined;
    const kept = this.#kept.get(nameOf(credential));
    return kept !== undefined && kept.endsAtMs > this.#clock.nowMs() ? kept : undefined;
  }

  #forget(): void {
    const nowMs = this.#clock.nowMs();
    for (const [name, { endsAtMs }] of this.#kept) if (endsAtMs <= nowMs) this.#kept.delete(name);
    if (this.#kept.size < mostSecrets) return;
    const [first] = [...this.#kept].sort(([, a], [, b]) => a.endsAtMs - b.endsAtMs);
    if (first !== undefined) this.#kept.delete(first[0]);
  }
}

function nameOf(secret: string): string {
  return digestOf(secret).toString('hex');
}
