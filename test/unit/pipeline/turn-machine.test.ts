/**
 * The turn machine as tables: what happens, and in which order the actions come.
 */
import t from 'tap';
import {
  idleTurn,
  isHolding,
  stepTurn,
  type TurnAction,
  type TurnInput,
  type TurnState,
} from '../../../src/pipeline/turn-machine.js';
import { defaultTurnPolicy, type TurnPolicy } from '../../../src/pipeline/turn-policy.js';

const windowMs = 32;
const fixed: TurnPolicy = { ...defaultTurnPolicy, endpointing: { type: 'fixed', silenceDurationMs: 320 } };

const probabilities: Readonly<Record<string, number>> = { s: 0.9, S: 0.9, p: 0.6, '~': 0.42, ':': 0.42 };

/**
 * Feeds windows and other inputs; `s` speech, `.` silence, `~` in between; over an audible reply `S` speech, `p` what may be
 * speech, `:` in between and `-` silence.
 */
class Run {
  state: TurnState = idleTurn;
  readonly actions: TurnAction[] = [];
  #endMs = 0;

  constructor(readonly policy: TurnPolicy) {}

  feed(pattern: string): this {
    for (const mark of pattern) {
      this.#endMs += windowMs;
      const speechProbability = probabilities[mark] ?? 0.02;
      this.give({
        type: 'window',
        speechProbability,
        endMs: this.#endMs,
        durationMs: windowMs,
        replyAudible: 'Sp:-'.includes(mark),
      });
    }
    return this;
  }

  give(input: TurnInput): this {
    const step = stepTurn(this.state, input, this.policy, 'en-US');
    this.state = step.state;
    this.actions.push(...step.actions);
    return this;
  }

  get names(): readonly string[] {
    return this.actions.map((action) => action.type);
  }
}

