/**
 * The file of response rules changes under a running watcher.
 */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { watchResponseRules } from '../../src/server/response-rules-file.js';
import { ManualClock } from '../support/manual-clock.js';

const rule = (name: string): string => `rules: [{ name: ${name}, when: {}, acts: apologise }]`;

t.test('a change takes effect; half a file, a broken one and a missing one do not', async (t) => {
  const file = join(t.testdir({ 'rules.yaml': rule('first') }), 'rules.yaml');
  const clock = new ManualClock();
  const lines: { readonly message: string; readonly error?: string }[] = [];
  const note = (message: string, fields?: object): void => void lines.push({ message, ...fields });
  const watched = await watchResponseRules(file, {
    clock,
    logger: { debug: note, info: note, warn: note, error: note },
  });
  t.teardown(() => watched[Symbol.asyncDispose]());
  const inForce = (): string | undefined => watched.current.rules[0]?.name;
  const look = async (): Promise<void> => {
    await clock.advance(1_000);
    // The look itself is a file operation, which no clock moves.
    for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  t.equal(inForce(), 'first');
  await writeFile(file, rule('second'));
  await look();
  t.equal(inForce(), 'first', 'it may still be written to');
  await look();
  t.equal(inForce(), 'second');
  await writeFile(file, 'rules:\n  - name: third\n    when: { feeling: cross }');
  await look();
  await look();
  await look();
  t.equal(inForce(), 'second');
  t.equal(lines.filter(({ error }) => error !== undefined).length, 1, 'reported once');
  t.match(lines.at(-1)?.error, /rules\.yaml, line 3, column 22/);
  await rename(file, `${file}.away`);
  await look();
  await look();
  t.equal(inForce(), 'second');
  await writeFile(file, rule('fourth'));
  await look();
  await look();
  t.equal(inForce(), 'fourth');
});

t.test('a server does not start with rules that are not understood', async (t) => {
  const file = join(t.testdir({ 'rules.yaml': 'rules: 5' }), 'rules.yaml');
  const options = { clock: new ManualClock(), logger: { debug() {}, info() {}, warn() {}, error() {} } };
  await t.rejects(watchResponseRules(file, options), { code: 'RULES_INVALID', field: 'rules' });
  await t.rejects(watchResponseRules(`${file}.none`, options), { code: 'FILE_UNREADABLE' });
});
