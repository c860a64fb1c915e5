/**
 * The organisations that share a server: which keys are whose, and what holds in their calls.
 *
 * Without a file of tenants there is one, `default`, with the options of the server. A file's tenants take the server's options
 * for what they do not say. Keys are kept as digests and compared in constant time; the file may hold digests itself.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { AttuneError } from '../core/errors.js';
import {
  assertPurposeAllowed,
  emotionPurposes,
  purposeExemptions,
  type EmotionPurpose,
} from '../privacy/emotion-purpose.js';
import type { Config } from './option-table.js';

export interface Tenant {
  readonly name: string;
  /** False: emotion is inferred in none of their calls. */
  readonly emotionEnabled: boolean;
  readonly emotionNotice: string | null;
  readonly purpose: EmotionPurpose;
  /** True when a stated medical or safety reason allows a purpose that is forbidden otherwise. */
  readonly purposeExempt: boolean;
  readonly memoryRetentionDays: number;
  readonly recordsTurns: boolean;
  /** Of sessions that bring none. */
  readonly instructions: string;
  readonly voice: string;
  readonly locale: string;
}

const defaultName = 'default';
const defaultInstructions =
  'You are a friendly voice assistant. Answer in one to three short spoken sentences. Ask when something is unclear.';

const digestPattern = /^sha256:([0-9a-f]{64})$/;

const tenantSchema = z.strictObject({
  keys: z.array(z.string().min(8)).min(1),
  emotion: z.enum(['on', 'off']).optional(),
  emotionNotice: z.string().nullable().optional(),
  purpose: z.enum(emotionPurposes).optional(),
  purposeExemption: z.enum(purposeExemptions).optional(),
  purposeExemptionReason: z.string().optional(),
  memoryRetentionDays: z.int().min(1).max(3_650).optional(),
  turnRecords: z.enum(['on', 'off']).optional(),
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

interface KnownKey {
  readonly digest: Buffer;
  readonly tenant: Tenant;
}

export class Tenants {
  readonly all: readonly Tenant[];
  readonly #keys: readonly KnownKey[];
  /** Whose call it is when no key is asked for. */
  readonly #everybody: Tenant | null;

  private constructor(keys: readonly KnownKey[], everybody: Tenant | null) {
    this.#keys = keys;
    this.#everybody = everybody;
    this.all = [...new Set([...keys.map(({ tenant }) => tenant), ...(everybody === null ? [] : [everybody])])];
  }

  /** The one tenant of a configuration without a file. */
  static ofConfig(config: Config): Tenants {
    const tenant = tenantOf(defaultName, {}, config);
    return new Tenants(
      config.apiKeys.map((key) => ({ digest: digestOf(key), tenant })),
      config.apiKeys.length === 0 ? tenant : null,
    );
  }

  /** Throws TENANTS_INVALID with the field, or EMOTION_PURPOSE_FORBIDDEN. */
  static async read(config: Config): Promise<Tenants> {
    const { tenantsFile } = config;
    if (tenantsFile === null) return Tenants.ofConfig(config);
    const keys: KnownKey[] = [];
    for (const [name, said] of Object.entries((await tenantsIn(tenantsFile)).tenants)) {
      if (name === defaultName && config.apiKeys.length > 0)
        throw new AttuneError('TENANTS_INVALID', `the keys of '${defaultName}' are in apiKeys already`, {
          field: `tenants.${name}`,
        });
      const tenant = tenantOf(name, said, config);
      for (const key of said.keys) {
        const digest = digestPattern.test(key) ? Buffer.from(key.slice('sha256:'.length), 'hex') : digestOf(key);
        if (keys.some((known) => known.digest.equals(digest)))
          throw new AttuneError('TENANTS_INVALID', 'a key belongs to two tenants', { field: `tenants.${name}.keys` });
        keys.push({ digest, tenant });
      }
    }
    const own = tenantOf(defaultName, {}, config);
    return new Tenants([...keys, ...config.apiKeys.map((key) => ({ digest: digestOf(key), tenant: own }))], null);
  }

  /** True when everybody who can connect is let in. */
  get open(): boolean {
    return this.#everybody !== null;
  }

  /** Whose key it is; undefined for a wrong or missing one. */
  ofKey(credential: string | undefined): Tenant | undefined {
    if (this.#everybody !== null) return this.#everybody;
    if (credential === undefined) return undefined;
    const digest = digestOf(credential);
    // Every key is compared, so the time says nothing about which one was close.
    return this.#keys.filter((known) => timingSafeEqual(known.digest, digest))[0]?.tenant;
  }

  /** Undefined for a name that nobody has any more. */
  named(name: string): Tenant | undefined {
    return this.all.find((tenant) => tenant.name === name);
  }
}

function tenantOf(name: string, said: Partial<z.infer<typeof tenantSchema>>, config: Config): Tenant {
  const purpose = {
    emotion: said.emotion ?? config.emotion,
    purpose: said.purpose ?? config.purpose,
    purposeExemption: said.purposeExemption ?? config.purposeExemption,
    purposeExemptionReason: said.purposeExemptionReason ?? config.purposeExemptionReason,
  };
  assertPurposeAllowed(purpose);
  return {
    name,
    // What the server does not infer, no tenant can have.
    emotionEnabled: config.emotion === 'on' && purpose.emotion === 'on',
    emotionNotice: said.emotionNotice === undefined ? config.emotionNotice : said.emotionNotice,
    purpose: purpose.purpose,
    purposeExempt: purpose.purposeExemption !== 'none',
    memoryRetentionDays: said.memoryRetentionDays ?? config.memoryRetentionDays,
    recordsTurns: (said.turnRecords ?? config.turnRecords) === 'on',
    instructions: said.instructions ?? config.instructions ?? defaultInstructions,
    voice: said.voice ?? config.voice,
    locale: said.locale ?? config.locale,
  };
}

async function tenantsIn(file: string): Promise<z.infer<typeof fileSchema>> {
  let content: unknown;
  try {
    content = parseYaml(await readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AttuneError('TENANTS_INVALID', `cannot read ${file}: ${reason}`, { field: 'tenantsFile', cause: error });
  }
  const read = fileSchema.safeParse(content);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new AttuneError('TENANTS_INVALID', `${file}: ${issue?.message ?? 'it does not fit'}`, {
    field: issue?.path.join('.') ?? 'tenantsFile',
  });
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
