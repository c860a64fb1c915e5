/**
 * What goes into the end-of-turn network: frames that end with the speech, padding in front.
 */
import t from 'tap';
import { logMel, melBandCount } from '../../../../src/dsp/mel.js';
import {
  turnEndFrames,
  turnEndFrameWidth,
  turnEndWindowFrames,
  turnEndWindowSamples,
} from '../../../../src/stages/turn-end/turn-end-features.js';
import { turnEndModel } from '../../../../src/stages/turn-end/turn-end-model.js';
import { syntheticVowel } from '../../dsp/synthetic-voice.js';

const vowel = syntheticVowel({ durationS: 4, startF0Hz: 200, endF0Hz: 100 });

t.test('only the last 2.5 s count, and of these the pitch of the last second', (t) => {
  const frames = turnEndFrames(vowel);
  t.equal(frames.length, turnEndWindowFrames * turnEndFrameWidth);
  t.same(frames, turnEndFrames(vowel.slice(-turnEndWindowSamples)));
  const mel = logMel(vowel.slice(-turnEndWindowSamples));
  const column = (index: number): number[] =>
    Array.from({ length: turnEndWindowFrames }, (_, frame) => frames[frame * turnEndFrameWidth + index]!);
  t.same(
    column(3),
    Array.from({ length: turnEndWindowFrames }, (_, frame) => mel.data[frame * melBandCount + 3]),
  );
  const voiced = column(melBandCount + 1);
  t.ok(
    voiced.slice(0, 150).every((value) => value === 0),
    'no pitch before the last second',
  );
  t.ok(voiced.slice(160, 240).every((value) => value === 1));
  const semitones = column(melBandCount);
  t.ok(semitones[170]! > semitones[240]!, 'the fall is seen');
  t.end();
});

t.test('too little for a frame is none', (t) => {
  t.equal(turnEndFrames(new Float32Array(399)).length, 0);
  t.equal(turnEndFrames(new Float32Array(0)).length, 0);
  t.end();
});

t.test('a batch pads in front and tells what is padding', (t) => {
  const short = turnEndFrames(vowel.slice(0, 16_000));
  const long = turnEndFrames(vowel);
  const { frames, mask } = turnEndModel.collate([short, long]);
  t.same(frames?.shape, [2, turnEndWindowFrames, turnEndFrameWidth]);
  t.same(mask?.shape, [2, turnEndWindowFrames]);
  const count = short.length / turnEndFrameWidth;
  const rows = mask?.data as Float32Array;
  t.equal(
    rows.subarray(0, turnEndWindowFrames).reduce((sum, value) => sum + value, 0),
    count,
  );
  t.equal(rows[turnEndWindowFrames - count - 1], 0);
  t.equal(rows[turnEndWindowFrames - 1], 1);
  const data = frames?.data as Float32Array;
  const size = turnEndWindowFrames * turnEndFrameWidth;
  t.same(data.subarray(size - short.length, size), short);
  t.same(data.subarray(size), long);
  t.throws(() => turnEndModel.collate([new Float32Array(0)]), { code: 'INVARIANT_BROKEN' });
  t.end();
});

t.test('a row of the output is a probability', (t) => {
  t.same(turnEndModel.split({ probability: { data: Float32Array.of(0.25, 0.5), shape: [2, 1] } }, 2), [0.25, 0.5]);
  t.end();
});
