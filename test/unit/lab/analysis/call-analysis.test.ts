/**
 * What the recording says against the truth of tapes made to the sample.
 */
import t from 'tap';
import { seededRandom } from '../../../../src/core/seeded-random.js';
import { analyseCall } from '../../../../src/lab/analysis/call-analysis.js';
import { findSpeech } from '../../../../src/lab/analysis/speech-activity.js';
import { ScriptedChannel, trimmedClip } from '../../../support/scripted-tape.js';

const toleranceMs = 10;
const near = (actual: number | null | undefined, expected: number): boolean =>
  typeof actual === 'number' && Math.abs(actual - expected) <= toleranceMs;

const callerClips = ['greeting', 'opening-hours', 'return-shoes', 'yes', 'late-delivery-angry'];
const agentClips = ['thanks-happy', 'time-question', 'goodbye', 'no', 'cancelled-trip-sad'];

interface Line {
  readonly name: string;
  readonly sampleRateHz: number;
  readonly isMulaw: boolean;
  readonly noiseDb?: number;
  /** Comfort noise that begins in the middle of a tape that was digital silence. */
  readonly noiseFromMs?: number;
  readonly agentGain?: number;
}

const lines: readonly Line[] = [
  { name: '24 kHz, clean', sampleRateHz: 24_000, isMulaw: false },
  { name: '8 kHz μ-law, clean', sampleRateHz: 8_000, isMulaw: true },
  { name: '8 kHz μ-law, comfort noise at −60 dBFS', sampleRateHz: 8_000, isMulaw: true, noiseDb: -60 },
  { name: '8 kHz μ-law, noise at −48 dBFS', sampleRateHz: 8_000, isMulaw: true, noiseDb: -48 },
  {
    name: '16 kHz, noise at −55 dBFS from the middle on',
    sampleRateHz: 16_000,
    isMulaw: false,
    noiseDb: -55,
    noiseFromMs: 22_000,
  },
  { name: '8 kHz μ-law, a quiet agent', sampleRateHz: 8_000, isMulaw: true, noiseDb: -65, agentGain: 0.25 },
];

for (const line of lines) {
  t.test(`latencies are found within ${toleranceMs} ms: ${line.name}`, (t) => {
    const { sampleRateHz } = line;
    const caller = new ScriptedChannel(60_000, sampleRateHz);
    const agent = new ScriptedChannel(60_000, sampleRateHz);
    const random = seededRandom(3);
    const truth: number[] = [];
    let atMs = 800;
    for (const [index, name] of callerClips.entries()) {
      const endMs = caller.lay(trimmedClip(name, sampleRateHz), atMs);
      const latencyMs = 180 + Math.round(random() * 2_000);
      truth.push(latencyMs);
      atMs = agent.lay(trimmedClip(agentClips[index]!, sampleRateHz), endMs + latencyMs, line.agentGain) + 900;
    }
    for (const channel of [caller, agent]) {
      if (line.noiseDb !== undefined) channel.noise(line.noiseDb, line.noiseFromMs);
    }
    const tape = (channel: ScriptedChannel): Float32Array => (line.isMulaw ? channel.overMulaw() : channel.samples);
    const found = analyseCall({ caller: tape(caller), agent: tape(agent), sampleRateHz });
    t.equal(found.turns.length, truth.length, 'as many turns as lines');
    const errors = found.turns.map(({ latencyMs }, index) => (latencyMs ?? Number.NaN) - truth[index]!);
    t.ok(
      errors.every((error) => Math.abs(error) <= toleranceMs),
      `errors in ms: ${errors.map((error) => error.toFixed(1)).join(', ')}`,
    );
    t.same(
      [found.cutOffs, found.bargeIns, found.briefs, found.dropouts],
      [[], [], [], []],
      'and nothing else happened',
    );
    t.equal(found.talkOverMs, 0);
    t.end();
  });
}

