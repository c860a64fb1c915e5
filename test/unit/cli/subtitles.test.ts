/** Subtitles from word times: where cues begin and end, how lines fill, what the files look like. */
import t from 'tap';
import { cuesOf, formatSubtitles, writtenWords, type TimedWord } from '../../../src/cli/subtitles.js';

/** Words of 300 ms one after another from `startMs` on. */
const spoken = (text: string, startMs = 0): TimedWord[] =>
  text.split(' ').map((word, index) => ({ word, startMs: startMs + 300 * index, endMs: startMs + 300 * index + 300 }));

t.test('cues part at pauses and sentences, and stay to be read', (t) => {
  const words = [...spoken('yes'), ...spoken('I see. And then', 1_500)];
  t.strictSame(cuesOf(words), [
    { startMs: 0, endMs: 1_000, lines: ['yes'] },
    { startMs: 1_500, endMs: 2_100, lines: ['I see.'] },
    { startMs: 2_100, endMs: 3_100, lines: ['And then'] },
  ]);
  t.strictSame(cuesOf([]), []);
  t.end();
});

t.test('two lines at most, six seconds at most, no word lost', (t) => {
  const text = Array.from({ length: 60 }, (_, index) => (index % 7 === 0 ? 'incomprehensible' : 'word')).join(' ');
  const cues = cuesOf(spoken(text));
  t.equal(cues.flatMap(({ lines }) => lines).join(' '), text);
  for (const { lines, startMs, endMs } of cues) {
    t.ok(lines.length <= 2 && lines.every((line) => line.length <= 42), lines.join(' / '));
    t.ok(endMs - startMs <= 6_000);
  }
  t.end();
});

t.test('the two formats', (t) => {
  const words = [...spoken('Hello there.'), ...spoken('Bye.', 3_723_004)];
  t.equal(
    formatSubtitles(words, 'srt'),
    '1\n00:00:00,000 --> 00:00:01,000\nHello there.\n\n2\n01:02:03,004 --> 01:02:04,004\nBye.\n',
  );
  t.equal(
    formatSubtitles(words, 'vtt'),
    'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello there.\n\n01:02:03.004 --> 01:02:04.004\nBye.\n',
  );
  t.end();
});

t.test('words as the text has them, where it has the same', (t) => {
  const words = spoken('hello there');
  t.strictSame(
    writtenWords('Hello there.', words).map(({ word }) => word),
    ['Hello', 'there.'],
  );
  t.equal(writtenWords('Hello.', words), words);
  t.end();
});
