/**
 * Keys to entries: the hash, the pause and the limit end one.
 */
import t from 'tap';
import { DigitCollector } from '../../../src/session/digit-collector.js';
import { isDigit } from '../../../src/session/events.js';
import { ManualClock } from '../../support/manual-clock.js';

function collector() {
  const clock = new ManualClock();
  const entries: string[] = [];
  const digits = new DigitCollector({ clock, onEntry: (entry) => entries.push(entry) });
  return { clock, entries, press: (keys: string) => [...keys].forEach((key) => digits.press(key)), digits };
}

t.test('the hash ends an entry and is not part of it', async (t) => {
  const { clock, entries, press } = collector();
  press('12*4#');
  t.same(entries, ['12*4']);
  press('#');
  t.same(entries, ['12*4', '#'], 'alone it is one');
  t.same(clock.pendingDelaysMs, []);
});

t.test('a pause after the last key ends an entry', async (t) => {
  const { clock, entries, press } = collector();
  press('1');
  await clock.advance(2_000);
  press('2');
  await clock.advance(2_400);
  t.same(entries, []);
  await clock.advance(100);
  t.same(entries, ['12']);
});

t.test('no entry grows without end, and none comes after the end', async (t) => {
  const { clock, entries, press, digits } = collector();
  press('9'.repeat(33));
  t.same(entries, ['9'.repeat(32)]);
  digits.stop();
  await clock.advance(10_000);
  t.equal(entries.length, 1);
});

t.test('what a telephone has for keys', async (t) => {
  for (const key of ['0', '9', '*', '#', 'D']) t.ok(isDigit(key), key);
  for (const key of ['', 'E', '12', 'a', ' ']) t.notOk(isDigit(key), key);
});
