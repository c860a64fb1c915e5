/**
 * What Twilio asks over HTTP: what to do with a call that comes in, and what after its stream has ended.
 *
 *   POST /twilio/voice   → TwiML: connect the call to /twilio/media; the query's fields become parameters of the stream
 *   POST /twilio/after   → TwiML: put the caller through to a person, or hang up
 *
 * Every request must carry Twilio's signature; 403 otherwise.
 */
import type { ServerResponse } from 'node:http';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { AttuneError } from '../core/errors.js';
import { answered, textBody, type HttpPage, type PageRequest } from './http-page.js';
import { twilioAfterPath, twilioMediaPath, twilioVoicePath, type TwilioLine } from './twilio-line.js';

/** Twilio sends some forty short fields. */
const mostBodyBytes = 64 * 1024;

export class TwilioPages implements HttpPage {
  readonly #line: TwilioLine;

  constructor(line: TwilioLine) {
    this.#line = line;
  }

  owns(path: string): boolean {
    return path === twilioVoicePath || path === twilioAfterPath;
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      const { path, message } = request;
      if (message.method !== 'POST') throw new AttuneError('NOT_FOUND', 'Only POST is answered here');
      const fields = Object.fromEntries(new URLSearchParams(await textBody(message, mostBodyBytes)));
      const { headers, url: target = path } = message;
      const refusal = this.#line.refusalOf({ target, headers, scheme: 'https', fields });
      if (refusal !== null) throw refusal;
      const isIncoming = path === twilioVoicePath;
      const markup = isIncoming ? this.#connect(request, headers.host ?? '') : this.#after(fields['CallSid'] ?? '');
      response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8', 'cache-control': 'no-store' });
      response.end(markup);
    });
  }

  #connect({ query }: PageRequest, host: string): string {
    const answer = new VoiceResponse();
    const action = this.#line.addressOf(twilioAfterPath, 'https', host);
    const stream = answer.connect({ action }).stream({ url: this.#line.addressOf(twilioMediaPath, 'wss', host) });
    for (const [name, value] of query) stream.parameter({ name, value });
    return answer.toString();
  }

  #after(callSid: string): string {
    const answer = new VoiceResponse();
    const { transferTo } = this.#line;
    if (transferTo === null || !this.#line.takeTransfer(callSid)) answer.hangup();
    else if (transferTo.startsWith('sip:')) answer.dial().sip(transferTo);
    else answer.dial(transferTo);
    return answer.toString();
  }
}
