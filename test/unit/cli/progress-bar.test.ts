/** The line that says how far work is. */
import t from 'tap';
import { progressLine, reachesTenth } from '../../../src/cli/progress-bar.js';

t.test('bar, count and time left', (t) => {
  const line = (doneCount: number, elapsedMs: number): string =>
    progressLine({ doneCount, total: 240, noun: 'clips', elapsedMs });
  t.equal(line(0, 0), `${'─'.repeat(24)} 0 of 240 clips`);
  t.equal(line(120, 65_000), `${'█'.repeat(12)}${'─'.repeat(12)} 120 of 240 clips, 1:05 left`);
  t.equal(line(240, 130_000), `${'█'.repeat(24)} 240 of 240 clips`);
  t.end();
});

t.test('every tenth is met once', (t) => {
  const reached = Array.from({ length: 37 }, (_, index) => index + 1).filter((done) =>
    reachesTenth(done - 1, done, 37),
  );
  t.equal(reached.length, 10);
  t.equal(reached.at(-1), 37);
  t.end();
});
