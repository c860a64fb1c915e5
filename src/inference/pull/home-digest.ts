/**
 * What Hugging Face itself says about a file: its digest, its size and the commit it belongs to.
 *
 * Large files have a SHA-256 there (`x-linked-etag`, the name in Git LFS), small ones the SHA-1 name of a Git blob as
 * entity tag. Both come over TLS from the host that serves the file: they tell a broken transfer and a later change from
 * the first download, not whether the first download was what its maker published.
 */
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { Scope } from '../../core/scope.js';
import { isLoopback, shownAddress } from './address.js';
import { exchange } from './http-exchange.js';

export interface HomeDigest {
  /** Hexadecimal; one of the two is there. */
  readonly sha256: string | undefined;
  readonly gitBlobName: string | undefined;
  readonly bytes: number | undefined;
  /** The same file by its commit, which does not change. */
  readonly url: string;
}

/** @param url as `https://huggingface.co/OWNER/NAME/resolve/REVISION/PATH`. Throws DIGEST_UNKNOWN and what `exchange` does. */
export async function homeDigestOf(
  url: string,
  { clock, scope }: { readonly clock: Clock; readonly scope: Scope },
): Promise<HomeDigest> {
  assertHuggingFace(url);
  const said = new Map<string, string>();
  const keep = (headers: Headers): void => {
    for (const name of ['x-repo-commit', 'x-linked-etag', 'x-linked-size', 'etag', 'content-length']) {
      const value = headers.get(name);
      // The size of a redirect is that of its own text.
      if (value !== null && !said.has(name) && !(name === 'content-length' && headers.has('location'))) {
        said.set(name, value);
      }
    }
  };
  await exchange(url, { method: 'HEAD', clock, scope, leavesHost: false, onAnswer: keep }, async () => undefined);

  const tag = (said.get('x-linked-etag') ?? said.get('etag'))?.replace(/^W\//u, '').replaceAll('"', '').toLowerCase();
  const size = Number(said.get('x-linked-size') ?? said.get('content-length'));
  const commit = said.get('x-repo-commit');
  const sha256 = tag !== undefined && /^[0-9a-f]{64}$/u.test(tag) ? tag : undefined;
  const gitBlobName = tag !== undefined && /^[0-9a-f]{40}$/u.test(tag) ? tag : undefined;
  if ((sha256 ?? gitBlobName) === undefined || commit === undefined || !/^[0-9a-f]{40}$/u.test(commit)) {
    throw new AttuneError('DIGEST_UNKNOWN', `${shownAddress(url)} comes without a digest or a commit`, { field: url });
  }
  return {
    sha256,
    gitBlobName,
    bytes: Number.isSafeInteger(size) && size > 0 ? size : undefined,
    url: url.replace(/\/resolve\/[^/]+\//u, `/resolve/${commit}/`),
  };
}

/** Anybody could set these headers; only that home's are taken, and those of this machine. */
function assertHuggingFace(address: string): void {
  const url = new URL(address);
  const isHome = url.host === 'huggingface.co' || isLoopback(url);
  if (isHome && /\/resolve\/[^/]+\//u.test(url.pathname)) return;
  throw new AttuneError('DIGEST_UNKNOWN', `${shownAddress(address)} is not an address of a file on huggingface.co`, {
    field: address,
  });
}
