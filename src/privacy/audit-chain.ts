/**
 * The audit log as a chain: every entry carries the hash of the one before, so that none can be changed, dropped or put
 * in between without every later hash telling.
 *
 * A chain alone can be written anew by whoever can write the file. Keep the head elsewhere from time to time, or configure
 * a key: then each hash is an HMAC that nobody without it can recompute. Pure; Regulation (EU) 2016/679, Article 5(2).
 */
import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';

/** What happened. Never a name, never a text: people appear as pseudonyms, keys as the first digits of their digest. */
export interface AuditEvent {
  readonly action:
    | 'server.started'
    | 'tenant.opened'
    | 'emotion.switched'
    | 'purpose.refused'
    | 'key.refused'
    | 'secret.created'
    | 'consent.changed'
    | 'memory.shown'
    | 'memory.exported'
    | 'memory.erased'
    | 'recording.heard'
    | 'escalation.requested';
  readonly tenant: string;
  /** Who did it: `server`, `client`, `operator`, or the digest of a key. */
  readonly actor: string;
  /** The pseudonym of the person concerned; null when it concerns none. */
  readonly subject: string | null;
  /** A few plain facts, as `{ memory: "given" }`. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface AuditEntry extends AuditEvent {
  /** 1 for the first entry. */
  readonly sequence: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Hash of the entry before; 64 zeros for the first. */
  readonly previous: string;
  readonly hash: string;
}

const entrySchema = z.strictObject({
  sequence: z.number().int().positive(),
  time: z.string(),
  action: z.string(),
  tenant: z.string(),
  actor: z.string(),
  subject: z.string().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  previous: z.string(),
  hash: z.string(),
});

export const firstPrevious = '0'.repeat(64);

/** Where a chain has got to. */
export interface ChainHead {
  readonly sequence: number;
  readonly hash: string;
}

export const emptyChain: ChainHead = { sequence: 0, hash: firstPrevious };

/** The next entry after `head`. */
export function nextEntry(head: ChainHead, event: AuditEvent, time: string, key: string | null): AuditEntry {
  const { action, tenant, actor, subject, facts } = event;
  const body = { sequence: head.sequence + 1, time, action, tenant, actor, subject, facts, previous: head.hash };
  return { ...body, hash: hashOf(body, key) };
}

export type ChainVerdict =
  | { readonly ok: true; readonly entryCount: number; readonly head: ChainHead }
  | { readonly ok: false; readonly line: number; readonly problem: string };

/** Checks every line that follows `after`, oldest first. */
export function verifyChain(lines: readonly string[], key: string | null, after: ChainHead = emptyChain): ChainVerdict {
  let head = after;
  for (const [index, text] of lines.entries()) {
    const wrong = (problem: string): ChainVerdict => ({ ok: false, line: after.sequence + index + 1, problem });
    const entry = entryOf(text);
    if (entry === undefined) return wrong('the line is not an entry');
    if (entry.sequence !== head.sequence + 1) return wrong(`entry ${head.sequence + 1} is missing or out of place`);
    if (entry.previous !== head.hash) return wrong('it does not follow the entry before it');
    const { hash, ...body } = entry;
    if (hash !== hashOf(body, key)) return wrong('it was changed, or sealed with another key');
    head = { sequence: entry.sequence, hash };
  }
  return { ok: true, entryCount: lines.length, head };
}

/** Undefined for a line that is none. */
export function entryOf(text: string): AuditEntry | undefined {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(text));
    return parsed.success ? (parsed.data as AuditEntry) : undefined;
  } catch {
    return undefined;
  }
}

/** Keys in a fixed order, so that the same entry always has the same hash. */
function hashOf(body: Omit<AuditEntry, 'hash'>, key: string | null): string {
  const { sequence, time, action, tenant, actor, subject, previous } = body;
  const facts = Object.fromEntries(Object.entries(body.facts).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = JSON.stringify([sequence, time, action, tenant, actor, subject, facts, previous]);
  return (key === null ? createHash('sha256') : createHmac('sha256', key)).update(text).digest('hex');
}
