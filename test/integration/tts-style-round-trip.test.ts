/**
 * What a style commands is what is heard: each control keeps its order over its range, and a few named styles keep theirs
 * in every quantity at once. The whole table is `npm run bench -- style`.
 */
import t from 'tap';
import { measureStyles, sentences, type StyleControl } from '../../bench/style-round-trip.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { FliteTts } from '../../src/stages/tts/flite-tts.js';
import { answerStyles, expressedStyles, neutralStyle } from '../../src/stages/tts/style-table.js';

const tts = new FliteTts({ clock: new SystemClock() });
t.teardown(() => tts[Symbol.asyncDispose]());

const figures = await measureStyles({
  tts,
  signal: new AbortController().signal,
  voices: ['slt', 'rms', 'awb'],
  sentences: sentences.slice(0, 2),
  levels: {
    pitchShiftSemitones: [-6, -2, 0, 2, 6],
    pitchRangeScale: [0.3, 0.6, 1, 1.5, 2],
    rateScale: [0.6, 0.8, 1, 1.2, 1.5],
    gainDb: [-9, -4, 0, 3, 6],
  },
  styles: [
    neutralStyle,
    expressedStyles.sad,
    expressedStyles.calm,
    expressedStyles.happy,
    expressedStyles.angry,
    expressedStyles.fearful,
    answerStyles.angry,
    answerStyles.happy,
  ],
  notFollowed: [{ voice: 'rms', control: 'pitchRangeScale' }],
});

t.test('every control is followed in order, by every sentence', async (t) => {
  t.equal(figures.sweeps.length, 3 * 4 - 1, 'all but the pitch range of rms');
  for (const { voice, control, worstRankCorrelation } of figures.sweeps)
    t.equal(worstRankCorrelation.toFixed(3), '1.000', `${voice}, ${control}`);
});

t.test('a control moves what it names by about what was commanded', async (t) => {
  for (const { voice, control, span } of figures.sweeps) {
    if (control === 'pitchShiftSemitones')
      t.ok(Math.abs(span.pitchSemitones - 12) < 1, `${voice}: ${span.pitchSemitones.toFixed(1)} of 12 semitones`);
    if (control === 'gainDb') t.ok(Math.abs(span.levelDb - 15) < 1, `${voice}: ${span.levelDb.toFixed(1)} of 15 dB`);
  }
});

t.test('a control leaves the others where they are', async (t) => {
  const most = { pitchSemitones: 1, pitchRangeSemitones: 2.5, syllablesPerS: 0.4, levelDb: 0.7 };
  const own: Readonly<Record<StyleControl, string>> = {
    pitchShiftSemitones: 'pitchSemitones',
    pitchRangeScale: 'pitchRangeSemitones',
    rateScale: 'syllablesPerS',
    gainDb: 'levelDb',
  };
  for (const { voice, control, span } of figures.sweeps) {
    for (const [measure, limit] of Object.entries(most)) {
      const moved = span[measure as keyof typeof most];
      if (measure !== own[control]) t.ok(moved < limit, `${voice}: ${control} moves ${measure} by ${moved.toFixed(2)}`);
    }
  }
});

t.test('named styles are heard as commanded in all four quantities', async (t) => {
  for (const { voice, rankCorrelation } of figures.named) {
    for (const [control, value] of Object.entries(rankCorrelation)) {
      if (voice === 'rms' && control === 'pitchRangeScale') t.equal(value, null, 'rms has no such control');
      else t.ok(value !== null && value >= 0.9, `${voice}, ${control}: ${value?.toFixed(3)}`);
    }
  }
});
