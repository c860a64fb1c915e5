/**
 * One HTTP request and its redirects, with every hop's address checked and silence limited.
 *
 * Answers what a server said or throws: TransientFailure for what may pass, AttuneError for what will not. Bodies come
 * as they are stored: compression would change sizes and entity tags.
 */
import type { Clock } from '../../core/clock.js';
import { AttuneError } from '../../core/errors.js';
import type { Scope } from '../../core/scope.js';
import { assertFetchable, maxRedirects, redirectTarget, shownAddress } from './address.js';
import { pauseOf, TransientFailure } from './transient-failure.js';

/** How long a server may say nothing. */
const longestSilenceMs = 30_000;

const transientStatus = new Set([408, 425, 429, 500, 502, 503, 504]);
/** What a wrong certificate is called by OpenSSL and Node; it does not become right by waiting. */
const certificateTrouble = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/u;

export interface ExchangeRequest {
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly scope: Scope;
  /** False to answer the redirect itself when it leads to another host. */
  readonly leavesHost?: boolean;
  /** Told of each answer on the way, redirects included, before it is judged. */
  readonly onAnswer?: (headers: Headers) => void;
}

/**
 * Runs `use` on the answer and ends the connection afterwards, whatever happens. `alive` must be called for every piece
 * of the body. Throws TransientFailure, ADDRESS_REFUSED, DOWNLOAD_FAILED or the reason of the scope.
 */
export async function exchange<T>(
  address: string,
  request: ExchangeRequest,
  use: (response: Response, alive: () => void) => Promise<T>,
): Promise<T> {
  assertFetchable(address);
  await using attempt = request.scope.child('exchange');
  const onSilence = (): void => attempt.cancel('deadline');
  let silence = request.clock.after(longestSilenceMs, onSilence);
  const alive = (): void => {
    silence.cancel();
    silence = request.clock.after(longestSilenceMs, onSilence);
  };
  try {
    const response = await followed(new URL(address), request, attempt.signal, alive);
    try {
      assertWelcome(response, address, request.clock);
      return await use(response, alive);
    } finally {
      await response.body?.cancel().catch(() => undefined);
    }
  } catch (error) {
    request.scope.signal.throwIfAborted();
    if (attempt.signal.aborted) {
      throw new TransientFailure(`nothing came for ${longestSilenceMs / 1_000} s`, { cause: error });
    }
    throw isConnectionFailure(error) ? connectionFailure(error, address) : error;
  } finally {
    silence.cancel();
  }
}

async function followed(
  address: URL,
  { method, headers = {}, leavesHost = true, onAnswer }: ExchangeRequest,
  signal: AbortSignal,
  alive: () => void,
): Promise<Response> {
  let url = address;
  for (let hops = 0; hops <= maxRedirects; hops += 1) {
    const response = await fetch(url, {
      method,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'attune', ...headers },
      redirect: 'manual',
      signal,
    });
    alive();
    onAnswer?.(response.headers);
    if (response.status < 300 || response.status > 399 || response.status === 304) return response;
    const target = redirectTarget(url, response.headers.get('location'));
    if (!leavesHost && target.host !== url.host) return response;
    await response.body?.cancel();
    url = target;
  }
  throw new AttuneError('ADDRESS_REFUSED', `${shownAddress(address.href)} redirects more than ${maxRedirects} times`, {
    field: shownAddress(address.href),
  });
}

/** 416 is left to the caller, who asked for the range. */
function assertWelcome({ status, headers }: Response, address: string, clock: Clock): void {
  if (status < 400 || status === 416) return;
  if (transientStatus.has(status)) {
    throw new TransientFailure(`the server answers ${status}`, { pauseMs: pauseOf(headers.get('retry-after'), clock) });
  }
  const shown = shownAddress(address);
  const isGated = status === 401 || status === 403;
  throw new AttuneError('DOWNLOAD_FAILED', `${shown}: the server answers ${status}`, {
    field: shown,
    hint: isGated
      ? 'The home wants an account for this file; fetch it by hand or choose another model.'
      : 'The file may have moved; look at the homepage of the model or use a newer catalogue.',
  });
}

function isConnectionFailure(error: unknown): error is Error {
  // fetch() and the streams of its bodies reject with a TypeError whose cause tells what happened.
  return error instanceof TypeError && error.cause instanceof Error;
}

function connectionFailure(error: Error, address: string): Error {
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  const code = cause?.code ?? '';
  const reason = cause?.message ?? error.message;
  if (!certificateTrouble.test(code)) return new TransientFailure(reason, { cause: error });
  const shown = shownAddress(address);
  return new AttuneError('DOWNLOAD_FAILED', `${shown}: ${reason}`, { field: shown, cause: error });
}
