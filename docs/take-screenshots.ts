/**
 * Takes the pictures of the console in docs/images: `npm run screenshots`. A recorded caller speaks to a whole server.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { buildConsole, microphoneFile, noChromium, openBrowser } from '../test/support/console-browser.js';
import { startServer } from '../test/support/running-server.js';

const images = path.resolve(import.meta.dirname, 'images');
const wide = { width: 1280, height: 860 };
const phone = { width: 390, height: 844 };

async function take(page: Page, name: string, fullPage = false): Promise<void> {
  // What was pressed last would be drawn as pointed at.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(700);
  await page.screenshot({ path: path.join(images, `${name}.png`), fullPage });
}

async function takeAll(page: Page): Promise<void> {
  await page.getByText('This call').click();
  await page.getByLabel('Who is speaking').fill('customer-4711');
  await page.getByLabel('They agreed to be remembered').check();
  await page.getByLabel('They agreed to being recorded').check();
  await page.getByText('This call').click();
  await page.getByRole('button', { name: 'Talk', exact: true }).click();
  await page.locator('.reply.is-interrupted').first().waitFor({ timeout: 60_000 });
  await page.locator('.reply.is-speaking').first().waitFor();
  await page.waitForTimeout(1_400);
  await take(page, 'console-talk-light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await take(page, 'console-talk-dark');
  await page.setViewportSize(phone);
  await take(page, 'console-talk-phone-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await take(page, 'console-talk-phone');
  await page.setViewportSize(wide);
  await page.waitForTimeout(3_000);
  await page.getByRole('button', { name: 'Hang up' }).click();
  await page.getByRole('link', { name: 'Calls' }).click();
  await page.locator('.call-row.is-over').click();
  await page.getByRole('button', { name: 'Listen' }).click();
  await page.locator('audio').waitFor();
  await page.getByLabel('Moment of the call').fill('9000');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await take(page, `console-calls-${scheme}`, true);
  }
  await page.getByRole('link', { name: 'Health' }).click();
  await page.waitForTimeout(20_000);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await take(page, `console-health-${scheme}`, true);
  }
  await page.getByRole('link', { name: 'Memory' }).click();
  await page.getByLabel('Person, as your clients name them').fill('customer-4711');
  await page.getByRole('button', { name: 'Find' }).click();
  await page.locator('.remembered').waitFor();
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await take(page, `console-memory-${scheme}`, true);
  }
  await page.setViewportSize(phone);
  await take(page, 'console-memory-phone-dark', true);
}

if (noChromium !== undefined) throw new Error(noChromium);
const folder = await mkdtemp(path.join(tmpdir(), 'attune-screenshots-'));
try {
  const consoleFolder = path.join(folder, 'console');
  await buildConsole(consoleFolder);
  const flags = { apiKeys: '', memory: 'file', memoryPath: path.join(folder, 'memory.db'), callRecordings: 'on' };
  await using server = await startServer(flags, { consoleFolder });
  const microphone = await microphoneFile(path.join(folder, 'caller.wav'), [
    ['late-delivery-angry', 1_500],
    ['barge-in', 3_400],
  ]);
  const browser = await openBrowser(microphone);
  const page = await browser.newPage({ viewport: wide, colorScheme: 'light' });
  await page.goto(`http://127.0.0.1:${server.port}/`);
  await takeAll(page);
  await browser.close();
} finally {
  await rm(folder, { recursive: true });
}
