/**
 * Whether a voice does what a speaking style says: it speaks in a style, and the sound is measured.
 *
 * Two parts. Sweeps move one control over its whole range with the others neutral: is the order kept, and what else
 * moves? Named styles move all controls at once, as `attune say` and answers do. The judge is Spearman's rank correlation
 * of command and measurement. A voice that has no such control is left out of that figure and named in `notFollowed`.
 */
import { joinedFloats } from '../src/core/joined-floats.js';
import type { SpeakingStyle } from '../src/stages/tts/speaking-style.js';
import {
  answerStyles,
  expressedStyles,
  intentStyles,
  neutralStyle,
  styleForEmotion,
} from '../src/stages/tts/style-table.js';
import type { Tts } from '../src/stages/tts/tts.js';
import { rankCorrelation } from './rank-correlation.js';
import { measureSpeech, type SpeechMeasures } from './speech-measures.js';

/** A control of a style and what it should move. */
export const styleControls = [
  { control: 'pitchShiftSemitones', measure: 'pitchSemitones' },
  { control: 'pitchRangeScale', measure: 'pitchRangeSemitones' },
  { control: 'rateScale', measure: 'syllablesPerS' },
  { control: 'gainDb', measure: 'levelDb' },
] as const;
export type StyleControl = (typeof styleControls)[number]['control'];

/** The documented ranges of `SpeakingStyle`, in nine steps or more, neutral among them. */
export const sweepLevels: Readonly<Record<StyleControl, readonly number[]>> = {
  pitchShiftSemitones: [-6, -4.5, -3, -2, -1, 0, 1, 2, 3, 4.5, 6],
  pitchRangeScale: [0.3, 0.45, 0.6, 0.8, 1, 1.2, 1.45, 1.7, 2],
  rateScale: [0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.35, 1.5],
  gainDb: [-9, -7, -5, -3, -1.5, 0, 1.5, 3, 4.5, 6],
};

export interface SpokenSentence {
  readonly text: string;
  readonly syllableCount: number;
}

export const sentences: readonly SpokenSentence[] = [
  { text: 'We can send it to you on Monday, if that is all right with you.', syllableCount: 17 },
  { text: 'Your table is booked for seven in the evening.', syllableCount: 13 },
  { text: 'The train to the airport leaves every half an hour.', syllableCount: 13 },
  { text: 'I have looked at your account, and the money arrived this morning.', syllableCount: 18 },
  { text: 'Please tell me the number on the back of the card.', syllableCount: 12 },
  { text: 'Nobody knows where the yellow umbrella is now.', syllableCount: 14 },
];

/** Points of the plane, as `attune say --emotion v,a,d` takes them: all around the neutral middle. */
const planeStyles = [
  ...[0, 0.25, 0.75, 1].flatMap((arousal) => [0, 1].map((valence) => ({ valence, arousal, dominance: 0.5 }))),
  ...[0, 1].map((dominance) => ({ valence: 0.5, arousal: 0.5, dominance })),
].map((position) => styleForEmotion(position));

/** Every style with a name, and points of the plane. */
export const namedStyles: readonly SpeakingStyle[] = [
  ...new Set([
    ...Object.values(expressedStyles),
    ...Object.values(answerStyles),
    ...Object.values(intentStyles).filter((style) => style !== intentStyles.inform),
    ...planeStyles,
  ]),
];

export interface SweepFigures {
  readonly voice: string;
  readonly control: StyleControl;
  /** Of the means over the sentences. */
  readonly rankCorrelation: number;
  /** Of single utterances, each against its sentence's mean over the sweep. */
  readonly utteranceRankCorrelation: number;
  /** Of the sentence that follows worst. */
  readonly worstRankCorrelation: number;
  /** Largest minus smallest mean of every measure over the sweep: the wanted move and the cross-talk. */
  readonly span: SpeechMeasures;
  readonly points: readonly { readonly commanded: number; readonly measured: SpeechMeasures }[];
}

export interface NamedFigures {
  readonly voice: string;
  /** Command against mean over the sentences, over all styles. */
  readonly rankCorrelation: Readonly<Record<StyleControl, number | null>>;
  readonly utteranceRankCorrelation: Readonly<Record<StyleControl, number | null>>;
  readonly styles: readonly { readonly style: SpeakingStyle; readonly measured: SpeechMeasures }[];
}

