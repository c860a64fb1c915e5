/**
 * The console's files, as `npm run build` left them: read once, kept in memory, served under `/`.
 *
 * Only paths that were found are served, so no path leads elsewhere. The page may load nothing and connect to nothing but
 * this server; its hashed files are cached for good, the page itself is asked for each time.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpPage, PageRequest } from './http-page.js';

interface ConsoleFile {
  readonly bytes: Buffer;
  readonly zipped: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

const typeOf: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
};

/** Where Vite puts files whose names change with their content. */
const hashedFolder = '/assets/';

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  // Recordings, which the page fetches with its key.
  'media-src blob:',
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const notBuilt = `The console is not built: run \`npm run build\`, then start the server again.

The server itself works without it. Calls are taken at /v1/realtime (docs/protocols/openai-realtime.md) and /v0/evi/chat
(docs/protocols/evi.md); /health, /ready and /metrics answer here.
`;

export class ConsolePages implements HttpPage {
  readonly #files: ReadonlyMap<string, ConsoleFile>;

  private constructor(files: ReadonlyMap<string, ConsoleFile>) {
    this.#files = files;
  }

  /** What lies in `folder` now; without it `/` says how to build the console. */
  static async read(folder: string): Promise<ConsolePages> {
    const files = new Map<string, ConsoleFile>();
    for (const file of await filesIn(folder)) {
      const path = `/${relative(folder, file).split(sep).join('/')}`;
      const type = typeOf[extname(file)];
      if (type !== undefined) files.set(path, await consoleFile(path, type, await readFile(file)));
    }
    const page =
      files.get('/index.html') ?? (await consoleFile('/', 'text/plain; charset=utf-8', Buffer.from(notBuilt)));
    return new ConsolePages(files.set('/', page));
  }

  owns(path: string): boolean {
    return this.#files.has(path);
  }

  async answer({ path, message }: PageRequest, response: ServerResponse): Promise<void> {
    message.resume();
    const file = this.#files.get(path)!;
    if (message.method !== 'GET' && message.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
    } else if (message.headers['if-none-match'] === file.headers['etag']) {
      response.writeHead(304, file.headers).end();
    } else {
      const zipped = acceptsGzip(message) ? file.zipped : null;
      const body = zipped ?? file.bytes;
      response.writeHead(200, {
        ...file.headers,
        'content-length': body.length,
        ...(zipped === null ? {} : { 'content-encoding': 'gzip' }),
      });
      response.end(message.method === 'HEAD' ? undefined : body);
    }
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function consoleFile(path: string, type: string, bytes: Buffer): Promise<ConsoleFile> {
  const zipped = await promisify(gzip)(bytes);
  return {
    bytes,
    zipped: zipped.length < bytes.length ? zipped : null,
    headers: {
      ...pageHeaders,
      'content-type': type,
      'cache-control': path.startsWith(hashedFolder) ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    },
  };
}

function acceptsGzip({ headers }: IncomingMessage): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/u.test(String(headers['accept-encoding'] ?? ''));
}
