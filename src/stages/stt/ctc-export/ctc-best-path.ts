/**
 * Greedy CTC decoding: the likeliest symbol of every frame, repeats and blanks taken away, symbols joined to words.
 *
 * A word's time runs from the first to the last frame of its symbols. Its confidence is the geometric mean of the
 * symbols' posteriors at their best frames: comparable between words, not calibrated. Pure.
 */
import { assert } from '../../../core/assert.js';
import type { SttWord } from '../stt.js';
import type { CtcVocabulary } from './ctc-vocabulary.js';
import type { RecordingText } from '../driven/whole-audio-task.js';

export interface CtcFrames {
  /** [frames, vocabulary] logits or log posteriors, row-major. */
  readonly values: Float32Array;
  readonly frames: number;
  readonly msPerFrame: number;
}

interface Emission {
  readonly piece: string;
  readonly startFrame: number;
  endFrame: number;
  logPosterior: number;
}

/** Text and words of one recording. Throws INVARIANT_BROKEN when the vocabulary has another size than the rows. */
export function bestPath({ values, frames, msPerFrame }: CtcFrames, vocabulary: CtcVocabulary): RecordingText {
  const symbols = symbolsOf(values, frames, vocabulary);
  const words: SttWord[] = [];
  let open: Emission[] = [];
  const close = (): void => {
    const spoken = open.filter(({ piece }) => piece.trim() !== '');
    open = [];
    const [first] = spoken;
    const last = spoken.at(-1);
    if (first === undefined || last === undefined) return;
    const mean = spoken.reduce((sum, { logPosterior }) => sum + logPosterior, 0) / spoken.length;
    words.push({
      text: spoken.map(({ piece }) => piece.trim()).join(''),
      startMs: first.startFrame * msPerFrame,
      endMs: (last.endFrame + 1) * msPerFrame,
      confidence: Math.min(1, Math.exp(mean)),
    });
  };
  for (const symbol of symbols) {
    if (symbol.piece.startsWith(' ')) close();
    open.push(symbol);
    if (symbol.piece.length > 1 && symbol.piece.endsWith(' ')) close();
  }
  close();
  return { text: words.map((word) => word.text).join(' '), words };
}

function symbolsOf(values: Float32Array, frames: number, { pieces, blank }: CtcVocabulary): readonly Emission[] {
  const size = pieces.length;
  assert(values.length >= frames * size, `${values.length} values are not ${frames} frames of ${size} symbols`);
  const symbols: Emission[] = [];
  let previous = blank;
  for (let frame = 0; frame < frames; frame += 1) {
    const offset = frame * size;
    let best = 0;
    for (let id = 1; id < size; id += 1) if (values[offset + id]! > values[offset + best]!) best = id;
    const current = symbols.at(-1);
    if (best !== blank && pieces[best] !== '') {
      const logPosterior = logPosteriorOf(values, offset, { size, id: best });
      if (best === previous && current) {
        current.endFrame = frame;
        current.logPosterior = Math.max(current.logPosterior, logPosterior);
      } else {
        symbols.push({ piece: pieces[best]!, startFrame: frame, endFrame: frame, logPosterior });
      }
    }
    previous = best;
  }
  return symbols;
}

/** Works for logits and for log posteriors, whose exponentials sum to 1 already. */
function logPosteriorOf(
  values: Float32Array,
  offset: number,
  { size, id }: { readonly size: number; readonly id: number },
): number {
  const highest = values[offset + id]!;
  let sum = 0;
  for (let other = 0; other < size; other += 1) sum += Math.exp(values[offset + other]! - highest);
  return -Math.log(sum);
}
