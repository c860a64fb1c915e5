/**
 * What may be asked of a call in progress over HTTP, behind a key of its tenant with the scope `talk`:
 *
 *   POST /v1/calls/{id}/hold        the caller waits
 *   POST /v1/calls/{id}/take-back   and is listened to again
 *
 * Answered 204 once the call has taken it, also when it stood so already.
 */
import type { ServerResponse } from 'node:http';
import { isCancelled } from '../core/errors.js';
import type { Access } from './access.js';
import type { CallControls } from './call-controls.js';
import { answerNothing } from './http-answer.js';
import { answered, nothingHere, type HttpPage, type PageRequest } from './http-page.js';

const pathForm = /^\/v1\/calls\/([^/]+)\/(hold|take-back)$/u;

const events = { hold: 'call.hold', 'take-back': 'call.take-back' } as const;

export class CallControlPages implements HttpPage {
  readonly #access: Access;
  readonly #controls: CallControls;

  constructor({ access, controls }: { readonly access: Access; readonly controls: CallControls }) {
    this.#access = access;
    this.#controls = controls;
  }

  owns(path: string): boolean {
    return pathForm.test(path);
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      const { tenant } = this.#access.keyOf(request.message, 'talk');
      const [, callId = '', verb = ''] = pathForm.exec(request.path) ?? [];
      if (request.message.method !== 'POST' || (verb !== 'hold' && verb !== 'take-back')) throw nothingHere();
      try {
        await this.#controls.ask(tenant.name, callId, { clientEventId: null, type: events[verb] });
      } catch (error) {
        // It ended in the same moment.
        throw isCancelled(error) ? nothingHere() : error;
      }
      answerNothing(response);
    });
  }
}
