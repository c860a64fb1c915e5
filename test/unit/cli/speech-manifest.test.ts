/** Lists of recordings: with a header, without, damaged; splits and even choices. */
import t from 'tap';
import {
  clipsOfSplit,
  evenlySpread,
  parseSpeechManifest,
  type ManifestClip,
} from '../../../src/cli/speech-manifest.js';

const clip = (file: string, transcript: string, more: Partial<ManifestClip> = {}): ManifestClip => ({
  file,
  transcript,
  split: null,
  speaker: null,
  corpus: null,
  ...more,
});

t.test('columns by name, in any order, others passed over', (t) => {
  const text =
    '\ufefftranscript\tseconds\tfile\tcorpus\tsplit\tspeaker\r\nhello\t1.5\ta.wav\tx\tdev\ts1\r\n\r\n\t2\tb.wav\t\tdev\t\r\n';
  t.strictSame(parseSpeechManifest(text, 'list.tsv'), [
    clip('a.wav', 'hello', { corpus: 'x', split: 'dev', speaker: 's1' }),
    clip('b.wav', '', { split: 'dev' }),
  ]);
  t.end();
});

t.test('two columns without a header', (t) => {
  t.strictSame(parseSpeechManifest('a.wav\thello there\nb/c.opus\tbye', 'list.tsv'), [
    clip('a.wav', 'hello there'),
    clip('b/c.opus', 'bye'),
  ]);
  t.end();
});

t.test('lists that cannot be used', (t) => {
  const table: readonly [text: string, message: RegExp][] = [
    ['', /no line/],
    ['file\tseconds\na.wav\t1', /column 'transcript'/],
    ['transcript\tsplit\nhello\tdev', /column 'file'/],
    ['file\ttranscript\n', /no recording/],
    ['file\ttranscript\na.wav\thello\nb.wav', /line 3 has 1 columns instead of 2/],
    ['a.wav\tdev\thello', /line 1 has 3 columns instead of 2/],
    ['file\ttranscript\n\thello', /line 2 names no file/],
  ];
  for (const [text, message] of table)
    t.throws(() => parseSpeechManifest(text, 'list.tsv'), { code: 'MANIFEST_INVALID', field: 'list.tsv', message });
  t.end();
});

t.test('a split, or what there is instead', (t) => {
  const clips = [clip('a', '', { split: 'dev' }), clip('b', '', { split: 'train' }), clip('c', '')];
  t.strictSame(clipsOfSplit(clips, 'dev', 'list.tsv'), [clips[0]]);
  t.throws(() => clipsOfSplit(clips, 'test', 'list.tsv'), {
    code: 'MANIFEST_INVALID',
    message: /test; splits: dev, train, none/,
  });
  t.end();
});

t.test('an even choice', (t) => {
  const items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  t.strictSame(evenlySpread(items, 20), items);
  t.strictSame(evenlySpread(items, 5), [0, 2, 4, 6, 8]);
  t.strictSame(evenlySpread(items, 3), [0, 3, 6]);
  t.end();
});
