/**
 * Scripts as people write them: what is read from them, and where each mistake is.
 */
import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { describeDeed, readCallScript } from '../../../../src/lab/script/call-script.js';

t.test('the scripts that come with Attune are read', (t) => {
  const files = readdirSync('lab-scripts');
  t.ok(files.length >= 3);
  for (const file of files) {
    const script = readCallScript(readFileSync(`lab-scripts/${file}`, 'utf8'), file);
    t.ok(script.steps.length > 3, file);
  }
  t.end();
});

t.test('a line, its pauses, its mood and what is expected', (t) => {
  const script = readCallScript(
    `
name: Two lines
line: { lossShare: 0.02, jitterMs: 60 }
steps:
  - say: [I would like, { pauseMs: 600 }, a table.]
    mood: happy
    expect: [table]
    withinMs: 900
    understood: 0.8
  - cough: true
    overReplyMs: 700
  - press: 12#
`,
    'two.yaml',
  );
  t.match(script, {
    name: 'Two lines',
    voice: null,
    line: { lossShare: 0.02, jitterMs: 60, delayMs: 0, codec: 'none' },
  });
  t.match(script.steps[0], {
    deed: { type: 'say', parts: ['I would like', { pauseMs: 600 }, 'a table.'], mood: 'happy' },
    overReplyMs: null,
    expect: ['table'],
    withinMs: 900,
    understoodShare: 0.8,
  });
  t.match(script.steps[1], { deed: { type: 'cough' }, overReplyMs: 700 });
  t.same(
    script.steps.map(({ deed }) => describeDeed(deed)),
    ['I would like … a table.', '(cough)', '(presses 12#)'],
  );
  t.end();
});

const mistakes: readonly (readonly [what: string, steps: string, message: RegExp, field: string])[] = [
  ['an unknown key', '- say: hello\n    withinSeconds: 2', /line 4.*unrecognized key/i, 'steps[0]'],
  ['two deeds', '- say: hello\n    cough: true', /exactly one of .*not say and cough/, 'steps[0]'],
  ['no deed', '- withinMs: 500', /exactly one of/, 'steps[0]'],
  ['a budget without a line', '- cough: true\n    withinMs: 500', /line 5.*belongs to a line/, 'steps[0].withinMs'],
  ['nobody to stop', '- say: hello\n    stopsWithinMs: 500', /line 5.*needs overReplyMs/, 'steps[0].stopsWithinMs'],
  ['a key no telephone has', '- press: 12x', /line 4, column 12.*keys of a telephone/, 'steps[0].press'],
  ['a pause of the wrong kind', '- pauseMs: long', /line 4.*number/, 'steps[0].pauseMs'],
];

for (const [what, steps, message, field] of mistakes) {
  t.test(`a mistake is told with its place: ${what}`, (t) => {
    const text = `# a script\nname: wrong\nsteps:\n  ${steps}\n`;
    t.throws(() => readCallScript(text, 'wrong.yaml'), { code: 'SCRIPT_INVALID', message, field });
    t.end();
  });
}

t.test('what is no YAML at all is told too', (t) => {
  t.throws(() => readCallScript('name: [', 'x.yaml'), { code: 'SCRIPT_INVALID', message: /x\.yaml, line 1/ });
  t.end();
});
