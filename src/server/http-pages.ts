/**
 * What plain HTTP gets: health, readiness, metrics, the parts with paths of their own, and a typed error for everything
 * else. Whatever says something about a caller asks for a key itself.
 */
import type { ServerResponse } from 'node:http';
import { AttuneError } from '../core/errors.js';
import type { HealthReport, Readiness } from './health.js';
import { answerError, answerJson } from './http-answer.js';
import { nothingHere, type HttpPage, type PageRequest } from './http-page.js';

export interface HttpPagesOptions {
  readonly readiness: Readiness;
  readonly health: () => HealthReport;
  /** The body of /metrics and its content type. */
  readonly exposition: { readonly contentType: string; text(): Promise<string> };
  /** Asked for with each request: some open while the port already listens. */
  readonly parts: () => readonly HttpPage[];
  /** True for a path that a protocol serves over WebSocket. */
  readonly isEndpoint: (path: string) => boolean;
}

export class HttpPages {
  readonly #options: HttpPagesOptions;

  constructor(options: HttpPagesOptions) {
    this.#options = options;
  }

  /** Rejects when the metrics cannot be written; the answer is then open. */
  async answer(request: PageRequest, response: ServerResponse): Promise<void> {
    const { readiness, exposition, health, isEndpoint } = this.#options;
    const { path, message } = request;
    const part = this.#options.parts().find((one) => one.owns(path));
    if (part !== undefined) return part.answer(request, response);
    message.resume();
    if (message.method !== 'GET' && message.method !== 'HEAD') {
      answerError(response, 404, new AttuneError('NOT_FOUND', 'Only GET is answered here'));
    } else if (path === '/health') {
      answerJson(response, 200, health());
    } else if (path === '/ready') {
      answerJson(response, readiness.state === 'ready' ? 200 : 503, { state: readiness.state });
    } else if (path === '/metrics') {
      const body = await exposition.text();
      response.writeHead(200, { 'content-type': exposition.contentType });
      response.end(body);
    } else if (isEndpoint(path)) {
      response.setHeader('upgrade', 'websocket');
      answerError(response, 426, new AttuneError('NOT_FOUND', 'This path speaks WebSocket only'));
    } else {
      answerError(response, 404, nothingHere());
    }
  }
}
