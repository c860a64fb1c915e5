/**
 * One command line of Attune in a process of its own, from the sources, on the processor.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface CommandOutput {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output, one object per line. */
  readonly json: () => readonly Record<string, unknown>[];
}

export interface CommandSurroundings {
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export function startCommand(args: readonly string[], { environment = {} }: CommandSurroundings = {}): ChildProcess {
  return spawn(process.execPath, ['--import=./bin/typescript-loader.js', 'src/cli/main.ts', ...args], {
    env: {
      ...process.env,
      ATTUNE_PROVIDERS: 'cpu',
      ATTUNE_MEMORY: 'off',
      ATTUNE_AUDIT_LOG: 'off',
      ATTUNE_EVI_PATH: 'off',
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Runs a command to its end. */
export async function runCommand(
  args: readonly string[],
  surroundings: CommandSurroundings = {},
): Promise<CommandOutput> {
  const child = startCommand(args, surroundings);
  child.stdin?.end(surroundings.input ?? '');
  return finished(child);
}

/** What a command has printed when it has ended. */
export async function finished(child: ChildProcess): Promise<CommandOutput> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [status] = (await once(child, 'close')) as [number];
  const lines = (): readonly string[] => stdout.split('\n').filter((line) => line !== '');
  return { status, stdout, stderr, json: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>) };
}
