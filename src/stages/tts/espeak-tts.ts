/**
 * The optional voice eSpeak NG: robotic, very fast, many languages. It needs a package that Attune does not bring along.
 */
import { createRequire } from 'node:module';
import { AttuneError } from '../../core/errors.js';
import { primaryLanguage } from '../../core/language-tag.js';
import { WorkerThread } from '../../inference/worker-thread.js';
import { espeakPackage, espeakUnavailable } from './espeak-speaker.js';
import type { FliteTtsOptions } from './flite-tts.js';
import type { PhraseThread } from './phrase-pool.js';
import { PhraseTts } from './phrase-tts.js';
import { plainText, speakableText } from './speakable-text.js';
import type { SpokenPhrase } from './spoken-phrase.js';
import type { TtsClause } from './tts.js';

/** eSpeak NG's voice names; the first of a language is its default, `en` is British. */
const voices = ['en-us', 'en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl', 'sv', 'tr'] as const;

export class EspeakTts extends PhraseTts {
  private constructor(options: FliteTtsOptions) {
    const readableText = (clause: TtsClause): string =>
      isEnglish(clause) ? speakableText(clause.text) : plainText(clause.text);
    super(
      { name: 'espeak', voices, readableText, voiceFor: espeakVoice },
      { startThread: startEspeakThread, ...options },
    );
  }

  /** Throws TTS_UNAVAILABLE when the package is not installed. Threads start with the first clause or with `warmUp`. */
  static open(options: FliteTtsOptions): EspeakTts {
    try {
      createRequire(import.meta.url).resolve(espeakPackage);
    } catch (cause) {
      throw espeakUnavailable(cause);
    }
    return new EspeakTts(options);
  }
}

/** The voice that was asked for if it speaks the language, else the language's own. */
export function espeakVoice({ voice, language }: Pick<TtsClause, 'voice' | 'language'>): string {
  const wanted = languageOf(language);
  const speaking = voices.filter((name) => languageOf(name) === wanted);
  const found =
    speaking.find((name) => name === voice) ?? speaking.find((name) => name === language.toLowerCase()) ?? speaking[0];
  if (found !== undefined) return found;
  throw new AttuneError('LANGUAGE_UNSUPPORTED', `eSpeak NG is set up for ${voices.join(', ')}, not ${language}`, {
    field: 'language',
  });
}

function isEnglish(clause: TtsClause): boolean {
  return languageOf(clause.language) === 'en';
}

function languageOf(tag: string): string {
  const primary = primaryLanguage(tag);
  return primary === '' || primary === 'und' ? 'en' : primary;
}

function startEspeakThread(): PhraseThread {
  return new WorkerThread<SpokenPhrase, Float32Array>({
    url: new URL('./espeak-worker.js', import.meta.url),
    name: 'espeak',
  });
}