export interface StyleFigures {
  readonly sentenceCount: number;
  readonly sweeps: readonly SweepFigures[];
  readonly named: readonly NamedFigures[];
  /** Controls that a voice is known to lack; they have no sweep and null among the named. */
  readonly notFollowed: readonly { readonly voice: string; readonly control: StyleControl }[];
}

export interface StyleBenchOptions {
  readonly tts: Tts;
  readonly signal: AbortSignal;
  /** All voices of `tts` by default. */
  readonly voices?: readonly string[];
  readonly sentences?: readonly SpokenSentence[];
  readonly levels?: Readonly<Partial<Record<StyleControl, readonly number[]>>>;
  readonly styles?: readonly SpeakingStyle[];
  /** Controls that a voice is known to lack. */
  readonly notFollowed?: StyleFigures['notFollowed'];
  readonly onUtterance?: () => void;
}

/** Measures voice by voice. Rejects as `Tts.synthesise`. */
export async function measureStyles(options: StyleBenchOptions): Promise<StyleFigures> {
  const { tts, levels = sweepLevels, styles = namedStyles, notFollowed = [] } = options;
  const texts = options.sentences ?? sentences;
  const sweeps: SweepFigures[] = [];
  const named: NamedFigures[] = [];
  for (const voice of options.voices ?? tts.voices) {
    const follows = (control: StyleControl): boolean =>
      !notFollowed.some((one) => one.voice === voice && one.control === control);
    const utterances = new Map<string, readonly SpeechMeasures[]>();
    /** One measurement per sentence. */
    const speakAll = async (style: SpeakingStyle): Promise<readonly SpeechMeasures[]> => {
      const key = JSON.stringify({ ...style, name: '' });
      const known = utterances.get(key);
      if (known) return known;
      const measured: SpeechMeasures[] = [];
      for (const { text, syllableCount } of texts) {
        measured.push(measureSpeech(await spoken(options, { text, voice, style }), syllableCount));
        options.onUtterance?.();
      }
      utterances.set(key, measured);
      return measured;
    };
    for (const { control, measure } of styleControls) {
      const commanded = levels[control] ?? [];
      if (!follows(control) || commanded.length < 2) continue;
      const rows: (readonly SpeechMeasures[])[] = [];
      for (const level of commanded) rows.push(await speakAll({ ...neutralStyle, [control]: level }));
      const means = rows.map(meanOf);
      const measured = rows.map((row) => row.map((one) => one[measure]));
      const bySentence = texts.map((_, index) => rankCorrelation(commanded, column(measured, index)));
      sweeps.push({
        voice,
        control,
        rankCorrelation: rankCorrelation(
          commanded,
          means.map((mean) => mean[measure]),
        ),
        utteranceRankCorrelation: utteranceRankCorrelation(commanded, measured),
        worstRankCorrelation: Math.min(...bySentence),
        span: spanOf(means),
        points: commanded.map((level, index) => ({ commanded: level, measured: means[index]! })),
      });
    }
    if (styles.length < 2) continue;
    const rows: (readonly SpeechMeasures[])[] = [];
    for (const style of styles) rows.push(await speakAll(style));
    const means = rows.map(meanOf);
    const judged = (
      judge: (commanded: readonly number[], measure: keyof SpeechMeasures) => number,
    ): NamedFigures['rankCorrelation'] =>
      Object.fromEntries(
        styleControls.map(({ control, measure }) => [
          control,
          follows(control)
            ? judge(
                styles.map((style) => style[control]),
                measure,
              )
            : null,
        ]),
      ) as Record<StyleControl, number | null>;
    named.push({
      voice,
      rankCorrelation: judged((commanded, measure) =>
        rankCorrelation(
          commanded,
          means.map((mean) => mean[measure]),
        ),
      ),
      utteranceRankCorrelation: judged((commanded, measure) =>
        utteranceRankCorrelation(
          commanded,
          rows.map((row) => row.map((one) => one[measure])),
        ),
      ),
      styles: styles.map((style, index) => ({ style, measured: means[index]! })),
    });
  }
  return { sentenceCount: texts.length, sweeps, named, notFollowed };
}

async function spoken(
  { tts, signal }: StyleBenchOptions,
  clause: { readonly text: string; readonly voice: string; readonly style: SpeakingStyle },
): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const block of tts.synthesise({ ...clause, language: 'en-US' }, { signal })) blocks.push(block);
  return joinedFloats(blocks);
}

const measures = styleControls.map(({ measure }) => measure);

