/**
 * Recordings made as those that the analyzer of openbenchmarks' voice-agent-latency (2.4.0) is validated on: a carrier's stereo tape
 * at 8 kHz in μ-law, a greeting, four lines of the caller with waits of 500, 700, 900 and 1,100 ms before the answers, and their hazards.
 * What is measured there is the same interval: from the last sample of the caller's speech to the first of the reply. Where our
 * verdict differs, docs/lab.md says so and a test here holds it.
 */
import t from 'tap';
import { analyseCall, type CallAnalysis } from '../../../../src/lab/analysis/call-analysis.js';
import type { Cue } from '../../../../src/lab/analysis/utterances.js';
import { seededRandom } from '../../../../src/core/seeded-random.js';
import { ScriptedChannel, trimmedClip } from '../../../support/scripted-tape.js';

const sampleRateHz = 8_000;
const waitsMs = [500, 700, 900, 1_100] as const;
const lines = ['opening-hours', 'return-shoes', 'time-question', 'order-number'] as const;
const leadInMs = 300;
const greetingHangoverMs = 900;
const replyMs = 1_600;
const interTurnPauseMs = 1_400;
const fillerMs = 250;
const toleranceMs = 10;

interface Hazard {
  /** Of the third line. */
  readonly pauseInsideMs?: number;
  readonly isOverlapped?: boolean;
  readonly isUnanswered?: boolean;
  readonly hasSoftTail?: boolean;
  /** Before the reply to the third line, and the silence behind it. */
  readonly hasFiller?: boolean;
  readonly greetingPauseMs?: number;
  readonly idlePromptBeforeMs?: number;
  readonly agentNoiseDb?: number;
  /** Echo of the caller on the agent's channel. */
  readonly bleedDb?: number;
}

interface Built {
  readonly caller: Float32Array;
  readonly agent: Float32Array;
  readonly sampleRateHz: number;
  readonly cues: readonly Cue[];
}

const softTailMs = 24;

/** What fades behind the last loud sample of a word in s: 40 dB and more below the speech. */
function softTail(): Float32Array {
  const random = seededRandom(5);
  return Float32Array.from({ length: (softTailMs * sampleRateHz) / 1000 }, () => 0.002 * (2 * random() - 1));
}

function build(hazard: Hazard): Built {
  const caller = new ScriptedChannel(40_000, sampleRateHz);
  const agent = new ScriptedChannel(40_000, sampleRateHz);
  const ms = (clip: Float32Array): number => (clip.length * 1000) / sampleRateHz;
  const cut = (clip: Float32Array, lengthMs: number): Float32Array => clip.slice(0, (lengthMs * sampleRateHz) / 1000);
  const greeting = trimmedClip('greeting', sampleRateHz);
  const half = greeting.length >> 1;
  const greetingPauseMs = hazard.greetingPauseMs ?? 0;
  agent.lay(greeting.slice(0, half), leadInMs);
  let atMs =
    agent.lay(greeting.slice(half), leadInMs + ms(greeting.slice(0, half)) + greetingPauseMs) + greetingHangoverMs;
  const reply = cut(trimmedClip('cancelled-trip-sad', sampleRateHz), replyMs);
  const filler = cut(trimmedClip('backchannel', sampleRateHz), fillerMs);
  const cues: Cue[] = [];
  for (const [index, name] of lines.entries()) {
    const third = index === 2;
    const line = trimmedClip(name, sampleRateHz);
    const middle = line.length >> 1;
    if (third && hazard.idlePromptBeforeMs !== undefined) {
      agent.lay(filler, atMs - interTurnPauseMs + hazard.idlePromptBeforeMs);
      atMs += 2_000;
    }
    const pauseMs = third ? (hazard.pauseInsideMs ?? 0) : 0;
    caller.lay(line.slice(0, middle), atMs);
    let endMs = caller.lay(line.slice(middle), atMs + ms(line.slice(0, middle)) + pauseMs);
    if (third && hazard.hasSoftTail) endMs = caller.lay(softTail(), endMs);
    cues.push({ kind: 'line', startMs: atMs, endMs });
    let answerMs = endMs + (third && hazard.isOverlapped ? -200 : waitsMs[index]!);
    if (third && hazard.hasFiller) {
      agent.lay(filler, answerMs);
      answerMs += fillerMs + 300;
    }
    const isAnswered = !(third && hazard.isUnanswered);
    if (isAnswered) agent.lay(reply, answerMs);
    atMs = (isAnswered ? answerMs + replyMs : answerMs) + interTurnPauseMs;
  }
  if (hazard.bleedDb !== undefined) agent.lay(caller.samples, 0, 10 ** (hazard.bleedDb / 20));
  if (hazard.agentNoiseDb !== undefined) agent.noise(hazard.agentNoiseDb);
  return { caller: caller.overMulaw(), agent: agent.overMulaw(), sampleRateHz, cues };
}

