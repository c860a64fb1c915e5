/**
 * Telephone calls to EVI by way of Twilio: what Twilio is answered when a number is called, and the stream that follows.
 *
 *   POST /v0/evi/twilio?config_id=…&api_key=…   → TwiML: connect the call to the stream; the query's fields are its parameters
 *   /v0/evi/twilio/media                        the stream: a chat as any other, written down and open to the control plane
 *
 * Both are Twilio's by their signatures, as on `/twilio/voice`; the key says whose configuration it is. Nobody on a telephone
 * can be told that a configuration is missing, so that such a call is refused while Twilio still asks.
 */
import type { ServerResponse } from 'node:http';
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { AttuneError } from '../../core/errors.js';
import { mediaStreamsDialects } from '../../protocols/telephony/media-streams-dialect.js';
import { MediaStreamsProtocol } from '../../protocols/telephony/media-streams-protocol.js';
import { phoneSettings } from '../../protocols/telephony/phone-settings.js';
import type { ApiKey } from '../api-key.js';
import { newId } from '../call.js';
import { answered, type HttpPage, type PageRequest } from '../http-page.js';
import {
  noticeOf,
  observingTransfer,
  type IntroducedCall,
  type PhoneLine,
  type PhoneOptions,
} from '../phone-endpoint.js';
import { twilioAfterPath, type TwilioLine } from '../twilio-line.js';
import { answerTwiml, signedFields } from '../twilio-request.js';
import { countIn, EviChat, type EviParts } from './evi-chat.js';

const voicePath = '/v0/evi/twilio';
const mediaPath = '/v0/evi/twilio/media';

export interface EviTwilioOptions {
  readonly phones: PhoneOptions;
  readonly twilio: TwilioLine;
  readonly parts: EviParts;
}

export class EviTwilioPage implements HttpPage {
  readonly #options: EviTwilioOptions;

  constructor(options: EviTwilioOptions) {
    this.#options = options;
  }

  owns(path: string): boolean {
    return path === voicePath;
  }

  answer(request: PageRequest, response: ServerResponse): Promise<void> {
    return answered(request, response, async () => {
      const fields = await signedFields(request, this.#options.twilio);
      const { query } = request;
      const key = query.get('api_key') ?? query.get('access_token');
      const { tenant } = this.#keyOf(key, request);
      const configId = query.get('config_id');
      if (configId !== null)
        await this.#options.parts.library.resolve(tenant.name, configId, countIn(query, 'config_version'));
      answerTwiml(response, this.#connect(request, { key, fields }));
    });
  }

  /** Throws UNAUTHORIZED, KEY_SCOPE_MISSING or ORIGIN_REFUSED. */
  #keyOf(key: string | null, { message: { headers } }: PageRequest): ApiKey {
    const { phones, twilio } = this.#options;
    if (key !== null) return phones.access.grantFor(key, headers, 'talk').key;
    if (twilio.needsKey) throw new AttuneError('UNAUTHORIZED', 'The API key is missing', { field: 'api_key' });
    return twilio.keyOf(headers);
  }

  #connect(
    { query, message }: PageRequest,
    { key, fields }: { readonly key: string | null; readonly fields: Readonly<Record<string, string>> },
  ): VoiceResponse {
    const { twilio } = this.#options;
    const host = message.headers.host ?? '';
    const answer = new VoiceResponse();
    const action = twilio.addressOf(twilioAfterPath, 'https', host);
    const stream = answer.connect({ action }).stream({ url: twilio.addressOf(mediaPath, 'wss', host) });
    if (key !== null) stream.parameter({ name: 'key', value: key });
    for (const [name, value] of query) if (!credentials.has(name)) stream.parameter({ name, value });
    for (const [field, name] of telephoneFields) {
      const value = fields[field];
      if (value) stream.parameter({ name: `${telephonePrefix}${name}`, value });
    }
    return answer;
  }
}

/** What the webhook knows of a call and its stream does not, and what webhooks of the configuration call it. */
const telephoneFields: ReadonlyMap<string, string> = new Map([
  ['From', 'from_number'],
  ['To', 'to_number'],
  ['Caller', 'caller_number'],
  ['CallerName', 'caller_name'],
  ...['From', 'To'].flatMap((side) =>
    ['City', 'State', 'Zip', 'Country'].map((what) => [`${side}${what}`, `${side}_${what}`.toLowerCase()] as const),
  ),
]);
const telephonePrefix = 'twilio_';

function telephoneOf({ start: { callId, parameters } }: IntroducedCall): Readonly<Record<string, string>> {
  const names = [...telephoneFields.values()];
  return Object.fromEntries([
    ['call_sid', callId],
    ...names.map((name) => [name, parameters[`${telephonePrefix}${name}`] ?? '']),
  ]) as Readonly<Record<string, string>>;
}

const credentials: ReadonlySet<string> = new Set(['api_key', 'access_token', 'key']);

export function eviTwilioLine({ phones, twilio, parts }: EviTwilioOptions): PhoneLine {
  return {
    name: 'evi-twilio',
    path: mediaPath,
    subprotocols: [],
    openProtocol: () => new MediaStreamsProtocol(mediaStreamsDialects.twilio),
    ...twilio.admission,
    serve: (call) => serveChat(phones, parts, call),
  };
}

async function serveChat(options: PhoneOptions, parts: EviParts, call: IntroducedCall): Promise<void> {
  const { calls, greeting, tones, holdSound } = options;
  const { start, events, protocol, request, transfer } = call;
  const query = new URLSearchParams({ ...start.parameters });
  const chat = await EviChat.begin({
    calls: observingTransfer(calls, transfer),
    parts,
    request: { id: newId('req'), tenant: request.tenant, query },
    opus: null,
    telephone: telephoneOf(call),
  });
  const { opening, nudges } = chat;
  const words = opening.by === 'words' ? opening.text : greeting;
  const telephone = phoneSettings(start, { greeting: words, notice: noticeOf(request.tenant), tones, holdSound });
  const { silence = null } = telephone;
  const settings = {
    ...telephone,
    // Whoever put the telephone aside is not asked for ever.
    silence: silence && nudges ? { ...silence, promptAfterMs: nudges.promptAfterMs } : silence,
    ...chat.protocol.initialSettings,
    heldSound: protocol.heldSound,
    mayTransfer: transfer !== null,
  };
  await chat.serve({ wire: protocol, settings, events, echo: null }, call);
}
