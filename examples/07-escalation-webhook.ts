/**
 * Told when a caller needs a person: a receiver of escalations, which lets nobody in without the right signature.
 *
 * `npx tsx examples/07-escalation-webhook.ts` shows an address and a secret. Start the server with both:
 * `npx attune serve --escalation-webhook-url ADDRESS --escalation-webhook-secret SECRET`. rules/response.yaml says when it is told.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import OpenAI from 'openai';

interface Escalation {
  readonly data: {
    readonly callId: string;
    readonly action: 'notify' | 'transfer';
    readonly reason: string;
    readonly feeling: { readonly label: string; readonly trend: string; readonly why: string };
  };
}

const secret = process.env['WEBHOOK_SECRET'] ?? `whsec_${randomBytes(24).toString('base64')}`;
// Requests are signed after the Standard Webhooks specification; this package can check them, and so can `standardwebhooks`.
const { webhooks } = new OpenAI({ apiKey: 'none', webhookSecret: secret });

const server = createServer((request, response) => {
  void (async () => {
    const body = await text(request);
    try {
      await webhooks.verifySignature(body, new Headers(request.headers as Record<string, string>));
    } catch {
      response.writeHead(401).end();
      return;
    }
    const { callId, action, reason, feeling } = (JSON.parse(body) as Escalation).data;
    console.log(`${action} ${callId}: ${reason}`);
    console.log(`  ${feeling.label}, ${feeling.trend}. ${feeling.why}`);
    response.writeHead(204).end();
  })();
});

server.listen(Number(process.env['PORT'] ?? 8001), '127.0.0.1', () => {
  console.log(`--escalation-webhook-url http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  console.log(`--escalation-webhook-secret ${secret}`);
});
