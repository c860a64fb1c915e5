/**
 * The tenants of a configuration, read anew when their file changes: a key that is taken out of it opens nothing more from
 * then on. Calls in progress go on.
 */
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { Config } from './option-table.js';
import { Tenants } from './tenants.js';
import { WatchedFile } from './watched-file.js';

export interface CurrentTenants extends AsyncDisposable {
  readonly current: Tenants;
}

/** Throws as `Tenants.read`. */
export async function watchTenants(
  config: Config,
  {
    clock,
    logger,
    onChanged,
  }: { readonly clock: Clock; readonly logger: Logger; readonly onChanged: (now: Tenants) => void },
): Promise<CurrentTenants> {
  const { tenantsFile } = config;
  if (tenantsFile === null)
    return { current: Tenants.ofConfig(config), [Symbol.asyncDispose]: () => Promise.resolve() };
  return WatchedFile.open({
    file: tenantsFile,
    read: () => Tenants.read(config),
    clock,
    onChanged: (tenants) => {
      logger.info('tenants reloaded', { tenants: tenants.all.length });
      onChanged(tenants);
    },
    onRefused: ({ code, message }) => logger.error('the tenants stay as they were', { code, error: message }),
  });
}
