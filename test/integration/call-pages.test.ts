/**
 * Calls of a whole server as operators see them: the list, one call, and changes as they happen.
 */
import { join } from 'node:path';
import t from 'tap';
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
