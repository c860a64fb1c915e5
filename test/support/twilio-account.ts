/**
 * Twilio's side of a call: webhooks and streams, signed by Twilio's own package.
 */
import twilio from 'twilio';
import { fixtureMulaw } from './fixture-audio.js';
import { PhoneSocket } from './phone-socket.js';

export const twilioAccount = {
  authToken: '12345678901234567890123456789012',
  /** The server's, as Twilio has it. */
  publicUrl: 'https://voice.example.com',
} as const;

/** As Twilio signs it. */
export function signatureOf(url: string, fields: Readonly<Record<string, string>> = {}): string {
  return twilio.getExpectedTwilioSignature(twilioAccount.authToken, url, { ...fields });
}

export async function postForm(
  port: number,
  target: string,
  fields: Readonly<Record<string, string>>,
  signature?: string,
): Promise<{ readonly status: number; readonly body: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${target}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(signature === undefined ? {} : { 'x-twilio-signature': signature }),
    },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, body: await response.text() };
}

/** A stream that Twilio opened; not introduced yet. */
export function openStream(port: number, path: string): Promise<PhoneSocket> {
  const signature = signatureOf(`${twilioAccount.publicUrl.replace('https:', 'wss:')}${path}`);
  return PhoneSocket.open(`ws://127.0.0.1:${port}${path}`, { headers: { 'X-Twilio-Signature': signature } });
}

/** What introduces a call on its stream. */
export const startMessage = (customParameters: Readonly<Record<string, string>> = {}): object => ({
  event: 'start',
  sequenceNumber: '1',
  streamSid: 'MZ1',
  start: {
    streamSid: 'MZ1',
    accountSid: 'AC1',
    callSid: 'CA1',
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters,
  },
});

/** A recorded caller speaks, and is silent for two seconds. */
export async function speakInto(phone: PhoneSocket, fixture: string): Promise<void> {
  const clip = await fixtureMulaw(fixture, 2_000);
  for (let at = 0, chunk = 1; at < clip.length; at += 160, chunk += 1) {
    const payload = clip.subarray(at, at + 160).toString('base64');
    const media = { track: 'inbound', chunk: String(chunk), timestamp: String(chunk * 20), payload };
    phone.send({ event: 'media', streamSid: 'MZ1', media });
  }
}
