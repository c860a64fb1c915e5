/**
 * Calls of a whole server as operators see them: the list, one call, and changes as they happen.
 */
import { join } from 'node:path';
import t from 'tap';
import { readWav } from '../../src/audio/wav-file.js';
import { fixturePcm24k } from '../support/fixture-audio.js';
import { startServer } from '../support/running-server.js';
import { WireClient } from '../support/wire-client.js';

interface Summary {
  readonly id: string;
  readonly state: string;
  readonly turns: number;
  readonly mood: { readonly label: string } | null;
}

t.test('the list, one call, and changes as they happen', { timeout: 60_000 }, async (t) => {
  const tenantsFile = join(
    t.testdir({
      'tenants.yaml':
        'tenants: { acme: { keys: [acme-key-1, { key: talk-key-1, scopes: [talk] }] }, betty: { keys: [betty-key-1] } }',
    }),
    'tenants.yaml',
  );
  await using server = await startServer({ tenantsFile, apiKeys: '', callJournal: 'words' });
  const ask = (path: string, key: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { headers: { authorization: `Bearer ${key}` }, ...init });
  const stop = new AbortController();
  const stream = await ask('/v1/calls/changes', 'acme-key-1', { signal: stop.signal });
  t.equal(stream.headers.get('content-type'), 'text/event-stream');
  const changes: Summary[] = [];
  const reading = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const piece of stream.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(piece, { stream: true });
        const events = text.split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) {
          const data = /^event: call\ndata: (.+)$/.exec(event)?.[1];
          if (data !== undefined) changes.push(JSON.parse(data) as Summary);
        }
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
  })();
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  {
    await using call = await WireClient.open(server.url, 'acme-key-1');
    await call.nextOfType('session.created');
    call.sendAudio(await fixturePcm24k('late-delivery-angry', 1_500));
    await call.nextOfType('response.done');
    await until(() => changes.some(({ turns, mood }) => turns === 1 && mood?.label === 'angry'));
    const { calls } = (await (await ask('/v1/calls', 'acme-key-1')).json()) as { readonly calls: readonly Summary[] };
    t.match(calls, [{ protocol: 'openai-realtime', turns: 1, mood: { label: 'angry' } }]);
    t.notOk(calls[0]?.state === 'ended');
    t.same(((await (await ask('/v1/calls', 'betty-key-1')).json()) as { calls: unknown }).calls, []);
    t.equal((await ask(`/v1/calls/${calls[0]!.id}`, 'betty-key-1')).status, 404);
    t.equal((await ask('/v1/calls', 'talk-key-1')).status, 403);
    t.equal((await ask('/v1/calls', 'guess')).status, 401);
  }
  await until(() => changes.at(-1)?.state === 'ended');
  const story = await (await ask(`/v1/calls/${changes.at(-1)!.id}`, 'acme-key-1')).json();
  const kinds = (story as { entries: readonly { kind: string }[] }).entries.map(({ kind }) => kind);
  for (const kind of ['speech', 'heard', 'emotion', 'decision', 'reply', 'spans']) t.ok(kinds.includes(kind), kind);
  t.match(JSON.stringify(story), /third time/);
  stop.abort();
  await reading;
});

t.test('the sound of a call, of a caller who agreed', { timeout: 60_000 }, async (t) => {
  const folder = t.testdir({
    'tenants.yaml': 'tenants: { acme: { keys: [acme-key-1, { key: observe-key-1, scopes: [observe] }] } }',
  });
  await using server = await startServer({
    tenantsFile: join(folder, 'tenants.yaml'),
    apiKeys: '',
    memory: 'file',
    memoryPath: join(folder, 'memory.db'),
    callRecordings: 'on',
  });
  const ask = (path: string, key = 'acme-key-1') =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { headers: { authorization: `Bearer ${key}` } });
  const call = async (consent: object): Promise<string> => {
    await using client = await WireClient.open(server.url, 'acme-key-1');
    await client.nextOfType('session.created');
    client.send({ type: 'session.update', session: { type: 'realtime', attune: { person: 'anna', consent } } });
    await client.nextOfType('attune.person');
    client.sendAudio(await fixturePcm24k('opening-hours', 1_500));
    await client.nextOfType('response.done');
    const { calls } = (await (await ask('/v1/calls')).json()) as { readonly calls: readonly Summary[] };
    return calls[0]!.id;
  };
  const silent = await call({});
  t.match(await (await ask(`/v1/calls/${silent}`)).json(), { recordedMs: null });
  t.equal((await ask(`/v1/calls/${silent}/audio`)).status, 404);
  const recorded = await call({ recording: 'given' });
  // The end of the call cuts off what was sent ahead.
  while (server.server.callCount > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const { recordedMs } = (await (await ask(`/v1/calls/${recorded}`)).json()) as { readonly recordedMs: number };
  t.equal((await ask(`/v1/calls/${recorded}/audio`, 'observe-key-1')).status, 403, 'listening needs more than seeing');
  const answer = await ask(`/v1/calls/${recorded}/audio`);
  t.equal(answer.headers.get('content-type'), 'audio/wav');
  const { channels, sampleRateHz } = readWav(Buffer.from(await answer.arrayBuffer()));
  t.equal(sampleRateHz, 16_000);
  t.equal(Math.round(channels[0]!.length / 16), recordedMs);
  for (const [side, channel] of channels.entries())
    t.ok(
      channel.some((sample) => Math.abs(sample) > 0.05),
      `side ${side}`,
    );
});
