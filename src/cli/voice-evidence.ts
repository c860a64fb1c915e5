/**
 * What was measured on a voice, in words. Pure; judges nothing.
 *
 * Comparisons with the speaker's usual voice appear once there is one to compare with.
 */
import type { AcousticFacts, VoiceEmotion } from '../stages/emotion/voice-emotion.js';
import { acousticCueKinds } from '../stages/emotion/cue-occlusion.js';
import { deviationOf } from '../stages/fusion/acoustic-cues.js';
import { describeCue, describeTone } from '../stages/fusion/emotion-explanation.js';

export interface VoiceEvidence {
  /** `tone` is the model's judgement; the others are measurements. */
  readonly kind: 'tone' | 'pitch' | 'loudness' | 'rate' | 'voicing';
  /** Readable, as `mean pitch 212 Hz, range 7.1 semitones` or `a voice 6 dB louder than usual`. */
  readonly description: string;
}

/** The judgement first, then the facts, then how they differ from the speaker's usual voice. */
export function describeVoice(
  facts: AcousticFacts,
  judgement: Omit<VoiceEmotion, 'acoustics' | 'cues'>,
): readonly VoiceEvidence[] {
  if (judgement.confidence === 0) return [{ kind: 'voicing', description: 'no speech loud enough to judge' }];
  const comparisons = acousticCueKinds.flatMap((kind): readonly VoiceEvidence[] => {
    const deviation = deviationOf(kind, facts);
    return deviation === null || Math.round(deviation) === 0 ? [] : [{ kind, description: describeCue(kind, facts) }];
  });
  return [{ kind: 'tone', description: describeTone(judgement) }, ...measured(facts), ...comparisons];
}

function measured(facts: AcousticFacts): readonly VoiceEvidence[] {
  const pitch =
    facts.f0MeanHz === null
      ? 'no pitch: nothing was voiced'
      : `mean pitch ${facts.f0MeanHz.toFixed(0)} Hz, range ${facts.f0RangeSemitones.toFixed(1)} semitones`;
  return [
    { kind: 'pitch', description: pitch },
    { kind: 'loudness', description: `mean level ${facts.energyDb.toFixed(0)} dBFS` },
    { kind: 'rate', description: `${facts.speakingRateSyllablesPerS.toFixed(1)} syllables per second` },
    { kind: 'voicing', description: `voiced ${(100 * facts.voicedShare).toFixed(0)} % of the time` },
  ];
}
