/**
 * The organisations that share a server: which keys are whose, and what holds in their calls.
 *
 * Without a file of tenants there is one, `default`, with the options of the server. A file's tenants take the server's options
 * for what they do not say. Keys are kept as digests and compared in constant time; the file may hold digests itself.
 */
import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../core/errors.js';
import { assertPurposeAllowed } from '../privacy/emotion-purpose.js';
import { digestOf, keyScopes, openKeyId, unlimited, type ApiKey, type KeyLimits } from './api-key.js';
import type { Config } from './option-table.js';
import type { Tenant } from './tenant.js';
import {
  parseTenants,
  readKey,
  type KeyEntry,
  type ReadKey,
  type TenantEntry,
  type TenantsContent,
} from './tenants-schema.js';

const defaultName = 'default';
const defaultInstructions =
  'You are a friendly voice assistant. Answer in one to three short spoken sentences. Ask when something is unclear.';

interface KnownKey extends ApiKey {
  readonly digest: Buffer;
}

export class Tenants {
  readonly all: readonly Tenant[];
  readonly #keys: readonly KnownKey[];
  /** What everybody comes with when no key is asked for. */
  readonly #everybody: ApiKey | null;

  private constructor(keys: readonly KnownKey[], everybody: ApiKey | null) {
    this.#keys = keys;
    this.#everybody = everybody;
    this.all = [...new Set([...keys, ...(everybody === null ? [] : [everybody])].map(({ tenant }) => tenant))];
  }

  /** The one tenant of a configuration without a file. */
  static ofConfig(config: Config): Tenants {
    const tenant = tenantOf(defaultName, {}, config);
    const everybody = { id: openKeyId, name: null, tenant, scopes: new Set(keyScopes), limits: unlimited };
    return new Tenants(
      config.apiKeys.map((key) => knownKey(key, tenant)),
      config.apiKeys.length === 0 ? everybody : null,
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
      for (const entry of said.keys) {
        const key = knownKey(entry, tenant);
        if (keys.some((known) => known.digest.equals(key.digest)))
          throw new AttuneError('TENANTS_INVALID', 'a key is there twice', { field: `tenants.${name}.keys` });
        keys.push(key);
      }
    }
    const own = tenantOf(defaultName, {}, config);
    return new Tenants([...keys, ...config.apiKeys.map((key) => knownKey(key, own))], null);
  }

  /** True when everybody who can connect is let in. */
  get open(): boolean {
    return this.#everybody !== null;
  }

  /** Undefined for a wrong or missing key. */
  keyOf(credential: string | undefined): ApiKey | undefined {
    if (this.#everybody !== null) return this.#everybody;
    if (credential === undefined) return undefined;
    const digest = digestOf(credential);
    // Every key is compared, so the time says nothing about which one was close.
    return this.#keys.filter((known) => timingSafeEqual(known.digest, digest))[0];
  }

  /** Undefined for a key that was taken away since. */
  keyWithId(id: string): ApiKey | undefined {
    return this.#everybody?.id === id ? this.#everybody : this.#keys.find((key) => key.id === id);
  }

  /** Undefined for a name that nobody has any more. */
  named(name: string): Tenant | undefined {
    return this.all.find((tenant) => tenant.name === name);
  }
}

function knownKey(entry: string | KeyEntry, tenant: Tenant): KnownKey {
  const { scopes, limits, ...key } = readKey(entry);
  return { ...key, tenant, scopes: new Set(scopes), limits: limitsIn(limits) };
}

function limitsIn(said: ReadKey['limits']): KeyLimits {
  return {
    maxCalls: said.maxCalls ?? null,
    callsPerMinute: said.callsPerMinute ?? null,
    requestsPerMinute: said.requestsPerMinute ?? null,
  };
}

function tenantOf(name: string, said: Partial<TenantEntry>, config: Config): Tenant {
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
    speculates: (said.speculation ?? config.speculation) === 'on',
    instructions: said.instructions ?? config.instructions ?? defaultInstructions,
    voice: said.voice ?? config.voice,
    locale: said.locale ?? config.locale,
  };
}

async function tenantsIn(file: string): Promise<TenantsContent> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AttuneError('TENANTS_INVALID', `cannot read ${file}: ${reason}`, { field: 'tenantsFile', cause: error });
  }
  return parseTenants(text, file);
}