t.test(`a hundred turns of chance, loud and soft, up to comfort noise of −60 dBFS: within ${toleranceMs} ms`, (t) => {
  const random = seededRandom(9);
  const oneOf = (names: readonly string[]): string => names[Math.floor(random() * names.length)]!;
  const errors: number[] = [];
  for (let tape = 0; tape < 12; tape += 1) {
    const sampleRateHz = [8_000, 16_000, 24_000][tape % 3]!;
    const caller = new ScriptedChannel(80_000, sampleRateHz);
    const agent = new ScriptedChannel(80_000, sampleRateHz);
    const truth: number[] = [];
    for (let atMs = 600; atMs < 62_000;) {
      const endMs = caller.lay(trimmedClip(oneOf(callerClips), sampleRateHz), atMs);
      const latencyMs = 150 + random() * 2_200;
      truth.push(latencyMs);
      const gain = 0.3 + random() * 0.7;
      atMs = agent.lay(trimmedClip(oneOf(agentClips), sampleRateHz), endMs + latencyMs, gain) + 500 + random() * 900;
    }
    const noiseDb = [undefined, -70, -60][tape % 4];
    if (noiseDb !== undefined) {
      caller.noise(noiseDb);
      agent.noise(noiseDb, tape % 2 === 0 ? 30_000 : 0);
    }
    const tapeOf = (channel: ScriptedChannel): Float32Array => (tape % 2 === 0 ? channel.samples : channel.overMulaw());
    const found = analyseCall({ caller: tapeOf(caller), agent: tapeOf(agent), sampleRateHz });
    t.equal(found.turns.length, truth.length);
    errors.push(...found.turns.map(({ latencyMs }, index) => Math.abs((latencyMs ?? Number.NaN) - truth[index]!)));
  }
  t.ok(errors.length > 100, `${errors.length} turns`);
  t.ok(Math.max(...errors) <= toleranceMs, `worst ${Math.max(...errors).toFixed(1)} ms`);
  t.end();
});

t.test('a channel with noise alone has no speech', (t) => {
  for (const levelDb of [-70, -50, -30]) {
    t.same(findSpeech(new ScriptedChannel(5_000, 8_000).noise(levelDb).overMulaw(), 8_000).segments, [], `${levelDb}`);
  }
  t.same(findSpeech(new Float32Array(8_000), 8_000).segments, [], 'nor has silence');
  t.same(findSpeech(new Float32Array(0), 8_000).segments, [], 'nor has nothing');
  t.end();
});

t.test('a click is no speech', (t) => {
  const channel = new ScriptedChannel(4_000, 8_000);
  channel.lay(new Float32Array(16).fill(0.5), 1_000);
  channel.lay(trimmedClip('yes', 8_000), 2_000);
  const { segments } = findSpeech(channel.samples, 8_000);
  t.ok(near(segments[0]?.startMs, 2_000), String(segments[0]?.startMs));
  t.end();
});

/** An agent that speaks for long, told to stop at an instant. */
function longAgent(untilMs: number): ScriptedChannel {
  const agent = new ScriptedChannel(20_000, 8_000);
  const first = agent.lay(trimmedClip('late-delivery-angry', 8_000), 1_000);
  agent.lay(trimmedClip('cancelled-trip-sad', 8_000), first + 100);
  agent.silence(untilMs, 20_000);
  return agent;
}

t.test('a barge-in: when the agent fell silent, how long both spoke, and the latency of the next reply', (t) => {
  const agent = longAgent(2_820);
  const caller = new ScriptedChannel(20_000, 8_000);
  const endMs = caller.lay(trimmedClip('barge-in', 8_000), 2_600);
  agent.lay(trimmedClip('no', 8_000), endMs + 640);
  const { bargeIns, turns, talkOverMs } = analyseCall({
    caller: caller.samples,
    agent: agent.samples,
    sampleRateHz: 8_000,
  });
  t.equal(bargeIns.length, 1);
  t.ok(near(bargeIns[0]?.stopMs, 220), `stopped after ${bargeIns[0]?.stopMs} ms`);
  t.ok(near(talkOverMs, 220), `${talkOverMs} ms together`);
  t.equal(turns.length, 1);
  t.match(turns[0], { bargedIn: true });
  t.ok(near(turns[0]?.latencyMs, 640), `answered after ${turns[0]?.latencyMs} ms`);
  t.end();
});

t.test('a caller who begins in a pause between two clauses interrupts the reply, and is not cut off by it', (t) => {
  const agent = new ScriptedChannel(20_000, 8_000);
  const pauseAtMs = agent.lay(trimmedClip('late-delivery-angry', 8_000), 1_000);
  agent.lay(trimmedClip('cancelled-trip-sad', 8_000), pauseAtMs + 520);
  const callerAtMs = pauseAtMs + 370;
  agent.silence(callerAtMs + 400, 10_000);
  const caller = new ScriptedChannel(20_000, 8_000);
  caller.lay(trimmedClip('return-shoes', 8_000), callerAtMs);
  const found = analyseCall({ caller: caller.samples, agent: agent.samples, sampleRateHz: 8_000 });
  t.ok(near(found.bargeIns[0]?.stopMs, 400), `stopped after ${found.bargeIns[0]?.stopMs} ms`);
  t.same(found.cutOffs, []);
  t.end();
});

