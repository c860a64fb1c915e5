/**
 * The default voice: flite, English only, inside the package and free to use.
 */
import { AttuneError } from '../../core/errors.js';
import { WorkerThread } from '../../inference/worker-thread.js';
import { fliteVoiceOf, fliteVoices } from './flite-voice.js';
import type { PhrasePoolOptions, PhraseThread } from './phrase-pool.js';
import { PhraseTts } from './phrase-tts.js';
import { speakableText } from './speakable-text.js';
import type { SpokenPhrase } from './spoken-phrase.js';
import type { TtsClause } from './tts.js';

/** How many threads, how much may wait, how long a phrase may take; `startThread` is for tests. */
export type FliteTtsOptions = Omit<PhrasePoolOptions, 'startThread'> & { readonly startThread?: () => PhraseThread };

export class FliteTts extends PhraseTts {
  /** Threads start with the first clause or with `warmUp`. Disposing ends them. */
  constructor(options: FliteTtsOptions) {
    const engine = {
      name: 'flite',
      voices: fliteVoices.map((voice) => voice.name),
      readableText: (clause: TtsClause) => speakableText(clause.text),
      voiceFor: englishVoice,
    };
    super(engine, { startThread: startFliteThread, ...options });
  }
}

function englishVoice({ language, voice }: TtsClause): string {
  if (/^(?:en\b|und\b|$)/i.test(language)) return fliteVoiceOf(voice).name;
  throw new AttuneError('LANGUAGE_UNSUPPORTED', `flite speaks English (en), not ${language}`, { field: 'language' });
}

function startFliteThread(): PhraseThread {
  return new WorkerThread<SpokenPhrase, Float32Array>({
    url: new URL('./flite-worker.js', import.meta.url),
    name: 'flite',
  });
}
