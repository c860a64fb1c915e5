/**
 * Flite for real: every voice speaks, a style is heard in the order it was asked for, hostile text does no harm, and a
 * thread serves clauses and survives cancellation.
 */
import t from 'tap';
import { SystemClock } from '../../src/core/system-clock.js';
import { trackPitch } from '../../src/dsp/pitch.js';
import { FliteSpeaker } from '../../src/stages/tts/flite-speaker.js';
import { FliteTts } from '../../src/stages/tts/flite-tts.js';
import { fliteVoices } from '../../src/stages/tts/flite-voice.js';
import { speakableText } from '../../src/stages/tts/speakable-text.js';
import type { SpeakingStyle } from '../../src/stages/tts/speaking-style.js';
import { neutralStyle, styleForEmotion } from '../../src/stages/tts/style-table.js';

const never = new AbortController().signal;
const sentence = 'We can send it to you on Monday, if that is all right with you.';
const speaker = await FliteSpeaker.load();

/** Median pitch in Hz, spread of the pitch in semitones, duration in s and level in dBFS of what is spoken. */
function measure(options: { readonly voice: string; readonly style: SpeakingStyle }) {
  const samples = speaker.speak({ text: sentence, ...options });
  const semitones = [...trackPitch(samples).f0Hz]
    .filter((f0Hz) => f0Hz > 0)
    .map((f0Hz) => 12 * Math.log2(f0Hz))
    .sort((a, b) => a - b);
  const at = (share: number): number => semitones[Math.floor(share * (semitones.length - 1))]!;
  const meanSquare = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return {
    pitchSemitones: at(0.5),
    rangeSemitones: at(0.9) - at(0.1),
    durationS: samples.length / 16_000,
    levelDb: 10 * Math.log10(meanSquare),
    peak: samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
  };
}

t.test('every voice speaks at about the same level, without silence at the ends', async (t) => {
  for (const { name } of fliteVoices) {
    const { durationS, levelDb, peak } = measure({ voice: name, style: neutralStyle });
    t.ok(durationS > 2.5 && durationS < 4.5, `${name}: ${durationS.toFixed(2)} s`);
    t.ok(Math.abs(levelDb + 21) < 2.5, `${name}: ${levelDb.toFixed(1)} dBFS`);
    t.ok(peak <= 1);
  }
});

t.test('pitch follows the command', async (t) => {
  for (const { name } of fliteVoices) {
    const [low, middle, high] = [-4, 0, 4].map((pitchShiftSemitones) =>
      measure({ voice: name, style: { ...neutralStyle, pitchShiftSemitones } }),
    );
    const steps = [middle!.pitchSemitones - low!.pitchSemitones, high!.pitchSemitones - middle!.pitchSemitones];
    t.ok(
      steps.every((step) => step > 2.5 && step < 5.5),
      `${name}: ${steps.map((step) => step.toFixed(1)).join(', ')} semitones`,
    );
    t.ok(Math.abs(high!.durationS / low!.durationS - 1) < 0.05, `${name}: the rate stays`);
  }
});

t.test('pitch range, rate and loudness follow the command', async (t) => {
  const voice = 'slt';
  const ranges = [0.5, 1, 1.8].map(
    (pitchRangeScale) => measure({ voice, style: { ...neutralStyle, pitchRangeScale } }).rangeSemitones,
  );
  t.ok(
    ranges[0]! < ranges[1]! && ranges[1]! < ranges[2]!,
    `range ${ranges.map((range) => range.toFixed(2)).join(' < ')} semitones`,
  );
  for (const { name } of fliteVoices) {
    const durations = [0.7, 1, 1.4].map(
      (rateScale) => measure({ voice: name, style: { ...neutralStyle, rateScale } }).durationS,
    );
    t.ok(
      Math.abs(durations[0]! / durations[1]! - 1 / 0.7) < 0.1,
      `${name}: slow ${(durations[0]! / durations[1]!).toFixed(2)}`,
    );
    t.ok(
      Math.abs(durations[2]! / durations[1]! - 1 / 1.4) < 0.1,
      `${name}: fast ${(durations[2]! / durations[1]!).toFixed(2)}`,
    );
  }
  const levels = [-9, 0, 6].map((gainDb) => measure({ voice, style: { ...neutralStyle, gainDb } }).levelDb);
  t.ok(
    Math.abs(levels[1]! - levels[0]! - 9) < 0.5 && Math.abs(levels[2]! - levels[1]! - 6) < 1,
    levels.map((level) => level.toFixed(1)).join(', '),
  );
});

t.test('expressed emotions lie in the order of their arousal', async (t) => {
  const [sad, neutral, happy] = ['sad', 'neutral', 'happy'].map((name) =>
    measure({ voice: 'slt', style: styleForEmotion(name)! }),
  );
  t.ok(sad!.pitchSemitones < neutral!.pitchSemitones && neutral!.pitchSemitones < happy!.pitchSemitones, 'pitch');
  t.ok(sad!.rangeSemitones < neutral!.rangeSemitones && neutral!.rangeSemitones < happy!.rangeSemitones, 'range');
  t.ok(sad!.durationS > neutral!.durationS && neutral!.durationS > happy!.durationS, 'rate');
  t.ok(sad!.levelDb < neutral!.levelDb && neutral!.levelDb < happy!.levelDb, 'loudness');
});

t.test('the same phrase is the same samples, whatever was spoken between', async (t) => {
  const phrase = { text: 'Good morning.', voice: 'slt', style: neutralStyle };
  const first = speaker.speak(phrase);
  speaker.speak({ ...phrase, text: sentence, voice: 'kal' });
  t.strictSame(speaker.speak(phrase), first);
});

t.test('hostile text neither hangs nor fails', async (t) => {
  for (const text of [
    '<speak><prosody rate="x">Hi</speak>',
    '-t -ssml -o /x',
    'a\0b\nc',
    'x'.repeat(300),
    '1234567890 %$#@!',
    '?!',
  ]) {
    const readable = speakableText(text);
    if (readable !== '')
      t.ok(speaker.speak({ text: readable, voice: 'slt', style: neutralStyle }).length > 0, JSON.stringify(text));
  }
  t.ok(speaker.speak({ text: '<speak>raw', voice: 'slt', style: neutralStyle }).length > 0, 'even unfiltered');
});

t.test('through a thread: clauses of two callers at once, one of them broken off', async (t) => {
  const tts = new FliteTts({ clock: new SystemClock() });
  t.teardown(() => tts[Symbol.asyncDispose]());
  await tts.warmUp(never);
  const clause = { text: `I am sorry to hear that. ${sentence}`, style: neutralStyle, voice: 'slt', language: 'en-US' };
  const bargeIn = new AbortController();
  const brokenOff = (async () => {
    let blockCount = 0;
    for await (const block of tts.synthesise(clause, { signal: bargeIn.signal })) {
      blockCount += block.length > 0 ? 1 : 0;
      if (blockCount === 3) bargeIn.abort(new Error('barge-in'));
    }
  })();
  const whole = (async () => {
    let sampleCount = 0;
    for await (const block of tts.synthesise(clause, { signal: never })) sampleCount += block.length;
    return sampleCount;
  })();
  await t.rejects(brokenOff, /barge-in/);
  const durationS = (await whole) / tts.sampleRateHz;
  t.ok(durationS > 4 && durationS < 8, `${durationS.toFixed(2)} s`);
});
