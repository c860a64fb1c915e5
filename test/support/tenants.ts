/**
 * The tenants of a server with these keys, and nothing else said; and who may do what there.
 */
import type { Clock } from '../../src/core/clock.js';
import { Access } from '../../src/server/access.js';
import { ClientSecrets } from '../../src/server/client-secrets.js';
import { loadConfig } from '../../src/server/config.js';
import { Tenants } from '../../src/server/tenants.js';

export function tenantsOfKeys(...apiKeys: readonly string[]): Tenants {
  return Tenants.ofConfig(loadConfig({ flags: { apiKeys: apiKeys.join(',') }, environment: {} }));
}

export function accessOf(
  tenants: Tenants,
  { clock, allowedOrigins = [] }: { readonly clock: Clock; readonly allowedOrigins?: readonly string[] },
): Access {
  return new Access({ tenants: () => tenants, secrets: new ClientSecrets(clock), allowedOrigins, clock });
}
