/**
 * Two organisations on one server: each key sees its own settings and its own people, and what the law forbids one is refused.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/server/config.js';
import { Tenants } from '../../src/server/tenants.js';
import { runCommand } from '../support/attune-command.js';
import { fixturePcm24k } from '../support/fixture-audio.js';
import { startServer } from '../support/running-server.js';
import { WireClient } from '../support/wire-client.js';

const bettyKey = 'betty-key-1234';
const file = `tenants:
  acme: { keys: [acme-key-1, acme-key-2], locale: de-DE, memoryRetentionDays: 30, purpose: customer-service }
  betty:
    keys: ["sha256:${createHash('sha256').update(bettyKey).digest('hex')}"]
    emotion: off
    instructions: You are Betty.
`;

t.test('settings, people and refusals of each', { timeout: 120_000 }, async (t) => {
  const folder = t.testdir({ 'tenants.yaml': file });
  const [memoryPath, auditLog] = [join(folder, 'memory.db'), join(folder, 'audit.jsonl')];
  {
    await using server = await startServer({
      tenantsFile: join(folder, 'tenants.yaml'),
      apiKeys: '',
      memory: 'file',
      memoryPath,
      auditLog,
    });
    await t.rejects(WireClient.open(server.url, 'betty-key-123'), /401/);
    await t.rejects(WireClient.open(server.url, null), /401/);
    const update = (attune: object): Readonly<Record<string, unknown>> => ({
      type: 'session.update',
      session: { type: 'realtime', output_modalities: ['text'], attune },
    });
    const consent = { memory: 'given' };

    await using acme = await WireClient.open(server.url, 'acme-key-2');
    const greeted = await acme.nextOfType('session.created');
    t.match(greeted, { session: { attune: { emotion: true, locale: 'de-DE', purpose: 'customer-service' } } });
    await acme.nextOfType('attune.notice');
    acme.send(update({ person: 'anna', consent, locale: 'en-US' }));
    await acme.nextOfType('attune.person');
    acme.sendAudio(await fixturePcm24k('late-delivery-angry', 1_500));
    await acme.nextOfType('response.done');
    t.ok(acme.events.some(({ type, final }) => type === 'attune.emotion' && final === true));

    await using betty = await WireClient.open(server.url, bettyKey);
    t.match(await betty.nextOfType('session.created'), {
      session: { instructions: 'You are Betty.', attune: { emotion: false } },
    });
    betty.send(update({ person: 'anna', emotion: true }));
    await betty.nextOfType('session.updated');
    betty.sendAudio(await fixturePcm24k('late-delivery-angry', 1_500));
    await betty.nextOfType('response.done');
    t.notOk(betty.events.some(({ type }) => type === 'attune.emotion' || type === 'attune.notice'));

    const from = acme.events.length;
    acme.send(update({ purpose: 'workplace' }));
    const refused = await acme.nextOfType('error', from);
    t.match(refused, { error: { code: 'EMOTION_PURPOSE_FORBIDDEN', param: 'session.attune.purpose' } });
    const again = acme.events.length;
    acme.send(update({ purpose: 'research', emotion: true }));
    await acme.nextOfType('session.updated', again);
    acme.sendAudio(await fixturePcm24k('thanks-happy', 1_500));
    await acme.nextOfType('response.done', again);
    t.notOk(
      acme.events.slice(again).some(({ type }) => type === 'attune.emotion'),
      'off for the rest of the call',
    );

    const turnsOf = async (key: string): Promise<unknown> => {
      const answer = await fetch(`http://127.0.0.1:${server.port}/v1/memory/people/anna`, {
        headers: { Authorization: `Bearer ${key}` },
      });
      return ((await answer.json()) as { rememberedTurns?: number }).rememberedTurns;
    };
    t.equal(await turnsOf('acme-key-1'), 1);
    t.equal(await turnsOf(bettyKey), 0, 'an anna of their own');
  }
  const { status, json } = await runCommand(['audit', 'verify', auditLog, '--json']);
  t.equal(status, 0, 'the log is whole');
  t.match(json()[0], { ok: true });
  const shown = (await runCommand(['audit', 'show', auditLog, '--json'])).json();
  const actions = shown.map(({ action, tenant }) => `${String(action)} ${String(tenant)}`);
  for (const expected of [
    'tenant.opened acme',
    'tenant.opened betty',
    'key.refused ',
    'purpose.refused acme',
    'emotion.switched acme',
  ])
    t.ok(actions.includes(expected), `${expected} in ${actions.join(', ')}`);
});

const faults: readonly (readonly [string, string, { readonly code: string; readonly field?: string }])[] = [
  [
    'a key of two',
    'tenants: { a: { keys: [same-key-1] }, b: { keys: [same-key-1] } }',
    { code: 'TENANTS_INVALID', field: 'tenants.b.keys' },
  ],
  ['a short key', 'tenants: { a: { keys: [short] } }', { code: 'TENANTS_INVALID', field: 'tenants.a.keys[0]' }],
  [
    'an unknown key',
    'tenants: { a: { keys: [long-enough], colour: red } }',
    { code: 'TENANTS_INVALID', field: 'tenants.a' },
  ],
  ['no YAML', 'tenants: [', { code: 'TENANTS_INVALID', field: 'file' }],
  [
    'a forbidden purpose',
    'tenants: { a: { keys: [long-enough], purpose: education } }',
    { code: 'EMOTION_PURPOSE_FORBIDDEN' },
  ],
];

for (const [name, text, error] of faults) {
  t.test(`${name} is refused`, async (t) => {
    const tenantsFile = join(t.testdir({ 'tenants.yaml': text }), 'tenants.yaml');
    await t.rejects(Tenants.read(loadConfig({ flags: { tenantsFile }, environment: {} })), error);
  });
}

t.test('an exemption with its reason allows, one without does not', async (t) => {
  const text = (more: string): string =>
    `tenants: { clinic: { keys: [long-enough], purpose: workplace, purposeExemption: medical${more} } }`;
  const read = async (more: string): Promise<Tenants> =>
    Tenants.read(
      loadConfig({
        flags: { tenantsFile: join(t.testdir({ 'tenants.yaml': text(more) }), 'tenants.yaml') },
        environment: {},
      }),
    );
  await t.rejects(read(''), { code: 'EMOTION_PURPOSE_FORBIDDEN', field: 'purposeExemptionReason' });
  const tenants = await read(', purposeExemptionReason: Pilots are watched for fatigue.');
  t.match(tenants.keyOf('long-enough')?.tenant, { name: 'clinic', emotionEnabled: true, purposeExempt: true });
});
