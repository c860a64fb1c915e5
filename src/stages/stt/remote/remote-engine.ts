/**
 * A transcription server (OpenAI's `/audio/transcriptions` and the many that speak it) as the engine of a recogniser.
 *
 * Owns patience and the number of requests: one deadline over all attempts of a recording, 429 and 5xx tried again within
 * it, a bounded number on their way and waiting. What is said leaves this machine; audio, texts and key stay out of
 * messages.
 */
import { AttuneError } from '../../../core/errors.js';
import { primaryLanguage } from '../../../core/language-tag.js';
import { modelSampleRateHz } from '../../../audio/audio-frame.js';
import { encodeWav } from '../../../audio/wav-writer.js';
import type { DrivenEngine } from '../driven/driven-stt.js';
import type { TaskRequest, UtteranceTask } from '../driven/utterance-task.js';
import { WholeAudioTask, type RecordingRequest, type RecordingText } from '../driven/whole-audio-task.js';
import type { RemoteSttOptions } from './remote-stt-options.js';
import { readTranscription } from './transcription-answer.js';
import { exchangeTranscription } from './transcription-exchange.js';
import { TranscriptionFault } from './transcription-fault.js';

const defaultMaxRequests = 16;
const defaultMaxAttempts = 4;
/** First pause between attempts when the server names none; it doubles. */
const firstBackoffMs = 250;
/** Whisper reads the last 224 tokens of a prompt; about 4 letters make one. */
const maxPromptLetters = 800;

export class RemoteEngine implements DrivenEngine {
  readonly #options: RemoteSttOptions;
  readonly #url: URL;
  readonly #lifetime = new AbortController();
  #format: 'verbose_json' | 'json';
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Throws OPTION_INVALID for a base URL or key that cannot be sent. */
  constructor(options: RemoteSttOptions) {
    this.#options = options;
    this.#format = options.format ?? 'verbose_json';
    this.#url = endpointOf(options.baseUrl);
    if (!/^[\x21-\x7e]*$/u.test(options.apiKey ?? '')) {
      throw new AttuneError('OPTION_INVALID', 'the transcription key has characters that cannot be sent', {
        field: 'sttApiKey',
      });
    }
  }

