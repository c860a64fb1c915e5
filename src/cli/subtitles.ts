/**
 * Subtitles from recognised words: cues of at most two lines in SRT or WebVTT. Pure.
 *
 * A cue ends at a pause, at the end of a sentence or when it is full; it stays long enough to be read where the next one
 * leaves room. Line length and durations follow common practice (BBC Subtitle Guidelines: 37 to 42 characters, two lines,
 * about 0.3 s a word).
 */

/** Milliseconds from the recording's first sample. */
export interface TimedWord {
  readonly word: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  /** One line or two. */
  readonly lines: readonly string[];
}

export type SubtitleFormat = 'srt' | 'vtt';

const longestLineCharacters = 42;
const longestCueMs = 6_000;
const shortestCueMs = 1_000;
const pauseMs = 700;

/** @param words in order; punctuation at their ends parts cues */
export function cuesOf(words: readonly TimedWord[]): readonly Cue[] {
  const groups: TimedWord[][] = [];
  for (const word of words) {
    const group = groups.at(-1);
    if (group === undefined || startsCue(group, word)) groups.push([word]);
    else group.push(word);
  }
  return groups.map((group, index) => {
    const startMs = group[0]!.startMs;
    const nextMs = groups[index + 1]?.[0]?.startMs ?? Infinity;
    const endMs = Math.max(group.at(-1)!.endMs, Math.min(startMs + shortestCueMs, nextMs));
    return { startMs, endMs, lines: linesOf(group) };
  });
}

/** The whole file, with its last line end. */
export function formatSubtitles(words: readonly TimedWord[], format: SubtitleFormat): string {
  const decimalMark = format === 'srt' ? ',' : '.';
  const time = (ms: number): string => timeOf(ms, decimalMark);
  const cues = cuesOf(words).map(
    ({ startMs, endMs, lines }, index) =>
      `${format === 'srt' ? `${index + 1}\n` : ''}${time(startMs)} --> ${time(endMs)}\n${lines.join('\n')}\n`,
  );
  return [...(format === 'vtt' ? ['WEBVTT\n'] : []), ...cues].join('\n');
}

/**
 * The words as they stand in the text, capitals and punctuation included, with their times; the plain words where the
 * text has others.
 */
export function writtenWords(text: string, words: readonly TimedWord[]): readonly TimedWord[] {
  const written = text.split(/\s+/u).filter((word) => word !== '');
  if (written.length !== words.length) return words;
  return words.map((word, index) => ({ ...word, word: written[index]! }));
}

function startsCue(group: readonly TimedWord[], word: TimedWord): boolean {
  const first = group[0]!;
  const last = group.at(-1)!;
  return (
    /[.?!]$/u.test(last.word) ||
    word.startMs - last.endMs >= pauseMs ||
    word.endMs - first.startMs > longestCueMs ||
    linesOf([...group, word]).length > 2
  );
}

/** Fills line after line; a word that is longer than a line has one to itself. */
function linesOf(words: readonly TimedWord[]): readonly string[] {
  const lines: string[] = [];
  for (const { word } of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= longestLineCharacters)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** `01:02:03,450`. */
function timeOf(ms: number, decimalMark: string): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const rest = String(Math.round(ms) % 1000).padStart(3, '0');
  const seconds = Math.round(ms) / 1000;
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${decimalMark}${rest}`;
}
