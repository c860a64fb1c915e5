/**
 * A server in a process of its own, so that the callers do not share its event loop, and what it says about itself.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { AttuneError } from '../src/core/errors.js';
import { packageRoot } from '../src/server/package-root.js';

export interface ServerFigures {
  readonly residentMemoryMb: number;
  /** Since the figures were asked for the last time. */
  readonly eventLoopDelayP99Ms: number;
  /** Processor seconds since the start. */
  readonly cpuSeconds: number;
}

export class ServerProcess implements AsyncDisposable {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  /** Resolves when the server listens. Throws CONNECTION_FAILED when it ends before. */
  static async start(options: {
    readonly providers: readonly string[];
    /** Further options of `attune serve`. */
    readonly flags?: readonly string[];
  }): Promise<ServerProcess> {
    const flags = [
      'serve',
      '--port',
      '0',
      '--providers',
      options.providers.join(','),
      '--max-calls',
      '256',
      '--log-level',
      'info',
      '--log-format',
      'json',
      // Nothing is left behind in the home of whoever measures.
      ...['--memory', 'off', '--audit-log', 'off', '--evi-path', 'off'],
      ...(options.flags ?? []),
    ];
    const child = spawn(process.execPath, [path.join(packageRoot, 'bin', 'attune.js'), ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const entry = JSON.parse(line) as { readonly message?: string; readonly port?: number };
      if (entry.message === 'listening' && entry.port !== undefined) {
        child.stdout.resume();
        return new ServerProcess(child, entry.port);
      }
    }
    throw new AttuneError('CONNECTION_FAILED', 'the server ended before it listened');
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/v1/realtime?model=attune`;
  }

  async figures(): Promise<ServerFigures> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'mu').exec(text)?.[1] ?? Number.NaN);
    return {
      residentMemoryMb: value('process_resident_memory_bytes') / 2 ** 20,
      eventLoopDelayP99Ms: value('attune_event_loop_delay_p99_ms'),
      cpuSeconds: value('process_cpu_seconds_total'),
    };
  }

  /** Counts of a metric by the value of its only label. */
  async counts(name: string): Promise<Readonly<Record<string, number>>> {
    const text = await (await fetch(`http://127.0.0.1:${this.port}/metrics`)).text();
    const lines = text.matchAll(new RegExp(`^${name}\\{\\w+="(\\w+)"\\} (\\d+)$`, 'gmu'));
    return Object.fromEntries([...lines].map(([, label = '', count]) => [label, Number(count)] as const));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await exited;
  }
}
