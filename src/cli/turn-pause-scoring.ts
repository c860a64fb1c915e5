/**
 * Hears recordings as the server hears a caller, pause by pause, and notes what every cue for the end of a turn says.
 *
 * The words before a pause are those of the finished transcript that end by then: the server's partial text is at most as
 * good. Everything else is the code of a call.
 */
import { readAudioBytes } from '../audio/audio-file.js';
import { modelSampleRateHz } from '../audio/audio-frame.js';
import { overTelephone } from '../audio/telephone-channel.js';
import type { Clock } from '../core/clock.js';
import { measureFinalCadence } from '../dsp/final-cadence.js';
import { defaultTurnPolicy } from '../pipeline/turn-policy.js';
import type { Stt, SttWord } from '../stages/stt/stt.js';
import type { TurnEndStage } from '../stages/turn-end/turn-end.js';
import type { Vad } from '../stages/vad/vad.js';
import type { ClipSource } from './clip-source.js';
import type { ManifestClip } from './speech-manifest.js';
import { toolTimeoutMs } from './tool-stack.js';
import { shortestHoldMs, speechInClip, turnPauses, type TurnPause } from './turn-pauses.js';

/** What is known at the beginning of a silence; the cues of `endpointWaitMs`. */
export interface HeardPause extends TurnPause {
  readonly clip: Pick<ManifestClip, 'file' | 'corpus' | 'speaker'>;
  /** Null when the model had too little to judge. */
  readonly endProbability: number | null;
  readonly finality: number;
  /** Empty without a recogniser. */
  readonly transcript: string;
}

export interface PauseScoringOptions {
  readonly vad: Vad;
  readonly turnEnd: TurnEndStage;
  /** Null: words stay out of it. */
  readonly stt: Stt | null;
  readonly source: ClipSource;
  readonly channel: 'clean' | 'mulaw';
  readonly clock: Clock;
}

const samplesPerMs = modelSampleRateHz / 1000;
/** What the listener hands to `measureFinalCadence`. */
const cadenceMs = 1_500;
/** A word that ends within this of the last window of speech was said before the pause: recognisers place ends late. */
const wordSlackMs = 120;

/** Throws what reading, decoding and the models throw. */
export async function hearPauses(
  clip: HeardPause['clip'],
  { vad, turnEnd, stt, source, channel, clock }: PauseScoringOptions,
): Promise<readonly HeardPause[]> {
  const { samples: recorded } = await readAudioBytes(await source.read(clip), { field: clip.file });
  const samples = channel === 'clean' ? recorded : overTelephone(recorded);
  const callId = clip.file;
  const { signal } = new AbortController();
  const segments = await speechInClip(vad, samples, { signal, callId, minPauseMs: shortestHoldMs });
  const words = stt === null ? [] : await wordsOf(stt, samples, { signal, callId });
  const heard: HeardPause[] = [];
  for (const pause of turnPauses(segments)) {
    const startMs = Math.max(0, pause.turnStartMs - defaultTurnPolicy.prefixPaddingMs);
    const speech = samples.subarray(startMs * samplesPerMs, pause.speechEndMs * samplesPerMs);
    const deadlineMs = clock.nowMs() + toolTimeoutMs;
    heard.push({
      ...pause,
      clip,
      endProbability: await turnEnd.estimate(speech, { signal, callId, deadlineMs }),
      finality: measureFinalCadence(speech.subarray(-cadenceMs * samplesPerMs)).finality,
      transcript: words
        .filter((word) => word.endMs <= pause.speechEndMs + wordSlackMs)
        .map((word) => word.text)
        .join(' '),
    });
  }
  return heard;
}

async function wordsOf(
  stt: Stt,
  samples: Float32Array,
  options: { readonly signal: AbortSignal; readonly callId: string },
): Promise<readonly SttWord[]> {
  const utterance = stt.open({ ...options, language: 'en' });
  utterance.accept(samples);
  const { words, error } = await utterance.finish();
  if (error) throw error;
  return words;
}
