/**
 * A real `redis-server` on a free port of this machine, with its files in a folder of whoever starts it.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** False where the program is not installed. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

export class RedisServer implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, settings: readonly string[]) {
    this.#folder = folder;
    this.#port = port;
    this.#settings = settings;
    this.url = `redis://127.0.0.1:${port}/0`;
  }

  /** @param settings further words of its command line, as `--save`, `60 1`. */
  static async start(folder: string, settings: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(folder, await freePort(), settings);
    await server.start();
    return server;
  }

  /** Starts it again where it was, with what it had on disk. */
  async start(): Promise<void> {
    const child = spawn(
      'redis-server',
      [
        ...['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.#folder],
        ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
        ...this.#settings,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#process = child;
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.includes('Ready to accept connections')) {
        // Nobody reads on; a full pipe would stop the server.
        child.stdout.resume();
        return;
      }
    }
    throw new Error('redis-server ended before it was ready');
  }

  /** As a power failure of the process: nothing is written in farewell. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Goes on listening and answers nothing until `thaw`. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Every byte it has on disk, in files of some name or in all. */
  bytesOnDisk(named?: string): Buffer {
    const files = readdirSync(this.#folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && (named === undefined || entry.name === named),
    );
    return Buffer.concat(files.map((file) => readFileSync(join(file.parentPath, file.name))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Asked to end, it would not do so before it had written a snapshot, and the folder may be gone.
    await this.kill();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
