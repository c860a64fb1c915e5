/**
 * Escalations reach a real HTTP server, signed so that a library of others accepts them, and never hold anything up.
 */
import OpenAI from 'openai';
import t from 'tap';
import { AttuneError } from '../../src/core/errors.js';
import { silentMetrics } from '../../src/core/metrics.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { EscalationWebhook, signingKeyOf } from '../../src/server/escalation-webhook.js';
import type { SessionEvent } from '../../src/session/events.js';
import { ManualClock } from '../support/manual-clock.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const escalation: Extract<SessionEvent, { type: 'escalation' }> = {
  type: 'escalation',
  itemId: 'item_1',
  rule: 'anger',
  action: 'transfer',
  reason: 'still angry',
  label: 'angry',
  confidence: 0.8,
  trend: 'rising-anger',
  locale: 'en-US',
  explanation: 'Angry because of the words “my name is jane miller”.',
};
const call = { callId: 'sess_1', tenant: 'acme' };

function logs(): {
  readonly lines: unknown[];
  readonly logger: ConstructorParameters<typeof EscalationWebhook>[0]['logger'];
} {
  const lines: unknown[] = [];
  const note = (message: string, fields?: object): void => void lines.push({ message, ...fields });
  return { lines, logger: { debug: note, info: note, warn: note, error: note } };
}

t.test('the signature is accepted by a client library, and what was said is masked', async (t) => {
  const receiver = new WebhookReceiver([]);
  const url = await receiver.listen(t);
  const webhook = new EscalationWebhook({
    url,
    key: signingKeyOf(secret),
    clock: new SystemClock(),
    metrics: silentMetrics,
    logger: logs().logger,
  });
  t.teardown(() => webhook[Symbol.asyncDispose]());
  webhook.tell(call, escalation);
  await receiver.until(1);
  const { body, headers } = receiver.received[0]!;
  const client = new OpenAI({ apiKey: 'unused', webhookSecret: secret });
  const event = (await client.webhooks.unwrap(body, headers)) as unknown;
  t.match(event, {
    type: 'attune.escalation',
    data: {
      ...call,
      itemId: 'item_1',
      action: 'transfer',
      rule: 'anger',
      reason: 'still angry',
      feeling: { label: 'angry', trend: 'rising-anger' },
    },
  });
  t.match(body, /my name is \[name\]/);
  t.notMatch(body, /jane|miller/);
  await t.rejects(
    client.webhooks.unwrap(body.replace('acme', 'other'), headers as Record<string, string>),
    /signature/i,
  );
});

t.test('a server that fails is asked again under the same id, one that refuses is not', async (t) => {
  const receiver = new WebhookReceiver([503, 503, 200, 400]);
  const url = await receiver.listen(t);
  const clock = new ManualClock();
  const { lines, logger } = logs();
  const webhook = new EscalationWebhook({ url, key: signingKeyOf(secret), clock, metrics: silentMetrics, logger });
  t.teardown(() => webhook[Symbol.asyncDispose]());
  webhook.tell(call, escalation);
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await receiver.until(attempt);
    await settled(() => clock.advance(10_000));
  }
  t.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1);
  t.same(lines, []);
  webhook.tell(call, escalation);
  await receiver.until(4);
  await settled(() => clock.advance(60_000));
  t.equal(receiver.received.length, 4);
  t.match(lines, [{ code: 'ESCALATION_UNDELIVERED', reason: 'status 400' }]);
});

t.test('more than can wait are given up at once, and ending waits for nobody', async (t) => {
  const { lines, logger } = logs();
  const webhook = new EscalationWebhook({
    url: new URL('http://127.0.0.1:9/'),
    key: signingKeyOf(secret),
    clock: new ManualClock(),
    metrics: silentMetrics,
    logger,
  });
  for (let count = 0; count < 80; count += 1) webhook.tell(call, escalation);
  t.ok(lines.length >= 15 && lines.length <= 16, `${lines.length} given up`);
  await webhook[Symbol.asyncDispose]();
  t.equal(lines.length, 80, 'each of them is told');
});

t.test('a short secret is refused', async (t) => {
  t.throws(() => signingKeyOf('whsec_c2hvcnQ='), AttuneError);
  t.throws(() => signingKeyOf('short'), { code: 'OPTION_INVALID', field: 'escalationWebhookSecret' });
  t.equal(signingKeyOf('a plain secret of enough bytes').length, 30);
});

/** Lets answers arrive, then time pass, then the next request leave. */
async function settled(pass: () => unknown): Promise<void> {
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  await pass();
}
