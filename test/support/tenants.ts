/**
 * The tenants of a server with these keys, and nothing else said.
 */
import { loadConfig } from '../../src/server/config.js';
import { Tenants } from '../../src/server/tenants.js';

export function tenantsOfKeys(...apiKeys: readonly string[]): Tenants {
  return Tenants.ofConfig(loadConfig({ flags: { apiKeys: apiKeys.join(',') }, environment: {} }));
}
