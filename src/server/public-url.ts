/**
 * The address under which telephone platforms reach this server. What they sign covers it exactly as they have it, which
 * behind a proxy is not the one this server sees.
 */
import { AttuneError } from '../core/errors.js';

/** Throws OPTION_INVALID for what is no plain address. */
export function publicUrlOf(address: string): URL {
  if (URL.canParse(address)) {
    const url = new URL(address);
    if (/^https?:$/u.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '') return url;
  }
  throw new AttuneError('OPTION_INVALID', 'publicUrl must be an https address without a query', { field: 'publicUrl' });
}

/** The path in front of this server's own; empty when there is none. */
export function pathBefore({ pathname }: URL): string {
  return pathname.replace(/\/$/u, '');
}
