/**
 * A key that clients come with: whose it is, what it is good for, and how much of it. The key itself is nowhere; its digest is.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Tenant } from './tenant.js';

/**
 * `talk`: make calls, and secrets for browsers. `observe`: see calls in progress and past ones. `memory`: see, export and
 * erase what is remembered of people. `admin`: change stored configurations.
 */
export const keyScopes = ['talk', 'observe', 'memory', 'admin'] as const;

export type KeyScope = (typeof keyScopes)[number];

/** Null: no limit but the server's own. */
export interface KeyLimits {
  /** Calls at once. */
  readonly maxCalls: number | null;
  readonly callsPerMinute: number | null;
  /** Of the HTTP side. */
  readonly requestsPerMinute: number | null;
}

export interface ApiKey {
  /** The first 12 digits of its digest: tells keys apart and gives none away. */
  readonly id: string;
  readonly name: string | null;
  readonly tenant: Tenant;
  readonly scopes: ReadonlySet<KeyScope>;
  readonly limits: KeyLimits;
}

/** The id of what everybody comes with where no key is asked for. */
export const openKeyId = 'open';

export const unlimited: KeyLimits = { maxCalls: null, callsPerMinute: null, requestsPerMinute: null };

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export function idOf(digest: Uint8Array): string {
  return Buffer.from(digest).toString('hex').slice(0, 12);
}

/** Who acted, for the audit log. */
export function actorOf({ id }: ApiKey): string {
  return id === openKeyId ? 'local' : `key ${id}`;
}

/** 192 bits of chance. */
export function newApiKey(): string {
  return `att_${randomBytes(24).toString('base64url')}`;
}
