/**
 * What connections may do that come without a key and are known in another way: by a signature, or by the private address on
 * which they came in.
 */
import { unlimited, type ApiKey } from './api-key.js';
import type { Tenant } from './tenant.js';
import type { Tenants } from './tenants.js';

/** A call of the server's own tenant; undefined where nobody but the tenants of a file has keys. */
export function ownKey(tenants: Tenants): ApiKey | undefined {
  const tenant = tenants.named('default');
  if (tenants.open || tenant === undefined) return tenants.keyOf(undefined);
  return platformKey(tenant);
}

/** What a platform's connection counts for. */
export function platformKey(tenant: Tenant): ApiKey {
  return { id: 'platform', name: null, tenant, scopes: new Set(['talk']), limits: unlimited };
}
