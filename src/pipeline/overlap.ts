/**
 * Was short speech over the assistant meant to stop it? Pure.
 *
 * A cough gives no words; "mm-hmm" and its like say "go on". Anything else takes the turn.
 */

const backchannels = new Set(
  'mm mhm hm hmm mmhmm uh huh uhhuh um yeah yep yes yah ya ok okay right sure aha ah oh i see got it good great nice cool wow really'.split(
    ' ',
  ),
);

/** At most this many words can be a backchannel. */
const longestBackchannelWords = 3;

export type OverlapVerdict = 'interruption' | 'backchannel';

export function judgeOverlap(transcript: string): OverlapVerdict {
  const words = transcript.toLowerCase().match(/[\p{L}']+/gu) ?? [];
  if (words.length > longestBackchannelWords) return 'interruption';
  return words.every((word) => backchannels.has(word)) ? 'backchannel' : 'interruption';
}
