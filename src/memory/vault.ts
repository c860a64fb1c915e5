/**
 * Seals and opens what is kept: AES-256-GCM with a ring of keys.
 *
 * A sealed record is `version (1) · key id (4) · nonce (12) · tag (16) · ciphertext`. Its place (tenant, person, record) is
 * authenticated with it, so that a record moved to another person does not open. The newest key seals, every key opens;
 * to rotate is to put a new key first and seal everything again.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { defined } from '../core/assert.js';
import { AttuneError } from '../core/errors.js';

const version = 1;
const keyBytes = 32;
const keyIdBytes = 4;
const nonceBytes = 12;
const tagBytes = 16;
const headerBytes = 1 + keyIdBytes + nonceBytes + tagBytes;

interface VaultKey {
  readonly id: Buffer;
  readonly key: Buffer;
}

export class Vault {
  readonly #keys: readonly VaultKey[];

  /** @param keys newest first, each 32 bytes. Throws MEMORY_KEY_INVALID when there is none or one has another size. */
  constructor(keys: readonly Uint8Array[]) {
    if (keys.length === 0 || keys.some((key) => key.length !== keyBytes)) throw invalidKey();
    this.#keys = keys.map((key) => ({
      id: createHash('sha256').update('attune vault key').update(key).digest().subarray(0, keyIdBytes),
      key: Buffer.from(key),
    }));
  }

  /** Keys in base64 or hex, newest first, separated by commas or white space. Throws MEMORY_KEY_INVALID. */
  static fromText(text: string): Vault {
    const parts = text.split(/[\s,]+/u).filter((part) => part !== '');
    return new Vault(parts.map((part) => Buffer.from(part, /^[0-9a-f]{64}$/iu.test(part) ? 'hex' : 'base64')));
  }

  /** A new key as text. */
  static newKey(): string {
    return randomBytes(keyBytes).toString('base64');
  }

  /** @param place where the record belongs; must be the same when it is opened. */
  seal(plain: Uint8Array, place: string): Buffer {
    const { id, key } = defined(this.#keys[0], 'newest key');
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(version), id, nonce, cipher.getAuthTag(), body]);
  }

  /** Throws MEMORY_SEALED when no key fits or the record is not what was sealed for this place. */
  open(sealed: Uint8Array, place: string): Buffer {
    const bytes = Buffer.from(sealed);
    const id = bytes.subarray(1, 1 + keyIdBytes);
    const found = this.#keys.find((key) => key.id.equals(id));
    if (bytes.length < headerBytes || bytes[0] !== version || found === undefined) {
      throw new AttuneError('MEMORY_SEALED', 'a record was sealed with a key that is not here');
    }
    const nonceAt = 1 + keyIdBytes;
    const tagAt = nonceAt + nonceBytes;
    try {
      const decipher = createDecipheriv('aes-256-gcm', found.key, bytes.subarray(nonceAt, tagAt))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(tagAt, headerBytes));
      return Buffer.concat([decipher.update(bytes.subarray(headerBytes)), decipher.final()]);
    } catch (error) {
      throw new AttuneError('MEMORY_SEALED', 'a record was changed or moved since it was sealed', { cause: error });
    }
  }

  /** False for what an older key sealed. */
  isCurrent(sealed: Uint8Array): boolean {
    return defined(this.#keys[0], 'newest key').id.equals(Buffer.from(sealed).subarray(1, 1 + keyIdBytes));
  }
}

function invalidKey(): AttuneError {
  return new AttuneError('MEMORY_KEY_INVALID', 'a memory key must have 32 bytes, in base64 or hex', {
    field: 'memoryKey',
  });
}
