/**
 * The calls of a tenant over HTTP, behind a key with the scope `observe`:
 *
 *   GET /v1/calls           how each call stands, latest first
 *   GET /v1/calls/{id}      one call with its timeline
 *   GET /v1/calls/{id}/audio   the call as WAV, where its caller agreed to being recorded; needs `memory` as well
 *   GET /v1/calls/changes   Server-Sent Events: `call`, a summary each time one changes, at most four a second a call
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AttuneError } from '../../core/errors.js';
import type { Clock, Timer } from '../../core/clock.js';
import type { Access } from '../access.js';
import type { ApiKey } from '../api-key.js';
import { answerJson } from '../http-answer.js';
import { answered, nothingHere, type HttpPage, type PageRequest } from '../http-page.js';
import type { CallJournal } from './call-journal.js';
import type { CallSummary } from './call-story.js';

const root = '/v1/calls';
const pauseMs = 250;
/** A comment that keeps proxies from closing a quiet line. */
const beatMs = 15_000;
const mostWatchers = 64;
/** A reader that is so far behind is gone. */
const mostWaitingBytes = 1024 * 1024;

export interface CallPagesOptions {
  readonly journal: CallJournal;
  readonly access: Access;
  readonly clock: Clock;
  /** Told of whoever listens to a call. */
  readonly onHeard: (key: ApiKey, callId: string) => void;
}

export class CallPages implements HttpPage {
  readonly #options: CallPagesOptions;
  #watcherCount = 0;

  constructor(options: CallPagesOptions) {
    this.#options = options;
  }

  owns(path: string): boolean {
    return path === root || path.startsWith(`${root}/`);
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      const { journal, access } = this.#options;
      const tenant = access.keyOf(request.message, 'observe').tenant.name;
      if (request.message.method !== 'GET') throw nothingHere();
      const [id, ...rest] = request.path.slice(root.length + 1).split('/');
      if (rest.length > 0 && rest.join('/') !== 'audio') throw nothingHere();
      if (id === undefined || id === '')
        answerJson(response, 200, { journal: journal.extent, calls: journal.summaries(tenant) });
      else if (rest.length > 0) await this.#answerSound(request, response, id);
      else if (id === 'changes') this.#stream(tenant, response);
      else {
        const story = journal.story(tenant, id);
        const recordedMs = journal.recording(tenant, id)?.durationMs ?? null;
        answerJson(response, 200, { ...story.summary, recordedMs, entries: story.entries });
      }
    });
  }

  async #answerSound({ message }: PageRequest, response: ServerResponse, id: string): Promise<void> {
    const { journal, access, onHeard } = this.#options;
    const key = access.keyOf(message, 'memory');
    const recording = journal.recording(key.tenant.name, id);
    if (recording === null) throw new AttuneError('NOT_FOUND', 'Of this call there is no sound');
    onHeard(key, id);
    response.writeHead(200, { 'content-type': 'audio/wav', 'cache-control': 'no-store' });
    // A listener who leaves is no fault.
    await pipeline(Readable.from(recording.wav(), { highWaterMark: 1 }), response).catch(() => undefined);
  }

  #stream(tenant: string, response: ServerResponse): void {
    if (this.#watcherCount >= mostWatchers)
      throw new AttuneError('RATE_LIMITED', `${mostWatchers} watch already`, { field: 'changes' });
    this.#watcherCount += 1;
    const { journal, clock } = this.#options;
    const changed = new Map<string, CallSummary>();
    let timer: Timer | undefined;
    let beat: Timer | undefined;
    const send = (text: string): void => {
      if (response.writableLength > mostWaitingBytes) response.destroy();
      else response.write(text);
    };
    const keepBeating = (): void => {
      beat = clock.after(beatMs, () => {
        send(': still here\n\n');
        keepBeating();
      });
    };
    const flush = (): void => {
      timer = undefined;
      for (const summary of changed.values()) send(`event: call\ndata: ${JSON.stringify(summary)}\n\n`);
      changed.clear();
    };
    const unwatch = journal.watch(tenant, (summary) => {
      changed.set(summary.id, summary);
      timer ??= clock.after(pauseMs, flush);
    });
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    send(': calls of this server\n\n');
    keepBeating();
    response.once('close', () => {
      this.#watcherCount -= 1;
      unwatch();
      timer?.cancel();
      beat?.cancel();
    });
  }
}