function meanOf(rows: readonly SpeechMeasures[]): SpeechMeasures {
  return combined((measure) => rows.reduce((sum, row) => sum + row[measure], 0) / rows.length);
}

function spanOf(rows: readonly SpeechMeasures[]): SpeechMeasures {
  return combined((measure) => {
    const values = rows.map((row) => row[measure]);
    return Math.max(...values) - Math.min(...values);
  });
}

function combined(valueOf: (measure: keyof SpeechMeasures) => number): SpeechMeasures {
  return Object.fromEntries(measures.map((measure) => [measure, valueOf(measure)])) as unknown as SpeechMeasures;
}

/** `measured[level][sentence]`: sentences differ in pitch and level by themselves, so each counts from its own mean. */
function utteranceRankCorrelation(commanded: readonly number[], measured: readonly (readonly number[])[]): number {
  const sentenceMeans = measured[0]!.map(
    (_, index) => column(measured, index).reduce((sum, value) => sum + value, 0) / measured.length,
  );
  return rankCorrelation(
    measured.flatMap((row, index) => row.map(() => commanded[index]!)),
    measured.flatMap((row) => row.map((value, index) => value - sentenceMeans[index]!)),
  );
}

function column(rows: readonly (readonly number[])[], index: number): readonly number[] {
  return rows.map((row) => row[index]!);
}

const controlNames: Readonly<Record<StyleControl, string>> = {
  pitchShiftSemitones: 'pitch shift',
  pitchRangeScale: 'pitch range',
  rateScale: 'rate',
  gainDb: 'gain',
};

const correlationText = (value: number | null): string => (value === null ? '–' : value.toFixed(3));

/** Head and rows of a table for people: the sweeps. */
export function sweepTable(figures: StyleFigures): readonly (readonly string[])[] {
  const mark = (control: StyleControl, own: StyleControl, text: string): string =>
    control === own ? `[${text}]` : text;
  return [
    [
      'voice',
      'control',
      'ρ means',
      'ρ utterances',
      'ρ worst sentence',
      'moves pitch, st',
      'range, st',
      'rate, syll/s',
      'level, dB',
    ],
    ...figures.sweeps.map((one) => [
      one.voice,
      controlNames[one.control],
      correlationText(one.rankCorrelation),
      correlationText(one.utteranceRankCorrelation),
      correlationText(one.worstRankCorrelation),
      ...styleControls.map(({ control, measure }) => mark(one.control, control, one.span[measure].toFixed(2))),
    ]),
  ];
}

/** Head and rows of a table for people: the named styles. */
export function namedTable(figures: StyleFigures): readonly (readonly string[])[] {
  return [
    ['voice', ...styleControls.map(({ control }) => `${controlNames[control]}, ρ means · utterances`)],
    ...figures.named.map((one) => [
      one.voice,
      ...styleControls.map(
        ({ control }) =>
          `${correlationText(one.rankCorrelation[control])} · ${correlationText(one.utteranceRankCorrelation[control])}`,
      ),
    ]),
  ];
}

/** Head and rows of a table for people: what one voice made of every style, against its neutral. */
export function styleTable(figures: NamedFigures): readonly (readonly string[])[] {
  const neutral = figures.styles.find(({ style }) => style === neutralStyle)?.measured;
  const against = (value: number, base: number | undefined): number => value - (base ?? 0);
  const ratio = (value: number, base: number | undefined): number => value / (base ?? 1);
  return [
    [`${figures.voice}: commanded → measured`, 'pitch, st', 'range, ×', 'rate, ×', 'level, dB'],
    ...figures.styles.map(({ style, measured }) => [
      style.name,
      `${style.pitchShiftSemitones.toFixed(1)} → ${against(measured.pitchSemitones, neutral?.pitchSemitones).toFixed(1)}`,
      `${style.pitchRangeScale.toFixed(2)} → ${ratio(measured.pitchRangeSemitones, neutral?.pitchRangeSemitones).toFixed(2)}`,
      `${style.rateScale.toFixed(2)} → ${ratio(measured.syllablesPerS, neutral?.syllablesPerS).toFixed(2)}`,
      `${style.gainDb.toFixed(1)} → ${against(measured.levelDb, neutral?.levelDb).toFixed(1)}`,
    ]),
  ];
}

/** A sentence for each control that a voice lacks. */
export function notFollowedNotes(figures: StyleFigures): readonly string[] {
  return figures.notFollowed.map(
    ({ voice, control }) => `${voice} has no control of ${controlNames[control]}: left out of the figures for it`,
  );
}
