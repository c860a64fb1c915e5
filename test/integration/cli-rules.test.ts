/**
 * `attune rules` as a person runs it.
 */
import { join } from 'node:path';
import t from 'tap';
import { runCommand as attune } from '../support/attune-command.js';

t.test('check lists the shipped rules; a broken file is named with its place', async (t) => {
  const listed = await attune(['rules', 'check']);
  t.equal(listed.status, 0);
  t.match(
    listed.stdout,
    /anger that an apology did not help[\s\S]*customs of en-US, en-GB, de-DE, es-ES, zh-CN, ja-JP/,
  );
  const file = join(t.testdir({ 'mine.yaml': 'rules:\n  - name: a\n    when: { feling: sad }' }), 'mine.yaml');
  const refused = await attune(['rules', 'check', file]);
  t.equal(refused.status, 1);
  t.match(refused.stderr, /RULES_INVALID.*mine\.yaml, line 3.*feling/);
});

t.test('try plays turns', async (t) => {
  const { stdout, status } = await attune(['rules', 'try', 'angry', 'angry', 'angry', '--json']);
  t.equal(status, 0);
  const turns = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { decision: { acts: string[] } });
  t.same(
    turns.map(({ decision }) => decision.acts),
    [['apologise'], [], ['offer-person']],
  );
  t.match((await attune(['rules', 'try', 'furious'])).stderr, /OPTION_INVALID.*Feelings are neutral/);
});