const cases: readonly {
  readonly name: string;
  readonly run: () => Run;
  readonly actions: readonly string[];
  readonly state: TurnState['name'];
}[] = [
  { name: 'a click is not speech', run: () => new Run(fixed).feed('ss....'), actions: [], state: 'idle' },
  {
    name: 'three windows open an utterance',
    run: () => new Run(fixed).feed('sss'),
    actions: ['open', 'speech-started'],
    state: 'speaking',
  },
  {
    name: 'an utterance ends after the silence',
    run: () => new Run(fixed).feed('ssss..........'),
    actions: ['open', 'speech-started', 'measure-cadence', 'end'],
    state: 'idle',
  },
  {
    name: 'the gap between the thresholds keeps what was',
    run: () => new Run(fixed).feed(`sss${'~'.repeat(40)}`),
    actions: ['open', 'speech-started'],
    state: 'speaking',
  },
  {
    name: 'a pause that is too short does not end it',
    run: () => new Run(fixed).feed('sss.....sss'),
    actions: ['open', 'speech-started', 'measure-cadence'],
    state: 'speaking',
  },
  {
    name: 'time without audio counts as silence, so lost frames cannot hang a turn',
    run: () =>
      new Run(fixed).feed('ssss').give({ type: 'quiet', durationMs: 250 }).give({ type: 'quiet', durationMs: 100 }),
    actions: ['open', 'speech-started', 'measure-cadence', 'end'],
    state: 'idle',
  },
  {
    name: 'a knock over the reply holds and resumes it',
    run: () => new Run(fixed).feed('S---'),
    actions: ['hold', 'resume'],
    state: 'idle',
  },
  {
    name: 'what may be speech does not hold the reply before it lasts',
    run: () => new Run(fixed).feed('pp---'),
    actions: [],
    state: 'idle',
  },
  {
    name: 'what may be speech holds the reply once it lasts',
    run: () => new Run(fixed).feed('ppp'),
    actions: ['hold', 'open'],
    state: 'speaking',
  },
  {
    name: 'a reply that is held by a knock goes on when it is not sure any more that it was speech',
    run: () => new Run(fixed).feed('S::-'),
    actions: ['hold', 'resume'],
    state: 'idle',
  },
  {
    name: 'a word whose windows are not all sure holds the reply once, and counts from its start',
    run: () => new Run(fixed).feed('S--S:S'),
    actions: ['hold', 'open'],
    state: 'speaking',
  },
  {
    name: 'no audio comes after a knock: the reply goes on',
    run: () => new Run(fixed).feed('S').give({ type: 'quiet', durationMs: 50 }).give({ type: 'quiet', durationMs: 50 }),
    actions: ['hold', 'resume'],
    state: 'idle',
  },
  {
    name: 'the reply fell silent by itself while it was held: what was held is let go, the caller is heard',
    run: () => new Run(fixed).feed('SSs'),
    actions: ['hold', 'resume', 'open', 'speech-started'],
    state: 'speaking',
  },
  {
    name: 'lasting speech over the reply interrupts before speech is announced',
    run: () => new Run(fixed).feed('S'.repeat(16)),
    actions: ['hold', 'open', 'interrupt', 'speech-started'],
    state: 'speaking',
  },
  {
    name: 'short speech over the reply is judged by its words: a backchannel resumes',
    run: () =>
      new Run(fixed)
        .feed(`${'S'.repeat(8)}---`)
        .give({ type: 'verdict', interruption: false })
        .feed('-----'),
    actions: ['hold', 'open', 'judge', 'discard', 'resume'],
    state: 'idle',
  },
  {
    name: 'a verdict that comes late resumes at once',
    run: () => new Run(fixed).feed(`${'S'.repeat(8)}--------`).give({ type: 'verdict', interruption: false }),
    actions: ['hold', 'open', 'judge', 'discard', 'resume'],
    state: 'idle',
  },
  {
    name: 'no audio comes after a backchannel: the reply goes on',
    run: () =>
      new Run(fixed)
        .feed(`${'S'.repeat(8)}---`)
        .give({ type: 'verdict', interruption: false })
        .give({ type: 'quiet', durationMs: 200 }),
    actions: ['hold', 'open', 'judge', 'discard', 'resume'],
    state: 'idle',
  },
  {
    name: 'a word that said nothing and was followed by others is their beginning',
    run: () =>
      new Run(fixed)
        .feed(`${'S'.repeat(8)}---`)
        .give({ type: 'verdict', interruption: false })
        .feed(`-${'S'.repeat(8)}`),
    actions: ['hold', 'open', 'judge', 'interrupt', 'speech-started'],
    state: 'speaking',
  },
  {
    name: 'short speech over the reply is judged by its words: a command interrupts',
    run: () =>
      new Run(fixed)
        .feed(`${'S'.repeat(8)}---`)
        .give({ type: 'verdict', interruption: true })
        .feed('.......'),
    actions: ['hold', 'open', 'judge', 'interrupt', 'speech-started', 'measure-cadence', 'end'],
    state: 'idle',
  },
  {
    name: 'a command may go on: its first word alone is no turn',
    run: () =>
      new Run(fixed)
        .feed(`${'S'.repeat(8)}---`)
        .give({ type: 'verdict', interruption: true })
        .feed('...ss'),
    actions: ['hold', 'open', 'judge', 'interrupt', 'speech-started', 'measure-cadence'],
    state: 'speaking',
  },
  {
    name: 'a verdict that comes after the wait ends the turn',
    run: () => new Run(fixed).feed(`${'S'.repeat(8)}${'-'.repeat(10)}`).give({ type: 'verdict', interruption: true }),
    actions: ['hold', 'open', 'judge', 'interrupt', 'speech-started', 'end'],
    state: 'idle',
  },
  {
    name: 'speech that goes on while it is judged stays open',
    run: () => new Run(fixed).feed(`${'S'.repeat(8)}---SS`).give({ type: 'verdict', interruption: false }),
    actions: ['hold', 'open', 'judge'],
    state: 'speaking',
  },
  {
    name: 'the reply ends by itself: what was provisional becomes an ordinary utterance',
    run: () => new Run(fixed).feed('S'.repeat(6)).give({ type: 'reply-silent' }),
    actions: ['hold', 'open', 'speech-started'],
    state: 'speaking',
  },
  {
    name: 'interruption switched off: speech over the reply is an ordinary utterance',
    run: () => new Run({ ...fixed, interruptReply: false }).feed('SSS'),
    actions: ['open', 'speech-started'],
    state: 'speaking',
  },
  {
    name: 'the longest utterance ends in mid speech',
    run: () => new Run({ ...fixed, maxUtteranceMs: 640 }).feed('s'.repeat(20)),
    actions: ['open', 'speech-started', 'end'],
    state: 'idle',
  },
  {
    name: 'a verdict nobody waits for is refused',
    run: () => new Run(fixed).feed('sss').give({ type: 'verdict', interruption: true }),
    actions: ['open', 'speech-started'],
    state: 'speaking',
  },
  {
    name: 'cadence and transcript in silence are refused',
    run: () => new Run(fixed).give({ type: 'cadence', finality: 1 }).give({ type: 'transcript', text: 'yes' }),
    actions: [],
    state: 'idle',
  },
];

