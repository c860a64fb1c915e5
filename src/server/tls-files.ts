/**
 * The certificate and the private key that connections are encrypted with, in force anew when the certificate changes.
 */
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { AttuneError } from '../core/errors.js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { WatchedFile } from './watched-file.js';

export interface TlsMaterial {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface TlsFilesOptions {
  readonly tlsCertFile: string | null;
  readonly tlsKeyFile: string | null;
}

/**
 * Null when connections are not encrypted.
 * @param onRenewed told of the material that holds from now on.
 * Throws OPTION_INVALID for one file without the other, or files that do not belong together.
 */
export async function watchTlsFiles(
  { tlsCertFile, tlsKeyFile }: TlsFilesOptions,
  options: { readonly clock: Clock; readonly logger: Logger; readonly onRenewed: (material: TlsMaterial) => void },
): Promise<WatchedFile<TlsMaterial> | null> {
  if (tlsCertFile === null && tlsKeyFile === null) return null;
  if (tlsCertFile === null || tlsKeyFile === null) {
    const field = tlsCertFile === null ? 'tlsCertFile' : 'tlsKeyFile';
    throw new AttuneError('OPTION_INVALID', 'a certificate needs its private key, and the key its certificate', {
      field,
    });
  }
  const { clock, logger, onRenewed } = options;
  return WatchedFile.open({
    file: tlsCertFile,
    read: () => materialIn({ tlsCertFile, tlsKeyFile }),
    clock,
    onChanged: (material) => {
      onRenewed(material);
      logger.info('certificate renewed');
    },
    onRefused: ({ code, message }) => logger.error('the certificate stays as it was', { code, error: message }),
  });
}

async function materialIn({
  tlsCertFile,
  tlsKeyFile,
}: {
  readonly tlsCertFile: string;
  readonly tlsKeyFile: string;
}): Promise<TlsMaterial> {
  const material = { cert: await pemIn(tlsCertFile, 'tlsCertFile'), key: await pemIn(tlsKeyFile, 'tlsKeyFile') };
  try {
    createSecureContext(material);
  } catch (error) {
    throw new AttuneError('OPTION_INVALID', `${tlsCertFile} and its key cannot be used together`, {
      field: 'tlsCertFile',
      cause: error,
    });
  }
  return material;
}

async function pemIn(file: string, field: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AttuneError('OPTION_INVALID', `${file} cannot be read`, { field, cause: error });
  }
}
