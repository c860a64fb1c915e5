/**
 * What an auditor must know of calls: emotion switched off or on, purposes refused, escalations, keys refused.
 *
 * It only watches; a call never waits for the disk. Refused keys are counted, and noted at most once a minute, so that nobody
 * can fill the log from outside.
 */
import type { Clock } from '../core/clock.js';
import type { ErrorCode } from '../core/error-catalogue.js';
import { toAttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { Scope } from '../core/scope.js';
import type { AuditEvent } from '../privacy/audit-chain.js';
import type { AuditTrail } from '../privacy/audit-log.js';

import { actorOf, type ApiKey } from './api-key.js';
import type { SessionEvent } from '../session/events.js';
import type { Tenant } from './tenant.js';

export interface AuditedCall {
  readonly callId: string;
  readonly tenant: string;
}

const refusedKeysPauseMs = 60_000;
/** Entries on their way to the disk; more are dropped and logged. */
const mostPending = 256;

export class CallAudit implements AsyncDisposable {
  readonly #trail: AuditTrail | null;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #scope = new Scope('call audit', () => undefined);
  #pending = 0;
  #refusedKeys = 0;
  #refusedNotedAtMs = -Infinity;

  constructor(options: { readonly trail: AuditTrail | null; readonly clock: Clock; readonly logger: Logger }) {
    this.#trail = options.trail;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Watches one call. */
  observer({ callId, tenant }: AuditedCall): (event: SessionEvent) => void {
    let emotionOn: boolean | undefined;
    return (event) => {
      switch (event.type) {
        case 'session.ready':
          emotionOn = event.settings.emotionEnabled;
          return;
        case 'settings.updated': {
          const { emotionEnabled } = event.settings;
          if (emotionOn === emotionEnabled) return;
          emotionOn = emotionEnabled;
          this.#write('emotion.switched', tenant, { call: callId, emotion: emotionEnabled ? 'on' : 'off' });
          return;
        }
        case 'request.failed':
          if (event.error.code === 'EMOTION_PURPOSE_FORBIDDEN')
            this.#write('purpose.refused', tenant, { call: callId });
          return;
        case 'escalation':
          this.#write('escalation.requested', tenant, { call: callId, action: event.action, rule: event.rule });
          return;
        default:
      }
    };
  }

  /** Somebody came to this path with a key, or from a page, that may not do what they asked for. */
  noteRefusedKey(path: string, code: ErrorCode): void {
    this.#refusedKeys += 1;
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#refusedNotedAtMs < refusedKeysPauseMs) return;
    this.#refusedNotedAtMs = nowMs;
    this.#write('key.refused', '', { path, code, sinceLast: this.#refusedKeys });
    this.#refusedKeys = 0;
  }

  /** What holds in the calls of each tenant, from now on. */
  noteTenants(tenants: readonly Tenant[]): void {
    for (const tenant of tenants) {
      const { name, emotionEnabled, purpose, purposeExempt, memoryRetentionDays, recordsTurns } = tenant;
      const facts = { emotionEnabled, purpose, purposeExempt, memoryRetentionDays, recordsTurns };
      this.#write('tenant.opened', name, facts, 'server');
    }
  }

  /** A secret was made for a browser. */
  noteSecret(key: ApiKey): void {
    this.#write('secret.created', key.tenant.name, {}, actorOf(key));
  }

  /** Somebody listened to the recording of a call. */
  noteHeard(key: ApiKey, callId: string): void {
    this.#write('recording.heard', key.tenant.name, { call: callId }, actorOf(key));
  }

  /** Resolves when everything noted is on the disk. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
  }

  #write(action: AuditEvent['action'], tenant: string, facts: AuditEvent['facts'], actor = 'client'): void {
    const trail = this.#trail;
    if (trail === null) return;
    if (this.#pending >= mostPending) {
      this.#logger.error('an entry of the audit log was dropped', { code: 'QUEUE_FULL', action });
      return;
    }
    this.#pending += 1;
    this.#scope.spawn('note', async () => {
      try {
        await trail.note({ action, tenant, actor, subject: null, facts });
      } catch (error) {
        const { code } = toAttuneError(error, 'AUDIT_UNAVAILABLE');
        this.#logger.error('an entry of the audit log could not be written', { code, action });
      } finally {
        this.#pending -= 1;
      }
    });
  }
}