for (const { name, run, actions, state } of cases) {
  t.test(name, (t) => {
    const done = run();
    t.same(done.names, actions);
    t.equal(done.state.name, state);
    t.end();
  });
}

t.test('prefix padding belongs to the utterance and never precedes the audio', (t) => {
  const early = new Run(fixed).feed('sss').actions.find((action) => action.type === 'open');
  t.same(early, { type: 'open', startMs: 0 });
  const late = new Run(fixed).feed(`${'.'.repeat(20)}sss`).actions.find((action) => action.type === 'open');
  t.same(late, { type: 'open', startMs: 20 * windowMs - fixed.prefixPaddingMs });
  t.end();
});

t.test('the end says where speech ended, not where the waiting did', (t) => {
  const end = new Run(fixed).feed('sssss..........').actions.find((action) => action.type === 'end');
  t.match(end, { endMs: 5 * windowMs, speechMs: 5 * windowMs });
  t.end();
});

t.test('a complete sentence ends sooner than an open one', (t) => {
  const silenceNeeded = (text: string, finality: number): number => {
    const run = new Run(defaultTurnPolicy)
      .feed('ssss')
      .give({ type: 'transcript', text })
      .feed('.')
      .give({ type: 'cadence', finality });
    for (let windows = 1; windows < 200; windows += 1) {
      if (run.state.name === 'idle') return windows * windowMs;
      run.feed('.');
    }
    return Infinity;
  };
  const complete = silenceNeeded('where is my order', 0.9);
  const unknown = silenceNeeded('', 0.5);
  const open = silenceNeeded('i would like to', 0.1);
  t.ok(complete < unknown && unknown < open, `${complete} < ${unknown} < ${open}`);
  t.end();
});

const silenceUntilEnd = (run: Run): number => {
  for (let windows = 0; windows < 200; windows += 1) {
    if (run.state.name === 'idle') return windows * windowMs;
    run.feed('.');
  }
  return Infinity;
};

t.test('the answer of the end-of-turn model moves the wait of its own pause', (t) => {
  const { endpointing } = defaultTurnPolicy;
  if (endpointing.type !== 'adaptive') throw new Error('the default policy adapts');
  const waitFor = (endProbability: number): number =>
    windowMs +
    silenceUntilEnd(
      new Run(defaultTurnPolicy).feed('ssss.').give({ type: 'turn-end', lastSpeechEndMs: 128, endProbability }),
    );
  const [sure, undecided, open] = [waitFor(1), waitFor(0.5), waitFor(0)];
  t.ok(sure < undecided && sure >= endpointing.shortestWaitMs, `${sure} < ${undecided}`);
  t.equal(undecided, endpointing.usualWaitMs);
  t.ok(open > undecided, `${open} > ${undecided}`);
  t.end();
});

t.test('an answer that comes late ends the turn at once when the silence has lasted long enough', (t) => {
  const run = new Run(defaultTurnPolicy).feed(`ssss${'.'.repeat(12)}`);
  t.equal(run.state.name, 'pausing');
  run.give({ type: 'turn-end', lastSpeechEndMs: 128, endProbability: 1 });
  t.equal(run.state.name, 'idle');
  t.equal(run.names.at(-1), 'end');
  t.end();
});

t.test('an answer about an earlier pause, or in speech, is dropped', (t) => {
  const earlier = { type: 'turn-end', lastSpeechEndMs: 128, endProbability: 1 } as const;
  const speaking = new Run(defaultTurnPolicy).feed('ssss....s');
  t.equal(speaking.give(earlier).state.name, 'speaking');
  const paused = speaking.feed('.');
  t.match(paused.give(earlier).state, { name: 'pausing', endProbability: null });
  const current = { ...earlier, lastSpeechEndMs: 9 * windowMs };
  t.match(paused.give(current).state, { name: 'pausing', endProbability: 1 });
  t.match(paused.feed('s.').state, { name: 'pausing', endProbability: null }, 'the next pause starts without one');
  t.equal(new Run(defaultTurnPolicy).give(earlier).state.name, 'idle');
  t.end();
});

t.test('the reply is known to be held from the first sure window until what was said is dismissed', (t) => {
  const run = new Run(fixed);
  t.notOk(isHolding(run.state));
  for (const pattern of ['S', 'SSSS', '---']) t.ok(isHolding(run.feed(pattern).state), pattern);
  t.ok(isHolding(run.give({ type: 'verdict', interruption: false }).state), 'the next word may follow');
  t.notOk(isHolding(run.feed('-----').state));
  t.end();
});
