/**
 * Expectations of a script against a tape, and the words that came through.
 */
import t from 'tap';
import { analyseCall } from '../../../../src/lab/analysis/call-analysis.js';
import { readCallScript } from '../../../../src/lab/script/call-script.js';
import { checkScript, understoodShare } from '../../../../src/lab/script/script-checks.js';
import { ScriptedChannel, trimmedClip } from '../../../support/scripted-tape.js';

const script = readCallScript(
  `
name: checked
steps:
  - say: Yes, please.
    withinMs: 600
    expect: [Order, parcel]
    understood: 0.9
  - backchannel: yeah
    overReplyMs: 500
  - say: never reached
    withinMs: 10
`,
  'checked.yaml',
);
const steps = script.steps.map((step) => ({
  ...step,
  clip: null,
  text: step.deed.type === 'say' ? 'Yes, please.' : null,
}));

t.test('each expectation is met or missed, with what was found', (t) => {
  const caller = new ScriptedChannel(12_000, 8_000);
  const agent = new ScriptedChannel(12_000, 8_000);
  const endMs = caller.lay(trimmedClip('yes', 8_000), 1_000);
  agent.lay(trimmedClip('late-delivery-angry', 8_000), endMs + 500);
  const asideEndMs = caller.lay(trimmedClip('backchannel', 8_000), endMs + 1_000);
  const cues = [
    { kind: 'line', startMs: 1_000, endMs },
    { kind: 'backchannel', startMs: endMs + 1_000, endMs: asideEndMs },
  ] as const;
  const analysis = analyseCall({ caller: caller.samples, agent: agent.samples, sampleRateHz: 8_000 }, cues);
  const played = [
    { cue: cues[0], understood: 'yes please', answer: 'Your order is on its way.' },
    { cue: cues[1], understood: '', answer: '' },
  ];
  const checks = checkScript(steps, played, analysis);
  t.match(
    checks.map(({ step, what, passed }) => [step, what, passed]),
    [
      [1, 'answered in time', true],
      [1, 'expected words', false],
      [1, 'understood', true],
      [2, 'not interrupted by it', true],
      [3, 'reached', false],
    ],
  );
  t.match(checks[1]?.detail, /without parcel/);
  t.end();
});

t.test('the share of words that came through, in their order', (t) => {
  t.equal(understoodShare('Hello, can you help me?', 'hello can you HELP me'), 1);
  t.equal(understoodShare('one two three four', 'one three four five'), 0.75);
  t.equal(understoodShare('one two', 'two one'), 0.5);
  t.equal(understoodShare('one two', ''), 0);
  t.end();
});
