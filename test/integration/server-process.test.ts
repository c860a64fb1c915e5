/**
 * The server as a process, started by the command line: it says what is wrong and exits, and it drains on a signal.
 */
import t, { type Test } from 'tap';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';

function attune(t: Test, args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  // With the defaults of a fresh machine, and nothing of this one's user.
  const dataHome = mkdtempSync(join(tmpdir(), 'attune-'));
  const child = spawn(process.execPath, ['--import=./bin/typescript-loader.js', 'src/cli/main.ts', ...args], {
    env: { ...process.env, ATTUNE_PROVIDERS: 'cpu', XDG_DATA_HOME: dataHome, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => {
    child.kill('SIGKILL');
    rmSync(dataHome, { recursive: true, force: true });
  });
  return child;
}

async function finished(child: ChildProcess) {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data: Buffer) => (output.stdout += data.toString('utf8')));
  child.stderr?.on('data', (data: Buffer) => (output.stderr += data.toString('utf8')));
  const [status] = (await once(child, 'close')) as [number];
  return { status, ...output };
}

t.test('a wrong call of the command line is status 2, a wrong value is status 1 and named', async (t) => {
  t.match(await finished(attune(t, ['serve', '--prot', '1'])), { status: 2, stderr: /--prot/ });
  t.match(await finished(attune(t, ['servee'])), { status: 2, stderr: /servee/ });
  t.match(await finished(attune(t, ['serve', '--port', 'x'])), {
    status: 1,
    stdout: '',
    stderr: /error.*OPTION_INVALID.*port must be a whole number.*\(port\) — Set --port, ATTUNE_PORT/,
  });
  t.match(await finished(attune(t, ['--version'])), { status: 0, stdout: /^\d+\.\d+\.\d+\n$/ });
});

t.test('models that are missing are named before the port opens', async (t) => {
  const folder = t.testdir({});
  t.match(await finished(attune(t, ['serve', '--port', '0', '--model-dir', folder])), {
    status: 1,
    stderr: /MODEL_MISSING/,
  });
});

t.test('a taken port is named', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const { port } = other.address() as AddressInfo;
  t.match(await finished(attune(t, ['serve', '--port', String(port)])), {
    status: 1,
    stderr: /PORT_IN_USE.*--port or ATTUNE_PORT/,
  });
});

t.test('the server takes calls, and SIGTERM hands them back and ends with status 0', async (t) => {
  const child = attune(t, ['serve', '--port', '0', '--log-format', 'json'], { ATTUNE_API_KEYS: 'k' });
  child.stderr?.resume();
  const lines: Record<string, unknown>[] = [];
  const reader = createInterface({ input: child.stdout ?? process.stdin });
  const listening = new Promise<number>((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`ended with status ${status} before it listened`)));
    reader.on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      lines.push(entry);
      if (entry['message'] === 'listening') resolve(Number(entry['port']));
    });
  });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const port = await listening;
  t.equal((await fetch(`http://127.0.0.1:${port}/ready`)).status, 200);

  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/realtime?model=x`, {
    headers: { Authorization: 'Bearer k' },
  });
  const closed = once(socket, 'close') as Promise<[number]>;
  const [first] = (await once(socket, 'message')) as [Buffer];
  t.match(JSON.parse(first.toString('utf8')), { type: 'session.created' });
  child.kill('SIGTERM');
  t.equal((await closed)[0], 1012, 'the client learns that it may connect elsewhere');
  t.same(await exited, [0, null]);
  t.match(lines.at(-1), { message: 'stopped', signal: 'SIGTERM' });
});
