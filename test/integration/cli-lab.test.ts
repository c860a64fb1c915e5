/**
 * The laboratory against a real server, as a person runs it: a scripted call, a load over μ-law, their reports compared, and
 * the tape of the call analysed again.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { encodeWav } from '../../src/audio/wav-writer.js';
import { runCommand } from '../support/attune-command.js';
import { startServer, testApiKey } from '../support/running-server.js';

const script = `
name: Short
steps:
  - say: Hello, can you help me with my order?
    withinMs: 60000
  - say: Thank you. Goodbye.
`;

interface Written {
  readonly levels: readonly {
    readonly calls: number;
    readonly findings: readonly {
      readonly analysis: { readonly turns: readonly { readonly latencyMs: number | null }[] };
    }[];
  }[];
  readonly figures: readonly { readonly turns: number; readonly unanswered: number }[];
}

t.test(
  'a scripted call is held, judged and written down; its tape says the same again',
  { timeout: 120_000 },
  async (t) => {
    await using server = await startServer();
    const folder = t.testdir({ 'short.yaml': script });
    const out = path.join(folder, 'out');
    const options = ['--api-key', testApiKey, '--script', path.join(folder, 'short.yaml'), '--out', out];
    const held = await runCommand(['lab', 'call', server.url, ...options]);
    t.equal(held.status, 0, held.stderr);
    const report = JSON.parse(await readFile(path.join(out, 'report.json'), 'utf8')) as Written;
    t.match(report.figures, [{ turns: 2, unanswered: 0 }]);
    t.match(await readFile(path.join(out, 'report.html'), 'utf8'), /1 of 1 expectations met/);
    const analysed = await runCommand(['lab', 'analyse', path.join(out, 'call.wav'), '--json']);
    const { turns } = JSON.parse(analysed.stdout) as { turns: { latencyMs: number }[] };
    t.equal(turns.length, 2);
    for (const [index, { latencyMs }] of turns.entries()) {
      const first = report.levels[0]?.findings[0]?.analysis.turns[index]?.latencyMs;
      t.ok(Math.abs(latencyMs - (first ?? Number.NaN)) <= 10, `${latencyMs} ms against ${first} ms`);
    }
  },
);

t.test('a load over μ-law and a lossy line, and limits that fail', { timeout: 120_000 }, async (t) => {
  await using server = await startServer();
  const out = path.join(t.testdir({}), 'out');
  const options = ['--api-key', testApiKey, '--out', out, '--wire', 'realtime-mulaw', '--line', 'loss=1%,jitter=40'];
  const load = [
    'lab',
    'load',
    server.url,
    '--calls',
    '1,2',
    '--turns',
    '1',
    '--every',
    '8000',
    '--ramp',
    '500',
    '--p95',
    '1',
  ];
  const held = await runCommand([...load, ...options]);
  t.match(held, { status: 1, stderr: /p95 at 1 call is \d+ ms, over 1 ms/ });
  const file = path.join(out, 'report.json');
  const report = JSON.parse(await readFile(file, 'utf8')) as Written;
  t.same(
    report.figures.map(({ turns }) => turns),
    [1, 2],
  );
  t.match(await runCommand(['lab', 'compare', file, file]), {
    status: 1,
    stderr: /SCRIPT_INVALID.*five answered turns/,
  });
});

t.test('what is in the way is named', { timeout: 120_000 }, async (t) => {
  const folder = t.testdir({ 'wrong.yaml': 'name: x\nsteps:\n  - sey: hello\n' });
  const mono = path.join(folder, 'mono.wav');
  await writeFile(mono, encodeWav({ channels: [new Float32Array(800)], sampleRateHz: 8_000 }));
  t.match(await runCommand(['lab', 'analyse', mono]), { status: 1, stderr: /AUDIO_FORMAT_UNSUPPORTED.*1 channel/ });
  const wrong = ['lab', 'call', 'ws://127.0.0.1:9', '--script', path.join(folder, 'wrong.yaml')];
  t.match(await runCommand(wrong), { status: 1, stderr: /SCRIPT_INVALID.*line 3/ });
  t.match(await runCommand(['lab', 'load', 'ws://127.0.0.1:9', '--line', 'loss=much']), {
    status: 1,
    stderr: /OPTION_INVALID.*\(line\)/,
  });
  const refused = [
    'lab',
    'load',
    'ws://127.0.0.1:9',
    '--calls',
    '1',
    '--turns',
    '1',
    '--out',
    path.join(folder, 'out'),
  ];
  t.match(await runCommand(refused), { status: 1, stderr: /not placed: .*ECONNREFUSED/ });
});