t.test('an agent that speaks on has not yielded', (t) => {
  const agent = longAgent(19_000);
  const caller = new ScriptedChannel(20_000, 8_000);
  caller.lay(trimmedClip('barge-in', 8_000), 2_000);
  const { bargeIns } = analyseCall({ caller: caller.samples, agent: agent.samples, sampleRateHz: 8_000 });
  t.match(bargeIns, [{ stopMs: null }]);
  t.end();
});

t.test('a backchannel may be ignored, make the agent pause, or silence it', (t) => {
  const outcomeOf = (change: (agent: ScriptedChannel) => void): unknown => {
    const agent = longAgent(19_000);
    change(agent);
    const caller = new ScriptedChannel(20_000, 8_000);
    caller.lay(trimmedClip('backchannel', 8_000), 2_000);
    const { briefs, turns, bargeIns } = analyseCall({
      caller: caller.samples,
      agent: agent.samples,
      sampleRateHz: 8_000,
    });
    t.same([turns, bargeIns], [[], []], 'it is neither a turn nor a barge-in');
    return briefs;
  };
  t.match(
    outcomeOf(() => undefined),
    [{ kind: 'brief', outcome: 'ignored', pauseMs: null }],
  );
  const resumed = outcomeOf((agent) => agent.silence(2_300, 700)) as { outcome: string; pauseMs: number }[];
  t.match(resumed, [{ outcome: 'resumed' }]);
  t.ok(near(resumed[0]?.pauseMs, 700), `paused for ${resumed[0]?.pauseMs} ms`);
  t.match(
    outcomeOf((agent) => agent.silence(2_300, 15_000)),
    [{ outcome: 'stopped' }],
  );
  t.end();
});

t.test('a cue tells a cough from a word', (t) => {
  const caller = new ScriptedChannel(20_000, 8_000);
  const endMs = caller.lay(trimmedClip('stop', 8_000), 2_000);
  const recording = { caller: caller.samples, agent: longAgent(2_200).samples, sampleRateHz: 8_000 };
  t.match(analyseCall(recording, [{ kind: 'line', startMs: 2_000, endMs }]), {
    bargeIns: [{ atMs: Number }],
    briefs: [],
  });
  t.match(analyseCall(recording, [{ kind: 'cough', startMs: 2_000, endMs }]), {
    bargeIns: [],
    briefs: [{ kind: 'cough', outcome: 'stopped' }],
  });
  t.end();
});

t.test('an agent that begins in a pause of the caller, or over the caller, has cut in', (t) => {
  const first = trimmedClip('yes', 8_000);
  const cutIn = (agentAfterMs: number): unknown => {
    const caller = new ScriptedChannel(20_000, 8_000);
    const pauseAt = caller.lay(first, 1_000);
    const endMs = caller.lay(trimmedClip('opening-hours', 8_000), pauseAt + 600);
    const agent = new ScriptedChannel(20_000, 8_000);
    agent.lay(trimmedClip('no', 8_000), pauseAt + agentAfterMs);
    agent.lay(trimmedClip('goodbye', 8_000), endMs + 500);
    return analyseCall({ caller: caller.samples, agent: agent.samples, sampleRateHz: 8_000 });
  };
  const inPause = cutIn(350) as ReturnType<typeof analyseCall>;
  t.match(inPause.cutOffs, [{ during: 'pause' }]);
  t.equal(inPause.turns.length, 1, 'the caller has one turn');
  t.ok(near(inPause.turns[0]?.latencyMs, 500));
  t.match((cutIn(900) as ReturnType<typeof analyseCall>).cutOffs, [{ during: 'speech' }]);
  t.end();
});

t.test('a turn that nobody answered has no latency', (t) => {
  const caller = new ScriptedChannel(20_000, 8_000);
  caller.lay(trimmedClip('greeting', 8_000), 1_000);
  caller.lay(trimmedClip('yes', 8_000), 9_000);
  const { turns } = analyseCall({ caller: caller.samples, agent: new Float32Array(160_000), sampleRateHz: 8_000 });
  t.match(turns, [{ latencyMs: null }, { latencyMs: null }]);
  t.end();
});

t.test('frames missing out of the agent’s speech are found, a pause is not taken for one', (t) => {
  const agent = longAgent(19_000);
  for (const atMs of [1_500, 2_100, 2_120, 3_000]) agent.silence(atMs, 20);
  const { dropouts } = analyseCall({ caller: new Float32Array(160_000), agent: agent.samples, sampleRateHz: 8_000 });
  t.ok(
    dropouts.some(({ atMs, durationMs }) => near(atMs, 1_500) && near(durationMs, 20)),
    JSON.stringify(dropouts),
  );
  t.ok(dropouts.length >= 2 && dropouts.length <= 3);
  t.end();
});
