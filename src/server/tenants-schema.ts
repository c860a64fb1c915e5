/**
 * What the file of tenants may say.
 */
import { z } from 'zod';
import { readYaml } from '../core/yaml-file.js';
import { emotionPurposes, purposeExemptions } from '../privacy/emotion-purpose.js';
import { digestOf, idOf, keyScopes, type KeyLimits, type KeyScope } from './api-key.js';

/** A key may stand in the file as it is, or as its digest. */
const digestPattern = /^sha256:([0-9a-f]{64})$/;

const keyText = z.string().min(8);
const limit = z.int().min(1).max(1_000_000).optional();

const describedKey = z.strictObject({
  key: keyText,
  name: z.string().min(1).max(64).optional(),
  scopes: z.array(z.enum(keyScopes)).min(1).optional(),
  maxCalls: limit,
  callsPerMinute: limit,
  requestsPerMinute: limit,
});

const tenantSchema = z.strictObject({
  keys: z.array(z.union([keyText, describedKey])).min(1),
  emotion: z.enum(['on', 'off']).optional(),
  emotionNotice: z.string().nullable().optional(),
  purpose: z.enum(emotionPurposes).optional(),
  purposeExemption: z.enum(purposeExemptions).optional(),
  purposeExemptionReason: z.string().optional(),
  memoryRetentionDays: z.int().min(1).max(3_650).optional(),
  turnRecords: z.enum(['on', 'off']).optional(),
  speculation: z.enum(['on', 'off']).optional(),
  instructions: z.string().optional(),
  voice: z.string().min(1).optional(),
  locale: z.string().min(2).optional(),
});

const fileSchema = z.strictObject({
  tenants: z.record(
    z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes'),
    tenantSchema,
  ),
});

export type KeyEntry = z.infer<typeof describedKey>;
export type TenantEntry = z.infer<typeof tenantSchema>;
export type TenantsContent = z.infer<typeof fileSchema>;

/** Throws TENANTS_INVALID with the place and the field. */
export function parseTenants(text: string, fileName: string): TenantsContent {
  return readYaml(text, { schema: fileSchema, fileName, code: 'TENANTS_INVALID' }).value;
}

/** A key as the file has it, with what is not said filled in. */
export interface ReadKey {
  readonly digest: Buffer;
  readonly id: string;
  readonly name: string | null;
  readonly scopes: readonly KeyScope[];
  /** Those that are said. */
  readonly limits: { readonly [Name in keyof KeyLimits]?: number | undefined };
}

export function readKey(entry: string | KeyEntry): ReadKey {
  const { key, name = null, scopes = keyScopes, ...limits } = typeof entry === 'string' ? { key: entry } : entry;
  const stated = digestPattern.exec(key)?.[1];
  const digest = stated === undefined ? digestOf(key) : Buffer.from(stated, 'hex');
  return { digest, id: idOf(digest), name, scopes, limits };
}
