/**
 * Which addresses may be fetched: HTTPS anywhere, plain HTTP only on this machine, never with a user name in them.
 *
 * A redirect is held to the same, and may not lead from the outside onto this machine.
 */
import { AttuneError } from '../../core/errors.js';

/** Hops that homes need: page → release → store, with room. */
export const maxRedirects = 5;

export function isFetchable(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  return isSafe && url.username === '' && url.password === '';
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/u.test(hostname);
}

/** Throws ADDRESS_REFUSED. */
export function assertFetchable(address: string): void {
  if (isFetchable(address)) return;
  throw new AttuneError('ADDRESS_REFUSED', `${shownAddress(address)} is not HTTPS`, { field: shownAddress(address) });
}

/** Where a redirect leads. Throws ADDRESS_REFUSED when it may not be followed. */
export function redirectTarget(from: URL, location: string | null): URL {
  const target = location === null || !URL.canParse(location, from) ? undefined : new URL(location, from);
  if (target === undefined) {
    throw new AttuneError('ADDRESS_REFUSED', `${shownAddress(from.href)} redirects to nowhere`);
  }
  if (!isFetchable(target.href) || (isLoopback(target) && !isLoopback(from))) {
    throw new AttuneError('ADDRESS_REFUSED', `${from.host} redirects to ${shownAddress(target.href)}`, {
      field: shownAddress(target.href),
    });
  }
  return target;
}

/** Without the query, which of stores holds a signature, and without a user. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return address;
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}
