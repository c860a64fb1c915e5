/**
 * `attune evaluate turn-end` as a shell sees it, with the real models on fixtures: figures, files, exit status.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { runCommand } from '../support/attune-command.js';

t.test('figures by corpus, the list of pauses, the picture, and what could not be heard', async (t) => {
  const folder = t.testdir({ 'broken.wav': 'RIFF\0\0\0\0WAVEfmt ' });
  const names = ['yes', 'opening-hours', 'greeting'];
  for (const name of names) copyFileSync(path.join('audio-fixtures', `${name}.wav`), path.join(folder, `${name}.wav`));
  const rows = [
    'yes.wav\tslt\tshop',
    'opening-hours.wav\tslt\tshop',
    'greeting.wav\trms\thall',
    'broken.wav\trms\thall',
  ];
  const manifest = path.join(folder, 'manifest.tsv');
  writeFileSync(manifest, `file\tspeaker\tcorpus\n${rows.join('\n')}\n`);
  const [pauses, picture] = [path.join(folder, 'pauses.tsv'), path.join(folder, 'sweep.svg')];
  const { status, json } = await runCommand([
    ...['evaluate', 'turn-end', '--manifest', manifest, '--pauses', pauses, '--picture', picture, '--json'],
  ]);
  t.equal(status, 1, 'one recording is broken');
  const [failure, report] = json();
  t.match(failure, { file: 'broken.wav', error: { code: 'AUDIO_CORRUPT' } });
  const groups = report!['groups'] as readonly Record<string, unknown>[];
  t.match(groups, [
    { name: 'shop', speakerCount: 1, endCount: 2 },
    { name: 'hall', endCount: 1 },
    { name: 'total', speakerCount: 2, endCount: 3 },
  ]);
  t.same(
    (groups.at(-1)!['ways'] as readonly { readonly name: string }[]).map(({ name }) => name),
    ['silence alone', 'words and cadence', 'words, cadence and model', 'model alone', 'cadence alone'],
  );
  const [head, ...lines] = readFileSync(pauses, 'utf8').trimEnd().split('\n');
  t.match(head, 'endProbability');
  t.equal(lines.filter((line) => line.split('\t')[4] === '').length, 3, 'an end for each recording');
  t.match(readFileSync(picture, 'utf8'), /^<svg/u);
});

t.test('a corpus that is not in the list', async (t) => {
  const manifest = path.join(t.testdir({ 'list.tsv': 'file\tcorpus\na.wav\tshop\n' }), 'list.tsv');
  const { status, stderr } = await runCommand(['evaluate', 'turn-end', '--manifest', manifest, '--corpus', 'hall']);
  t.equal(status, 1);
  t.match(stderr, /MANIFEST_INVALID/u);
});
