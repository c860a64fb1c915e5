/**
 * Every telephone format that is served over WebSocket, with its path.
 */
import { AsteriskWebSocketProtocol } from '../protocols/telephony/asterisk-websocket-protocol.js';
import { GenesysProtocol } from '../protocols/telephony/genesys-protocol.js';
import { JambonzProtocol } from '../protocols/telephony/jambonz-protocol.js';
import { MediaStreamsProtocol } from '../protocols/telephony/media-streams-protocol.js';
import { mediaStreamsDialects } from '../protocols/telephony/media-streams-dialect.js';
import { VonageProtocol } from '../protocols/telephony/vonage-protocol.js';
import type { Endpoint } from './endpoint.js';
import type { GenesysLine } from './genesys-line.js';
import { phoneEndpoint, type PhoneLine, type PhoneOptions } from './phone-endpoint.js';
import { twilioMediaPath, type TwilioLine } from './twilio-line.js';

export function phoneEndpoints(
  options: PhoneOptions,
  { twilio, genesys }: { readonly twilio: TwilioLine; readonly genesys: GenesysLine },
): readonly Endpoint[] {
  const { twilio: twilioDialect, ...dialects } = mediaStreamsDialects;
  const lines: readonly PhoneLine[] = [
    {
      name: 'twilio',
      path: twilioMediaPath,
      subprotocols: [],
      openProtocol: () => new MediaStreamsProtocol(twilioDialect),
      ...twilio.admission,
    },
    ...Object.values(dialects).map((dialect) => ({
      name: dialect.name,
      path: `/${dialect.name}/media`,
      subprotocols: [],
      openProtocol: () => new MediaStreamsProtocol(dialect),
    })),
    {
      name: 'asterisk',
      path: '/asterisk/media',
      subprotocols: ['media'],
      openProtocol: ({ query }) => new AsteriskWebSocketProtocol(query),
    },
    { name: 'vonage', path: '/vonage/media', subprotocols: [], openProtocol: () => new VonageProtocol() },
    {
      name: 'jambonz',
      path: '/jambonz/media',
      subprotocols: ['audio.jambonz.org', 'audio.drachtio.org'],
      openProtocol: ({ query }) => new JambonzProtocol(query),
    },
    {
      name: 'genesys',
      path: '/genesys/audiohook',
      subprotocols: [],
      openProtocol: ({ query }) => new GenesysProtocol(query),
      ...(genesys.isSigned ? { admit: (request) => genesys.admit(request) } : {}),
    },
  ];
  return lines.map((line) => phoneEndpoint(options, line));
}