const latenciesOf = ({ turns }: CallAnalysis): readonly (number | null)[] => turns.map(({ latencyMs }) => latencyMs);

const near = (found: readonly (number | null)[], expected: readonly (number | null)[]): boolean =>
  found.length === expected.length &&
  found.every((one, index) => {
    const wanted = expected[index] ?? null;
    return one === null || wanted === null ? one === wanted : Math.abs(one - wanted) <= toleranceMs;
  });

interface Case {
  readonly name: string;
  readonly hazard: Hazard;
  readonly latenciesMs: readonly (number | null)[];
  readonly cutOffs?: number;
  /** Where the lines lie is known, as in `attune lab call`. */
  readonly knowsCues?: boolean;
}

const cases: readonly Case[] = [
  { name: 'a clean call: both agree', hazard: {}, latenciesMs: waitsMs },
  { name: 'comfort noise under the agent', hazard: { agentNoiseDb: -55 }, latenciesMs: waitsMs },
  { name: 'a pause inside a line', hazard: { pauseInsideMs: 500 }, latenciesMs: waitsMs },
  {
    name: 'a pause so long that the call is refused there: here the line goes on, for nobody answered',
    hazard: { pauseInsideMs: 900 },
    latenciesMs: waitsMs,
  },
  { name: 'a greeting in two pieces', hazard: { greetingPauseMs: 1_000 }, latenciesMs: waitsMs },
  { name: 'an agent that asks again between two turns', hazard: { idlePromptBeforeMs: 1_200 }, latenciesMs: waitsMs },
  {
    name: '"mm-hmm" before the answer is the answer, as their onset has it',
    hazard: { hasFiller: true },
    latenciesMs: waitsMs,
  },
  { name: 'the caller’s echo 30 dB down on the agent’s channel', hazard: { bleedDb: -30 }, latenciesMs: waitsMs },
  {
    name: 'an agent that begins 200 ms early: discarded there as double talk, a false cut-off here',
    hazard: { isOverlapped: true },
    latenciesMs: [500, 700, null, 1_100],
    cutOffs: 1,
  },
  {
    name: 'no answer: discarded there; here, of a recording alone, the caller goes on',
    hazard: { isUnanswered: true },
    latenciesMs: [500, 700, 1_100],
  },
  {
    name: 'no answer where the lines are known: counted as unanswered',
    hazard: { isUnanswered: true },
    latenciesMs: [500, 700, null, 1_100],
    knowsCues: true,
  },
  {
    name: 'the last 24 ms of a line 40 dB down: speech there, no longer heard here',
    hazard: { hasSoftTail: true },
    latenciesMs: [500, 700, 900 + softTailMs, 1_100],
  },
];

for (const { name, hazard, latenciesMs, cutOffs = 0, knowsCues = false } of cases) {
  t.test(name, (t) => {
    const { cues, ...recording } = build(hazard);
    const found = analyseCall(recording, knowsCues ? cues : undefined);
    t.ok(
      near(latenciesOf(found), latenciesMs),
      `${latenciesOf(found).map(String).join(', ')} for ${latenciesMs.join(', ')}`,
    );
    t.equal(found.cutOffs.length, cutOffs, 'false cut-offs');
    t.end();
  });
}
