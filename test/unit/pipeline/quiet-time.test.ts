/** Time without audio, counted as silence once. */
import t from 'tap';
import { QuietTime, quietTickMs } from '../../../src/pipeline/quiet-time.js';

/** Looks every 50 ms from `fromMs` on; the silence that each look gave, by its time. */
function looks(
  quiet: QuietTime,
  fromMs: number,
  untilMs: number,
): readonly (readonly [atMs: number, silenceMs: number])[] {
  const found: [number, number][] = [];
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += quietTickMs) {
    const silenceMs = quiet.look(nowMs, { counts: true });
    if (silenceMs > 0) found.push([nowMs, silenceMs]);
  }
  return found;
}

t.test('a client that sends no silences is quiet after 200 ms, and from its last frame on', async (t) => {
  const quiet = new QuietTime(0);
  quiet.noteFrame(100);
  t.same(looks(quiet, 50, 400), [
    [300, 200],
    [350, 50],
    [400, 50],
  ]);
});

t.test('one that has sent a second of silence is late for 800 ms', async (t) => {
  const quiet = new QuietTime(0);
  for (let window = 0; window < 32; window += 1) t.equal(quiet.noteWindow(true, 32), 32);
  t.same(looks(quiet, 50, 850), [
    [800, 800],
    [850, 50],
  ]);
  quiet.noteFrame(1_900);
  t.same(looks(quiet, 900, 2_100).at(-1), [2_100, 200], 'after a second without frames that is forgotten');
});

t.test('silence that comes after it was counted counts no more, speech ends that', async (t) => {
  const quiet = new QuietTime(0);
  looks(quiet, 50, 250);
  t.equal(quiet.noteWindow(true, 100), 0);
  t.equal(quiet.noteWindow(true, 100), 0);
  t.equal(quiet.noteWindow(true, 100), 50, '250 ms were counted');
  looks(quiet, 300, 350);
  t.equal(quiet.noteWindow(false, 32), 32);
  t.equal(quiet.noteWindow(true, 32), 32);
});

t.test('a process that was late itself, or a time that does not count, is no silence', async (t) => {
  const quiet = new QuietTime(0);
  t.equal(quiet.look(500, { counts: true }), 0, 'nobody looked for half a second');
  t.equal(quiet.look(550, { counts: false }), 0);
  t.equal(quiet.look(600, { counts: true }), 600);
});
