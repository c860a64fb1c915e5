/**
 * The line a person sees and the lines a file gets, under a clock that is advanced by hand.
 */
import t from 'tap';
import { DownloadProgress } from '../../../src/cli/download-progress.js';
import { ManualClock } from '../../support/manual-clock.js';

function progressOf(options: {
  readonly interactive: boolean;
  readonly totalBytes?: number;
  readonly columns?: number;
}) {
  const clock = new ManualClock();
  const shown: string[] = [];
  const lines: string[] = [];
  const { interactive, totalBytes = 100e6, columns = 100 } = options;
  const progress = new DownloadProgress({
    totalBytes,
    clock,
    output: { interactive, columns, rewrite: (text) => shown.push(text), line: (text) => lines.push(text) },
  });
  return { clock, shown, lines, progress };
}

t.test('one line tells share, size, rate and time', async (t) => {
  const { clock, shown, lines, progress } = progressOf({ interactive: true });
  progress.keep(20e6);
  t.equal(shown.at(-1), `${'█'.repeat(8)}${'░'.repeat(32)}  20 %  20.0 of 100.0 MB`);
  for (let second = 0; second < 4; second += 1) {
    await clock.advance(1_000);
    progress.receive(5e6);
  }
  t.equal(shown.at(-1), `${'█'.repeat(16)}${'░'.repeat(24)}  40 %  40.0 of 100.0 MB  5.0 MB/s  0:12 left`);
  t.same(lines, []);
  progress.note('a word');
  t.same(lines, ['a word']);
  t.same(shown.at(-2), '', 'the line is cleared before');
  t.match(shown.at(-1), /40 %/, 'and stands there again');
  progress.end();
  t.equal(shown.at(-1), '');
});

t.test('the rate is that of the last seconds', async (t) => {
  const { clock, shown, progress } = progressOf({ interactive: true });
  for (let second = 0; second < 10; second += 1) {
    await clock.advance(1_000);
    progress.receive(1e6);
  }
  for (let second = 0; second < 10; second += 1) {
    await clock.advance(1_000);
    progress.receive(4e6);
  }
  t.match(shown.at(-1), /4\.0 MB\/s {2}0:13 left/);
});

t.test('what is lost is no longer counted, and long times have hours', async (t) => {
  const { clock, shown, progress } = progressOf({ interactive: true, totalBytes: 8_000e6 });
  await clock.advance(1_000);
  progress.receive(1e6);
  progress.receive(1e6);
  await clock.advance(1_000);
  progress.lose(2e6);
  t.match(shown.at(-1), / 0 % {2}0\.0 of 8000\.0 MB {2}1\.0 MB\/s {2}2:13:20 left/);
});

t.test('it is not painted more often than one can see', async (t) => {
  const { clock, shown, progress } = progressOf({ interactive: true });
  for (let block = 0; block < 50; block += 1) {
    await clock.advance(10);
    progress.receive(1e6);
  }
  t.ok(shown.length <= 6, `${shown.length}`);
});

t.test('a narrow line has no bar', async (t) => {
  const { clock, shown, progress } = progressOf({ interactive: true, columns: 30 });
  await clock.advance(1_000);
  progress.receive(50e6);
  t.equal(shown.at(-1), '50 %  50.0 of 100.0 MB  50.0 ');
  t.ok((shown.at(-1) ?? '').length < 30);
});

t.test('a file gets a line for every tenth', async (t) => {
  const { clock, shown, lines, progress } = progressOf({ interactive: false });
  for (let block = 0; block < 100; block += 1) {
    await clock.advance(100);
    progress.receive(1e6);
  }
  progress.end();
  t.equal(lines.length, 10);
  t.equal(lines[2], '30 %  30.0 of 100.0 MB  10.0 MB/s  0:07 left');
  t.match(lines.at(-1), /^100 %/);
  t.same(shown, []);
});
