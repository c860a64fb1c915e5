/**
 * `attune evaluate stt` as a shell sees it, on fixtures in a folder and in an archive: figures, failures, exit status.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { runCommand } from '../support/attune-command.js';
import { documentedOutput, shapeOf } from '../support/documented-output.js';
import { loadFixture } from '../support/fixture-audio.js';

/** Two fixtures in `shop.tar`, one in the folder, one damaged; returns the list. */
async function corpusIn(folder: string): Promise<string> {
  mkdirSync(path.join(folder, 'shop'));
  const rows = ['split\tfile\tspeaker\tcorpus\ttranscript'];
  for (const name of ['yes', 'opening-hours']) {
    cpSync(path.join('audio-fixtures', `${name}.wav`), path.join(folder, 'shop', `${name}.wav`));
    rows.push(`dev\tshop/${name}.wav\tslt\tshop\t${(await loadFixture(name)).transcript}`);
  }
  execFileSync('tar', ['-cf', path.join(folder, 'shop.tar'), '-C', folder, '--remove-files', 'shop']);
  cpSync(path.join('audio-fixtures', 'greeting.wav'), path.join(folder, 'greeting.wav'));
  rows.push(`dev\tgreeting.wav\trms\thall\t${(await loadFixture('greeting')).transcript}`);
  writeFileSync(path.join(folder, 'broken.wav'), 'RIFF\0\0\0\0WAVEfmt ');
  writeFileSync(path.join(folder, 'song.flac'), 'fLaC\0\0\0\x22');
  rows.push(
    'bad\tbroken.wav\trms\thall\tnothing',
    'bad\tsong.flac\trms\thall\tnothing',
    'bad\tnone.wav\trms\thall\tno',
  );
  const manifest = path.join(folder, 'manifest.tsv');
  writeFileSync(manifest, `${rows.join('\n')}\n`);
  return manifest;
}

interface Report {
  readonly total: Record<string, number>;
  readonly corpora: readonly Record<string, unknown>[];
  readonly failedCount: number;
}

t.test('evaluate stt', async (t) => {
  const manifest = await corpusIn(t.testdir({}));

  await t.test('figures of a split, from an archive and a folder, over both channels', async (t) => {
    const args = ['evaluate', 'stt', '--manifest', manifest, '--split', 'dev', '--json'];
    const { status, stderr, json } = await runCommand([...args, '--channel', 'both', '--max-wer', '0.5']);
    t.equal(status, 0, stderr);
    const [clean, mulaw] = json();
    t.match([clean!['channel'], mulaw!['channel']], ['clean', 'mulaw']);
    const { total, corpora, failedCount } = clean as unknown as Report;
    t.match({ total, failedCount }, { total: { clipCount: 3 }, failedCount: 0 });
    t.ok(total['words']! > 10 && total['wer']! < 0.5, JSON.stringify(total));
    t.same(
      corpora.map(({ name, clipCount }) => [name, clipCount]),
      [
        ['shop', 2],
        ['hall', 1],
      ],
    );
    t.ok((clean!['audioMs'] as number) > 3_000);
    const documented = documentedOutput('evaluate');
    t.same(Object.keys(clean!), Object.keys(documented), 'as documented');
    t.same(shapeOf(clean!['total']), shapeOf(documented['total']));
  });

  await t.test('what cannot be heard is counted, and the rest goes on', async (t) => {
    const { status, json } = await runCommand(['evaluate', 'stt', '--manifest', manifest, '--json']);
    t.equal(status, 1);
    const lines = json();
    t.match(lines.slice(0, 3), [
      { file: 'broken.wav', error: { code: 'AUDIO_CORRUPT' } },
      { file: 'song.flac', error: { code: 'AUDIO_FORMAT_UNSUPPORTED', message: /FLAC/ } },
      { file: 'none.wav', error: { code: 'FILE_UNREADABLE', message: /hall\.tar/ } },
    ]);
    t.match(lines[3], { failedCount: 3, total: { clipCount: 3 } });
  });

  await t.test('a limit that is not kept, for people', async (t) => {
    const wrong = path.join(path.dirname(manifest), 'wrong.tsv');
    writeFileSync(wrong, 'greeting.wav\tsomething else entirely\n');
    const { status, stdout, stderr } = await runCommand(['evaluate', 'stt', '--manifest', wrong, '--max-wer', '0.3']);
    t.equal(status, 1);
    t.match(stderr, /above the limit.*at most 30\.0 % is allowed/u);
    t.match(stdout, /total/u);
    t.match(stdout, /most frequent confusions/u);
  });

  await t.test('lists and command lines that cannot be used', async (t) => {
    const folder = path.dirname(manifest);
    const noTranscript = path.join(folder, 'short.tsv');
    writeFileSync(noTranscript, 'file\tsplit\na.wav\tdev\n');
    const table: readonly [args: readonly string[], status: number, complaint: RegExp][] = [
      [['--manifest', noTranscript], 1, /MANIFEST_INVALID.*transcript/u],
      [['--manifest', path.join(folder, 'none.tsv')], 1, /FILE_UNREADABLE/u],
      [['--manifest', manifest, '--split', 'test'], 1, /MANIFEST_INVALID.*dev, bad/u],
      [['--manifest', manifest, '--chunk-ms', '100'], 1, /OPTION_INVALID/u],
      [['--manifest', manifest, '--max-wer', '25'], 2, /0\.25 is 25 %/u],
      [['--manifest', manifest, '--channel', 'radio'], 2, /radio/u],
      [[], 2, /--manifest/u],
    ];
    const outputs = await Promise.all(table.map(([args]) => runCommand(['evaluate', 'stt', ...args])));
    for (const [index, [args, status, complaint]] of table.entries()) {
      t.equal(outputs[index]!.status, status, args.join(' '));
      t.match(outputs[index]!.stderr, complaint);
    }
  });

  await t.test('the rules in words, without a list', async (t) => {
    const { status, json } = await runCommand(['evaluate', 'stt', '--rules', '--json']);
    t.equal(status, 0);
    t.ok(json().length >= 7 && json().every(({ sentence }) => typeof sentence === 'string'));
  });
});
