/**
 * Makes sound of a script before the call: texts are spoken, recordings read, so that nothing is synthesised while time
 * is measured.
 */
import { readAudioFile, type AudioClip } from '../../audio/audio-file.js';
import { resampleAll } from '../../audio/resampler.js';
import { joinedFloats } from '../../core/joined-floats.js';
import type { CallScript, ScriptStep, SpokenPart, StepDeed } from './call-script.js';

/** Speaks for the caller; throws for a mood or a voice it does not have. */
export type Speak = (
  text: string,
  options: { readonly mood: string; readonly voice: string | null },
) => Promise<AudioClip>;

export interface RehearsalOptions {
  readonly speak: Speak;
  readonly cough: AudioClip;
  /** Finds a recording that a script names. */
  readonly pathOf: (file: string) => string;
}

export interface RehearsedStep extends ScriptStep {
  /** Null for what makes no sound. */
  readonly clip: AudioClip | null;
  /** What is said, when it is known in words. */
  readonly text: string | null;
}

/** Quieter is the silence around a recording, −50 dBFS. */
const trimLevel = 0.003;

export async function rehearse(script: CallScript, options: RehearsalOptions): Promise<readonly RehearsedStep[]> {
  const steps: RehearsedStep[] = [];
  for (const step of script.steps) {
    const clip = await clipOf(step.deed, script, options);
    steps.push({ ...step, clip: clip && withoutSilence(clip), text: textOf(step.deed) });
  }
  return steps;
}

async function clipOf(deed: StepDeed, script: CallScript, options: RehearsalOptions): Promise<AudioClip | null> {
  const { voice } = script;
  switch (deed.type) {
    case 'say':
      return spokenParts(deed.parts, (text) => options.speak(text, { mood: deed.mood, voice }));
    case 'backchannel':
      return options.speak(deed.text, { mood: 'neutral', voice });
    case 'audio':
      return readAudioFile(options.pathOf(deed.file), { sampleRateHz: 'original' });
    case 'cough':
      return options.cough;
    default:
      return null;
  }
}

async function spokenParts(
  parts: readonly SpokenPart[],
  speak: (text: string) => Promise<AudioClip>,
): Promise<AudioClip> {
  const clips: (AudioClip | number)[] = [];
  for (const part of parts) clips.push(typeof part === 'string' ? withoutSilence(await speak(part)) : part.pauseMs);
  const sampleRateHz = clips.find((clip) => typeof clip !== 'number')?.sampleRateHz ?? 16_000;
  const pieces = clips.map((clip) =>
    typeof clip === 'number'
      ? new Float32Array((clip * sampleRateHz) / 1000)
      : resampleAll(clip.samples, { sourceRateHz: clip.sampleRateHz, targetRateHz: sampleRateHz }),
  );
  return { samples: joinedFloats(pieces), sampleRateHz };
}

/** A caller's line begins and ends with sound, so that a pause is as long as it was asked for. */
function withoutSilence({ samples, sampleRateHz }: AudioClip): AudioClip {
  const isHeard = (sample: number): boolean => Math.abs(sample) >= trimLevel;
  const first = samples.findIndex(isHeard);
  return first < 0
    ? { samples, sampleRateHz }
    : { samples: samples.slice(first, samples.findLastIndex(isHeard) + 1), sampleRateHz };
}

function textOf(deed: StepDeed): string | null {
  return deed.type === 'say' ? deed.parts.filter((part) => typeof part === 'string').join(' ') : null;
}
