/**
 * What this server knows of its Twilio account: whether a request is really Twilio's, where it is to be reached, and which calls
 * wait to be put through to a person.
 *
 * Signatures are made and compared by Twilio's own package, in constant time. They cover the address exactly as Twilio has it,
 * which behind a proxy is not the one this server sees: hence the public URL.
 */
import type { IncomingHttpHeaders } from 'node:http';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { AttuneError } from '../core/errors.js';
import type { Config } from './option-table.js';
import type { Access } from './access.js';
import type { ApiKey } from './api-key.js';
import type { PhoneLine } from './phone-endpoint.js';
import { ownKey, platformKey } from './own-key.js';
import { pathBefore, publicUrlOf } from './public-url.js';
import type { Tenants } from './tenants.js';

export const twilioMediaPath = '/twilio/media';
export const twilioVoicePath = '/twilio/voice';
export const twilioAfterPath = '/twilio/after';

/** Calls between the end of their stream and Twilio's question what to do next: a moment. */
const mostTransfers = 1_000;

export class TwilioLine {
  readonly transferTo: string | null;
  readonly #authToken: string | null;
  readonly #isSignatureOff: boolean;
  readonly #publicUrl: URL | null;
  readonly #tenants: () => Tenants;
  readonly #access: Access;
  readonly #transfers = new Set<string>();

  /** Throws OPTION_INVALID. */
  constructor(config: Config, { tenants, access }: { readonly tenants: () => Tenants; readonly access: Access }) {
    const { publicUrl, twilioAuthToken, twilioSignature, transferTo } = config;
    this.transferTo = transferTo;
    this.#authToken = twilioAuthToken;
    this.#isSignatureOff = twilioSignature === 'off';
    this.#tenants = tenants;
    this.#access = access;
    this.#publicUrl = publicUrl === null ? null : publicUrlOf(publicUrl);
    if (twilioAuthToken !== null && publicUrl === null)
      throw new AttuneError('OPTION_INVALID', 'twilioAuthToken needs publicUrl, which signatures cover', {
        field: 'publicUrl',
      });
  }

  /** True when nothing proves that a call is Twilio's, so that the call itself must bring a key where there are keys. */
  get needsKey(): boolean {
    const tenants = this.#tenants();
    return !tenants.open && (this.#isSignatureOff || ownKey(tenants) === undefined);
  }

  /** How streams are let in, and callers put through. */
  get admission(): Pick<PhoneLine, 'admit' | 'needsKey' | 'transfer'> {
    return {
      admit: (request) => this.admit(request),
      needsKey: () => this.needsKey,
      ...(this.transferTo === null ? {} : { transfer: (callSid: string) => this.noteTransfer(callSid) }),
    };
  }

  /** What a stream counts for. Throws SIGNATURE_INVALID, ORIGIN_REFUSED or UNAUTHORIZED. */
  admit({ path, headers }: { readonly path: string; readonly headers: IncomingHttpHeaders }): ApiKey {
    const refusal = this.refusalOf({ target: path, headers, scheme: 'wss', fields: {} });
    if (refusal !== null) throw refusal;
    return this.keyOf(headers);
  }

  /** What a request that was taken for Twilio's counts for, and brings no key. Throws ORIGIN_REFUSED or UNAUTHORIZED. */
  keyOf(headers: IncomingHttpHeaders): ApiKey {
    const tenants = this.#tenants();
    // Unsigned, it is a connection as any other.
    if (this.#isSignatureOff && tenants.open) return this.#access.grantFor(undefined, headers, 'talk').key;
    const [anybody] = tenants.all;
    // Where the call must bring a key, it is nobody's until it did.
    const key = ownKey(tenants) ?? (anybody && platformKey(anybody));
    if (key === undefined) throw new AttuneError('UNAUTHORIZED', 'nobody has a key here');
    return key;
  }

  /** Why a request is not taken for Twilio's; null when it is. */
  refusalOf(request: {
    /** Path and query. */
    readonly target: string;
    readonly headers: IncomingHttpHeaders;
    readonly scheme: 'https' | 'wss';
    readonly fields: Readonly<Record<string, string>>;
  }): AttuneError | null {
    if (this.#isSignatureOff) return null;
    const signature = request.headers['x-twilio-signature'];
    if (this.#authToken === null || this.#publicUrl === null)
      return new AttuneError('SIGNATURE_INVALID', 'this server knows no Twilio account', {
        hint: 'Set twilioAuthToken and publicUrl, or twilioSignature off.',
      });
    const address = `${this.#base(request.scheme, this.#publicUrl)}${request.target}`;
    const isValid =
      typeof signature === 'string' &&
      webhooks.validateRequest(this.#authToken, signature, address, { ...request.fields });
    return isValid ? null : new AttuneError('SIGNATURE_INVALID', 'the signature of Twilio is missing or wrong');
  }

  /** The address of a path as Twilio is to call it; `host` stands in where no public URL is set. */
  addressOf(path: string, scheme: 'https' | 'wss', host: string): string {
    const base = this.#publicUrl === null ? `${scheme}://${host}` : this.#base(scheme, this.#publicUrl);
    return `${base}${path}`;
  }

  /** The call is to be put through once its stream has ended. */
  noteTransfer(callSid: string): void {
    if (this.#transfers.size >= mostTransfers) this.#transfers.delete(this.#transfers.values().next().value ?? '');
    this.#transfers.add(callSid);
  }

  /** True once for a call that is to be put through. */
  takeTransfer(callSid: string): boolean {
    return this.#transfers.delete(callSid);
  }

  #base(scheme: 'https' | 'wss', url: URL): string {
    const isPlain = url.protocol === 'http:';
    const shown = scheme === 'https' ? (isPlain ? 'http' : 'https') : isPlain ? 'ws' : 'wss';
    return `${shown}://${url.host}${pathBefore(url)}`;
  }
}
