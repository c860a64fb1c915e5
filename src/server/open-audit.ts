/**
 * Opens the audit log that a configuration asks for.
 */
import type { Clock } from '../core/clock.js';
import { AuditLog } from '../privacy/audit-log.js';
import type { Config } from './option-table.js';

/** Null when the configuration wants none. Throws AUDIT_UNAVAILABLE or AUDIT_BROKEN. */
export async function openAudit(
  { auditLog, auditKey }: Pick<Config, 'auditLog' | 'auditKey'>,
  clock: Clock,
): Promise<AuditLog | null> {
  if (auditLog === 'off') return null;
  return AuditLog.open(auditLog, { key: auditKey, wallTimeMs: () => clock.wallTimeMs() });
}