  openTask(request: TaskRequest): UtteranceTask {
    const { partialEveryMs, maxUtteranceMs } = this.#options;
    return new WholeAudioTask(
      (samples, recording) => this.#recognise(samples, recording),
      { partialEveryMs, windowMs: maxUtteranceMs },
      request,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lifetime.abort(new AttuneError('TRANSCRIPTION_FAILED', 'the recogniser was stopped'));
  }

  async #recognise(samples: Float32Array, request: RecordingRequest): Promise<RecordingText> {
    const { clock, timeoutMs } = this.#options;
    const deadlineAtMs = clock.nowMs() + timeoutMs;
    const controller = new AbortController();
    const stop = (reason: unknown): void => controller.abort(reason);
    const onAbort = (): void => stop(request.signal.reason);
    const onDispose = (): void => stop(this.#lifetime.signal.reason);
    const timer = clock.after(timeoutMs, () =>
      stop(new AttuneError('DEADLINE_EXCEEDED', `the transcription server took longer than ${timeoutMs} ms`)),
    );
    request.signal.addEventListener('abort', onAbort, { once: true });
    this.#lifetime.signal.addEventListener('abort', onDispose, { once: true });
    try {
      request.signal.throwIfAborted();
      this.#lifetime.signal.throwIfAborted();
      await this.#takePlace(controller.signal);
      try {
        return await this.#attempts(samples, { request, signal: controller.signal, deadlineAtMs });
      } finally {
        this.#leavePlace();
      }
    } catch (error) {
      // Whoever ended it says why, not the connection that broke for it.
      controller.signal.throwIfAborted();
      throw error instanceof TranscriptionFault ? error.toAttuneError() : error;
    } finally {
      timer.cancel();
      request.signal.removeEventListener('abort', onAbort);
      this.#lifetime.signal.removeEventListener('abort', onDispose);
    }
  }

  async #attempts(
    samples: Float32Array,
    options: { readonly request: RecordingRequest; readonly signal: AbortSignal; readonly deadlineAtMs: number },
  ): Promise<RecordingText> {
    const { request, signal, deadlineAtMs } = options;
    const { clock, maxAttempts = defaultMaxAttempts } = this.#options;
    const wav = encodeWav({ channels: [samples], sampleRateHz: modelSampleRateHz });
    let format = this.#format;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const text = await this.#attempt(wav, { request, format, signal, sampleCount: samples.length });
        this.#format = format;
        return text;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof TranscriptionFault)) throw error;
        if (error.status === 400 && format === 'verbose_json') {
          // Some models know no times; if the plain format is taken, it is asked for from now on.
          format = 'json';
          continue;
        }
        // A partial text that is late is worth nothing: the next one comes with more audio.
        if (!error.retryable || !request.isFinal || attempt >= maxAttempts) throw error;
        const pauseMs = error.retryAfterMs ?? firstBackoffMs * 2 ** (attempt - 1);
        if (clock.nowMs() + pauseMs >= deadlineAtMs) throw error;
        await clock.sleep(pauseMs, signal);
      }
    }
  }

  async #attempt(
    wav: Uint8Array,
    options: {
      readonly request: RecordingRequest;
      readonly format: 'verbose_json' | 'json';
      readonly signal: AbortSignal;
      readonly sampleCount: number;
    },
  ): Promise<RecordingText> {
    const { request, format, signal, sampleCount } = options;
    const { apiKey, clock } = this.#options;
    const body = await exchangeTranscription({
      url: this.#url,
      headers: {
        accept: 'application/json',
        ...(apiKey === null || apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      form: this.#formOf(wav, request, format),
      signal,
      clock,
    });
    try {
      return readTranscription(body, (sampleCount * 1000) / modelSampleRateHz);
    } catch {
      // Neither the answer nor the parser's message, which may quote it.
      throw new TranscriptionFault('the transcription server answered what cannot be read', { retryable: false });
    }
  }

  #formOf(wav: Uint8Array, { language, hotwords }: RecordingRequest, format: 'verbose_json' | 'json'): FormData {
    const form = new FormData();
    form.set('file', new Blob([wav as Uint8Array<ArrayBuffer>], { type: 'audio/wav' }), 'utterance.wav');
    form.set('model', this.#options.model);
    form.set('response_format', format);
    if (language !== undefined) form.set('language', primaryLanguage(language));
    if (hotwords.length > 0) form.set('prompt', hotwords.join(', ').slice(0, maxPromptLetters));
    if (format === 'verbose_json') {
      form.append('timestamp_granularities[]', 'word');
      form.append('timestamp_granularities[]', 'segment');
    }
    return form;
  }

  /** Resolves when a request may go; rejects with OVERLOADED or the signal's reason. */
  #takePlace(signal: AbortSignal): Promise<void> {
    const { maxRequests = defaultMaxRequests } = this.#options;
    if (this.#running < maxRequests) {
      this.#running += 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= maxRequests) {
      return Promise.reject(
        new AttuneError('OVERLOADED', `${this.#running} recordings are being transcribed and ${maxRequests} wait`),
      );
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal.reason as Error);
      };
      const enter = (): void => {
        signal.removeEventListener('abort', onAbort);
        this.#running += 1;
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(enter);
    });
  }

  #leavePlace(): void {
    this.#running -= 1;
    this.#waiting.shift()?.();
  }
}

function endpointOf(baseUrl: string): URL {
  const invalid = (problem: string): AttuneError =>
    new AttuneError('OPTION_INVALID', `the transcription base URL ${problem}`, {
      field: 'sttBaseUrl',
      hint: 'Give it as http://HOST:PORT/v1; the key has an option of its own.',
    });
  if (!URL.canParse(baseUrl)) throw invalid('is not a URL');
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid('is not http or https');
  if (url.username !== '' || url.password !== '') throw invalid('contains credentials');
  url.pathname = `${url.pathname.replace(/\/+$/u, '')}/audio/transcriptions`;
  return url;
}
