/**
 * One HTTP message signature (RFC 9421) by HMAC-SHA256: what a request's headers state, and whether it holds.
 *
 * Strict on purpose. One signature, no parameters of components, no escapes in texts, and the exact form that the standard
 * prescribes for writing them: only then are the bytes of the header those that were signed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const label = /[a-z*][a-z0-9_\-.*]*/u.source;
const quoted = /"[ !#-[\]-~]*"/u.source;
const integer = /\d{1,15}/u.source;
const parameter = `;[a-z*][a-z0-9_\\-.*]*=(?:${quoted}|${integer})`;
const inputForm = new RegExp(`^(${label})=(\\((${quoted}(?: ${quoted})*)\\)((?:${parameter})+))$`, 'u');
const signatureForm = new RegExp(`^(${label})=:([A-Za-z0-9+/]{43}=):$`, 'u');
const parameterForm = new RegExp(`;([^=]+)=(${quoted}|${integer})`, 'gu');

const known = new Set(['alg', 'created', 'expires', 'keyid', 'nonce']);

/** Of an HMAC-SHA256. */
const signatureBytes = 32;

export class HttpSignature {
  /** What it covers, in the order in which it was signed. */
  readonly components: readonly string[];
  readonly keyId: string | null;
  readonly nonce: string | null;
  /** Seconds since the Unix epoch. */
  readonly createdS: number | null;
  readonly expiresS: number | null;
  readonly #input: string;
  readonly #signature: Buffer;

  private constructor(parts: {
    readonly components: readonly string[];
    readonly parameters: ReadonlyMap<string, string | number>;
    readonly input: string;
    readonly signature: Buffer;
  }) {
    const textAt = (name: string): string | null => {
      const value = parts.parameters.get(name);
      return typeof value === 'string' ? value : null;
    };
    const numberAt = (name: string): number | null => {
      const value = parts.parameters.get(name);
      return typeof value === 'number' ? value : null;
    };
    this.components = parts.components;
    this.keyId = textAt('keyid');
    this.nonce = textAt('nonce');
    this.createdS = numberAt('created');
    this.expiresS = numberAt('expires');
    this.#input = parts.input;
    this.#signature = parts.signature;
  }

  /** Null where there is none, or one that is not understood to the letter. */
  static of(headers: IncomingHttpHeaders): HttpSignature | null {
    const input = inputForm.exec(textOf(headers['signature-input']));
    const signature = signatureForm.exec(textOf(headers['signature']));
    if (!input || !signature || input[1] !== signature[1]) return null;
    const [, , whole = '', list = '', tail = ''] = input;
    const components = list.slice(1, -1).split('" "');
    const stated = [...tail.matchAll(parameterForm)].map(
      ([, name = '', value = '']) => [name, valueOf(value)] as const,
    );
    const parameters = new Map<string, string | number>(stated);
    const isClear = parameters.size === stated.length && new Set(components).size === components.length;
    if (!isClear || stated.some(([name]) => !known.has(name))) return null;
    if ((parameters.get('alg') ?? 'hmac-sha256') !== 'hmac-sha256') return null;
    const bytes = Buffer.from(signature[2] ?? '', 'base64');
    // The length decides before the comparison, which refuses texts of two lengths by throwing.
    if (bytes.length !== signatureBytes) return null;
    return new HttpSignature({ components, parameters, input: whole, signature: bytes });
  }

  /**
   * True when one of the secrets made it. All are tried, in constant time, so that nobody learns which.
   *
   * @param valueOf what a component has in this request; undefined makes the signature worthless
   */
  isMadeWith(secrets: readonly Uint8Array[], valueOf: (component: string) => string | undefined): boolean {
    const lines: string[] = [];
    for (const component of this.components) {
      const value = valueOf(component);
      if (value === undefined) return false;
      lines.push(`"${component}": ${value}`);
    }
    const base = [...lines, `"@signature-params": ${this.#input}`].join('\n');
    const matches = secrets.map(
      (secret) =>
        secret.length > 0 && timingSafeEqual(createHmac('sha256', secret).update(base).digest(), this.#signature),
    );
    return matches.includes(true);
  }
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header.trim() : '';
}

function valueOf(written: string): string | number {
  return written.startsWith('"') ? written.slice(1, -1) : Number(written);
}
