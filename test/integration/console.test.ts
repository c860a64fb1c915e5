/**
 * The console in a real browser, on a whole server, with a microphone that plays a recorded caller.
 */
import AxeSource from 'axe-core';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { buildConsole, buildExamplePage, microphoneFile, noChromium, openBrowser } from '../support/console-browser.js';
import { fixturePcm24k, loadFixture, wordOverlap } from '../support/fixture-audio.js';
import { startServer, testApiKey } from '../support/running-server.js';
import { WireClient } from '../support/wire-client.js';

const skip = noChromium ?? false;
const folder = t.testdir({ console: {} });
const consoleFolder = path.join(folder, 'console');
if (!skip) await buildConsole(consoleFolder);

/** A page of its own on the console, whose faults fail the test. */
async function openPage(
  t: Test,
  { port, microphone }: { readonly port: number; readonly microphone: string | null },
): Promise<Page> {
  const browser = await openBrowser(microphone);
  t.teardown(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => t.fail(`the page threw: ${error.message}`));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && /policy/iu.test(text)) t.fail(`against the page's policy: ${text}`);
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  return page;
}

async function signIn(page: Page, key = testApiKey): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function axeViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AxeSource.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof AxeSource };
    const { violations } = await axe.run(document);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 120)} ${failureSummary.slice(0, 300)}`),
    );
  });
}

const said = (page: Page) => page.locator('.said > p').first();
const reply = (page: Page) => page.locator('.reply').first();

t.test('a spoken turn is shown, judged, answered aloud and broken off', { skip, timeout: 180_000 }, async (t) => {
  await using server = await startServer({}, { consoleFolder });
  const microphone = await microphoneFile(path.join(folder, 'two-turns.wav'), [
    ['late-delivery-angry', 1_500],
    ['barge-in', 3_200],
  ]);
  const page = await openPage(t, { port: server.port, microphone });

  await signIn(page, 'a-wrong-key');
  await page.getByRole('alert').getByText('missing or wrong').waitFor();
  await signIn(page);
  await page.getByRole('button', { name: 'Talk', exact: true }).click();

  await page.locator('.said.is-done').first().waitFor();
  const clip = await loadFixture('late-delivery-angry');
  const heard = await said(page).innerText();
  t.ok(wordOverlap(clip.transcript, heard) >= 0.6, `heard “${heard}”`);

  await page.locator('.mood .explanation').waitFor();
  t.match(await page.locator('.mood .bars li').count(), 8);
  t.match(await page.locator('.mood .explanation').innerText(), /because|%/u);
  t.ok((await page.locator('.mood .trail').count()) > 0, 'the way of the mood is drawn');

  await page.locator('.reply.is-speaking .heard').first().waitFor();
  await page.locator('.reply.is-interrupted').first().waitFor();
  await reply(page).getByText('you broke in').waitFor();
  const [heardPart, unheardPart] = [
    await reply(page).locator('.heard').innerText(),
    await reply(page).locator('.unheard').innerText(),
  ];
  t.ok(heardPart.length > 0, `“${heardPart}” was heard`);
  t.ok(unheardPart.length > 0, `“${unheardPart}” was not`);

  await page.locator('.reply.is-done').first().waitFor();
  t.ok((await page.locator('.waterfall').count()) >= 2, 'both turns have their times');

  await t.test('no view has accessibility violations', async (t) => {
    for (const view of ['Talk', 'Calls', 'Memory', 'Health']) {
      await page.getByRole('link', { name: view, exact: true }).click();
      await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
      if (view === 'Calls') {
        await page.getByRole('button', { name: /in progress/u }).click();
        await page.locator('.timeline .lane.caller .lane-span').first().waitFor();
        await page.locator('.timeline .lane.answer .lane-span').first().waitFor();
        await page.getByText('answered (barge in)').waitFor();
        const exported = page.waitForEvent('download');
        await page.getByRole('button', { name: 'Export' }).click();
        const file = await (await exported).path();
        t.match(JSON.parse(readFileSync(file, 'utf8')), {
          format: 'attune.call',
          call: { protocol: 'openai-realtime' },
          transcript: [
            { speaker: 'caller', text: null },
            { speaker: 'assistant', reason: 'barge-in' },
          ],
          spans: [{ spans: { firstAudioMs: Number } }],
        });
      }
      for (const colorScheme of ['light', 'dark'] as const) {
        // A colour on its way to another is judged by neither.
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.evaluate(
          'new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(painted, 100))))',
        );
        t.same(await axeViolations(page), [], `${view}, ${colorScheme}`);
      }
    }
  });

  await t.test('it can be worked by keyboard alone, and a written turn is answered', async () => {
    await page.getByRole('link', { name: 'Talk', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByLabel('Write to Attune').waitFor();
    for (let presses = 0; presses < 40; presses += 1) {
      if (await page.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Write to Attune')) break;
      await page.keyboard.press('Tab');
    }
    const before = await page.locator('.reply.is-done').count();
    await page.keyboard.type('Thank you, goodbye.');
    await page.keyboard.press('Enter');
    await page.getByText('Thank you, goodbye.', { exact: true }).waitFor();
    await page.locator('.reply.is-done').nth(before).waitFor();
  });

  await t.test('the key is in no address and goes with a sign-out', async (t) => {
    t.notMatch(page.url(), testApiKey);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API key').waitFor();
    t.equal(await page.evaluate(() => sessionStorage.length), 0);
    t.same(await axeViolations(page), [], 'signing in');
  });
});

t.test('the same over Hume’s EVI, with what that carries', { skip, timeout: 180_000 }, async (t) => {
  await using server = await startServer({}, { consoleFolder });
  const microphone = await microphoneFile(path.join(folder, 'two-evi-turns.wav'), [
    ['late-delivery-angry', 1_500],
    ['barge-in', 3_200],
  ]);
  const page = await openPage(t, { port: server.port, microphone });
  const addresses: string[] = [];
  page.on('websocket', (socket) => addresses.push(socket.url()));
  await signIn(page);
  await page.getByText('This call').click();
  await page.getByLabel('Protocol').selectOption('Hume EVI');
  // A setting that it does not carry is not offered.
  await page.getByLabel('Language').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Talk', exact: true }).click();

  await page.locator('.said.is-speaking .passing').first().waitFor();
  t.ok(await page.getByLabel('Protocol').isDisabled(), 'a call stays in its protocol');
  await page.locator('.said.is-done').first().waitFor();
  const clip = await loadFixture('late-delivery-angry');
  const heard = await said(page).innerText();
  t.ok(wordOverlap(clip.transcript, heard) >= 0.6, `heard “${heard}”`);
  await page.locator('.mood').getByText('strongest of 48').waitFor();
  t.equal(await page.locator('.mood .bars li').count(), 8);
  const scores = (await page.locator('.mood .bar-value').allInnerTexts()).map((text) => Number.parseInt(text, 10));
  t.same(
    scores,
    [...scores].sort((a, b) => b - a),
    'the strongest first',
  );
  t.equal(await page.locator('.plane, .waterfall, .mood .explanation').count(), 0, 'no panel stands there empty');
  await page.getByText('It does not carry').waitFor();

  await page.locator('.reply.is-speaking .heard').first().waitFor();
  await page.locator('.reply.is-interrupted').first().waitFor();
  await reply(page).getByText('you broke in').waitFor();
  t.ok((await reply(page).locator('.heard').innerText()).length > 0);
  await page.locator('.reply.is-done').first().waitFor();
  await page.locator('.felt summary').first().click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    t.same(await axeViolations(page), [], colorScheme);
  }

  await t.test('typed words break off the answer and are answered', async (t) => {
    const answered = await page.locator('.reply.is-done').count();
    const write = async (words: string): Promise<void> => {
      await page.getByLabel('Write to Attune').fill(words);
      await page.keyboard.press('Enter');
    };
    await write('Tell me about your opening hours.');
    await page.locator('.turn').last().locator('.reply.is-speaking').waitFor();
    await write('Thank you, goodbye.');
    await page.locator('.turn', { hasText: 'Thank you, goodbye.' }).locator('.reply.is-done').waitFor();
    t.equal(await page.locator('.reply.is-done').count(), answered + 1, 'the other was broken off');
  });

  await page.getByRole('button', { name: 'Hang up' }).click();
  await page.getByLabel('Protocol').selectOption('openai-realtime');
  await page.locator('.plane').first().waitFor({ state: 'attached' });
  t.equal(addresses.length, 1);
  t.match(addresses[0], '/v0/evi/chat');
  t.notMatch(addresses[0], testApiKey, 'the key is in no address');
});

t.test('a recorded call is heard along its timeline', { skip, timeout: 120_000 }, async (t) => {
  const memoryPath = path.join(t.testdir(), 'memory.db');
  await using server = await startServer({ memory: 'file', memoryPath, callRecordings: 'on' }, { consoleFolder });
  {
    await using client = await WireClient.open(server.url, testApiKey);
    await client.nextOfType('session.created');
    const attune = { person: 'anna', consent: { recording: 'given' } };
    client.send({ type: 'session.update', session: { type: 'realtime', attune } });
    await client.nextOfType('attune.person');
    client.sendAudio(await fixturePcm24k('opening-hours', 1_500));
    await client.nextOfType('response.done');
  }
  const page = await openPage(t, { port: server.port, microphone: null });
  await signIn(page);
  await page.getByRole('link', { name: 'Calls', exact: true }).click();
  await page.locator('.call-row.is-over').click();
  await page.getByRole('button', { name: 'Listen' }).click();
  await page.waitForFunction(() => (document.querySelector('audio')?.duration ?? 0) > 1);
  const slider = page.getByLabel('Moment of the call');
  await slider.fill('1500');
  await page.waitForFunction(() => document.querySelector('audio')?.currentTime === 1.5);
  await page.locator('audio').evaluate((audio: HTMLAudioElement) => void (audio.currentTime = 0.5));
  await page.waitForFunction(() => document.querySelector('input')?.value === '500');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save WAV' }).click();
  t.equal(readFileSync(await (await saved).path()).toString('latin1', 0, 4), 'RIFF');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    t.same(await axeViolations(page), [], colorScheme);
  }
});

/** Stands between page and server, and cuts what goes through. */
async function cuttableProxy(t: Test, target: () => number) {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const proxy: Server = createServer((incoming) => {
    incoming.on('error', () => incoming.destroy());
    if (!isOpen) return void incoming.destroy();
    const outgoing = connect(target(), '127.0.0.1');
    const pair = [incoming, outgoing];
    for (const socket of pair) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        for (const either of pair) either.destroy();
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cut = (): void => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  t.teardown(() => {
    cut();
    proxy.close();
  });
  return { port: (proxy.address() as { port: number }).port, cut, mend: (): void => void (isOpen = true) };
}

t.test('a lost connection and a restarted server are told and come back', { skip, timeout: 180_000 }, async (t) => {
  let server = await startServer({ apiKeys: '' }, { consoleFolder });
  t.teardown(() => server[Symbol.asyncDispose]());
  const proxy = await cuttableProxy(t, () => server.port);
  const microphone = await microphoneFile(path.join(folder, 'silence.wav'), [['silence', 100]]);
  const page = await openPage(t, { port: proxy.port, microphone });
  const talks = async (words: string): Promise<void> => {
    await page.getByLabel('Write to Attune').fill(words);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.turn', { hasText: words }).locator('.reply.is-done').waitFor();
  };
  await page.getByRole('button', { name: 'Talk', exact: true }).click();
  await page.locator('.chip', { hasText: 'Listening' }).waitFor();
  await talks('What are your opening hours?');

  proxy.cut();
  await page.getByText('The connection was lost.').waitFor();
  await page.locator('.chip', { hasText: 'Reconnecting' }).waitFor();
  t.same(await axeViolations(page), []);
  proxy.mend();
  const listening = page.locator('.chip', { hasText: 'Listening' }).waitFor();
  // The page may try by itself in the same moment, and the button goes.
  await Promise.race([page.getByRole('button', { name: 'Try now' }).click(), listening]);
  await listening;
  await talks('I would like to return my shoes.');

  await server[Symbol.asyncDispose]();
  await page.locator('.banner.warn').waitFor();
  server = await startServer({ apiKeys: '' }, { consoleFolder });
  await page.locator('.chip', { hasText: 'Listening' }).waitFor({ timeout: 30_000 });
  await talks('Thank you, goodbye.');
  t.equal(await page.locator('.banner').count(), 0);
});

t.test('without a microphone and without a key', { skip, timeout: 120_000 }, async (t) => {
  await using server = await startServer(
    { apiKeys: '', memory: 'file', memoryPath: path.join(folder, 'memory.db') },
    { consoleFolder },
  );
  const page = await openPage(t, { port: server.port, microphone: null });

  await t.test('a denied microphone is explained, and writing goes on', async (t) => {
    await page.getByRole('button', { name: 'Talk', exact: true }).click();
    await page.getByText('The microphone was not allowed').waitFor();
    t.same(await axeViolations(page), []);
    await page.getByText('This call').click();
    await page.getByLabel('Who is speaking').fill('customer-4711');
    await page.getByLabel('They agreed to be remembered').check();
    await page.getByLabel('Write to Attune').fill('My delivery is late again and I am furious about this delivery!');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.reply.is-done').waitFor();
    t.ok((await page.locator('.reply .heard').innerText()).length > 0);
  });

  await t.test('what is remembered is shown, changed, exported and erased', async (t) => {
    await page.getByRole('link', { name: 'Memory' }).click();
    await page.getByLabel('Person, as your clients name them').fill('customer-4711');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText(/^1 turn, the last on/u).waitFor();
    t.same(await axeViolations(page), []);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as JSON' }).click(),
    ]);
    t.equal(download.suggestedFilename(), 'customer-4711.json');
    t.match(JSON.parse(readFileSync(await download.path(), 'utf8')), { consent: { memory: 'given' } });

    await page.getByLabel('Turns may be recorded').selectOption('refused');
    await page.getByText('The consent was recorded.').waitFor();

    await page.getByRole('button', { name: 'Erase …' }).click();
    await page.getByRole('dialog').waitFor();
    t.same(await axeViolations(page), []);
    await page.getByRole('button', { name: 'Erase', exact: true }).click();
    await page.getByText(/erased\.$/u).waitFor();
    await page.getByText('Nothing is remembered of this person.').waitFor();
  });
});

t.test('the example page talks', { skip, timeout: 120_000 }, async (t) => {
  const built = path.join(folder, 'example');
  await buildExamplePage(built);
  t.ok(readFileSync('examples/browser-page.html', 'utf8').split('\n').length < 60, 'it is short');
  await using server = await startServer({ apiKeys: '' }, { consoleFolder: built });
  const microphone = await microphoneFile(path.join(folder, 'one-turn.wav'), [['opening-hours', 1_000]]);
  const page = await openPage(t, { port: server.port, microphone });
  await page.goto(`http://127.0.0.1:${server.port}/browser-page.html?url=${encodeURIComponent(server.url)}`);
  await page.getByRole('button', { name: 'Talk' }).click();
  await page.locator('#attune', { hasText: /\w+ \w+/u }).waitFor();
  const { transcript } = await loadFixture('opening-hours');
  const heard = await page.locator('#you').innerText();
  t.ok(wordOverlap(transcript, heard) >= 0.6, `heard “${heard}”`);
});

t.test('the page is small', { skip }, async (t) => {
  const files = readdirSync(path.join(consoleFolder, 'assets')).filter((name) => name.endsWith('.js'));
  const bytes = files
    .map((name) => gzipSync(readFileSync(path.join(consoleFolder, 'assets', name))).length)
    .reduce((sum, length) => sum + length, 0);
  t.ok(bytes <= 250_000, `${Math.round(bytes / 1000)} kB of script, gzipped`);
});
