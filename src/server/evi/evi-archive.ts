/**
 * Where what EVI clients configure and say lies: one sealed file, or the process.
 *
 * Configurations are in the file unless it is off. Chats are there only when the operator wants them kept; otherwise they end
 * with the process, which an administrator can rely on.
 */
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import { SealedDocuments } from '../../memory/sealed-documents.js';
import { Vault } from '../../memory/vault.js';
import { VolatileMemoryStore } from '../../memory/volatile-memory-store.js';
import type { Config } from '../option-table.js';
import { vaultOf } from '../vault-keys.js';

export class EviArchive implements AsyncDisposable {
  readonly library: SealedDocuments;
  readonly chats: SealedDocuments;
  /** True when chats outlive the process. */
  readonly keepsChats: boolean;

  private constructor(parts: { readonly library: SealedDocuments; readonly chats: SealedDocuments }) {
    this.library = parts.library;
    this.chats = parts.chats;
    this.keepsChats = parts.library === parts.chats;
  }

  /** Throws MEMORY_UNAVAILABLE, MEMORY_KEY_INVALID or MEMORY_SEALED. */
  static async open(
    config: Pick<Config, 'eviPath' | 'chatHistory' | 'memoryKey' | 'memoryKeyFile'>,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  ): Promise<EviArchive> {
    const { eviPath, chatHistory } = config;
    if (eviPath === 'off') return new EviArchive({ library: inProcess(), chats: inProcess() });
    const vault = await vaultOf({ ...config, sealedFile: eviPath, what: 'the EVI configurations' }, logger);
    const { LibsqlMemoryStore } = await import('../../memory/libsql-memory-store.js');
    const library = new SealedDocuments({ store: await LibsqlMemoryStore.open(eviPath, { clock }), vault });
    try {
      await library.renew();
    } catch (error) {
      await library[Symbol.asyncDispose]();
      throw error;
    }
    return new EviArchive({ library, chats: chatHistory === 'on' ? library : inProcess() });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.library[Symbol.asyncDispose]();
    await this.chats[Symbol.asyncDispose]();
  }
}

function inProcess(): SealedDocuments {
  return new SealedDocuments({ store: new VolatileMemoryStore(), vault: Vault.fromText(Vault.newKey()) });
}
