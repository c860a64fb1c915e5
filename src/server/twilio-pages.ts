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
import { answered, type HttpPage, type PageRequest } from './http-page.js';
import { twilioAfterPath, twilioMediaPath, twilioVoicePath, type TwilioLine } from './twilio-line.js';
import { answerTwiml, signedFields } from './twilio-request.js';

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
      const fields = await signedFields(request, this.#line);
      const isIncoming = request.path === twilioVoicePath;
      const host = request.message.headers.host ?? '';
      answerTwiml(response, isIncoming ? this.#connect(request, host) : this.#after(fields['CallSid'] ?? ''));
    });
  }

  #connect({ query }: PageRequest, host: string): VoiceResponse {
    const answer = new VoiceResponse();
    const action = this.#line.addressOf(twilioAfterPath, 'https', host);
    const stream = answer.connect({ action }).stream({ url: this.#line.addressOf(twilioMediaPath, 'wss', host) });
    for (const [name, value] of query) stream.parameter({ name, value });
    return answer;
  }

  #after(callSid: string): VoiceResponse {
    const answer = new VoiceResponse();
    const { transferTo } = this.#line;
    if (transferTo === null || !this.#line.takeTransfer(callSid)) answer.hangup();
    else if (transferTo.startsWith('sip:')) answer.dial().sip(transferTo);
    else answer.dial(transferTo);
    return answer;
  }
}
