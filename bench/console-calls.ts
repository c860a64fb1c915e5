/**
 * The console's Calls page while many calls go on: what of the page's time long tasks take, and how evenly it draws.
 *
 * Callers type, so that the machine's time goes to the page and not to recognisers: each turn changes its call's summary as a
 * spoken one does. Chromium measures itself, without a graphics card: frames by requestAnimationFrame, tasks of more than
 * 50 ms by the Long Tasks API.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import WebSocket from 'ws';
import { quantile } from './quantile.js';
import type { ServerProcess } from './server-process.js';

export interface PageFigures {
  readonly what: string;
  /** Answered in all calls together. */
  readonly turnsPerSecond: number;
  readonly framesPerSecond: number;
  /** From one frame to the next. */
  readonly frameP95Ms: number;
  readonly frameLongestMs: number;
  readonly longTaskCount: number;
  /** Of all long tasks together. */
  readonly longTasksMs: number;
}

interface PageSample {
  readonly framesMs: readonly number[];
  readonly longTasksMs: readonly number[];
}

const chromiumPath = '/usr/bin/chromium';
const settlingMs = 3_000;
/** Between two turns of one caller. */
const turnPauseMs = 2_000;

export const hasChromium = existsSync(chromiumPath);

export async function measureConsole(
  server: ServerProcess,
  {
    callCount,
    durationMs,
    onStep,
  }: { readonly callCount: number; readonly durationMs: number; readonly onStep: () => void },
): Promise<readonly PageFigures[]> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
  const calls: TypedCall[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.getByRole('link', { name: 'Calls', exact: true }).click();
    const figures: PageFigures[] = [];
    const measure = async (what: string): Promise<void> => {
      await page.waitForTimeout(settlingMs);
      const before = turnsOf(calls);
      const sample = await page.evaluate(sampleOf, durationMs);
      figures.push(figuresOf(what, sample, { durationMs, turns: turnsOf(calls) - before }));
      onStep();
    };
    await measure('no call');
    for (let count = 0; count < callCount; count += 1) calls.push(await TypedCall.open(server.url, count));
    await page.waitForFunction((count) => document.querySelectorAll('.call-row.is-live').length === count, callCount);
    await measure(`${callCount} calls`);
    await choose(page);
    await measure(`${callCount} calls, one as a timeline`);
    return figures;
  } finally {
    for (const call of calls) call.close();
    await browser.close();
  }
}

async function choose(page: Page): Promise<void> {
  await page.locator('.call-row.is-live').first().click();
  await page.locator('.timeline').waitFor();
}

/** Runs in the page. */
async function sampleOf(durationMs: number): Promise<PageSample> {
  const longTasksMs: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longTasksMs.push(duration);
  });
  observer.observe({ entryTypes: ['longtask'] });
  const framesMs: number[] = [];
  await new Promise<void>((resolve) => {
    let beforeMs: number | undefined;
    let startMs: number | undefined;
    const frame = (nowMs: number): void => {
      startMs ??= nowMs;
      if (beforeMs !== undefined) framesMs.push(nowMs - beforeMs);
      beforeMs = nowMs;
      if (nowMs - startMs < durationMs) requestAnimationFrame(frame);
      else resolve();
    };
    requestAnimationFrame(frame);
  });
  observer.disconnect();
  return { framesMs, longTasksMs };
}

function figuresOf(
  what: string,
  { framesMs, longTasksMs }: PageSample,
  { durationMs, turns }: { readonly durationMs: number; readonly turns: number },
): PageFigures {
  const totalMs = framesMs.reduce((sum, frameMs) => sum + frameMs, 0);
  return {
    what,
    turnsPerSecond: (1000 * turns) / durationMs,
    framesPerSecond: (1000 * framesMs.length) / totalMs,
    frameP95Ms: quantile(framesMs, 0.95),
    frameLongestMs: Math.max(...framesMs),
    longTaskCount: longTasksMs.length,
    longTasksMs: longTasksMs.reduce((sum, taskMs) => sum + taskMs, 0),
  };
}

function turnsOf(calls: readonly TypedCall[]): number {
  return calls.reduce((sum, { turns }) => sum + turns, 0);
}

const lines = [
  'Where is my parcel?',
  'That is the third time it is late.',
  'Thank you, that helps.',
  'What time is it?',
];

/** A caller who writes a line, reads the answer, pauses, and writes the next. */
class TypedCall {
  readonly #socket: WebSocket;
  #turns = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(socket: WebSocket, index: number) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const { type } = JSON.parse(data.toString('utf8')) as { readonly type: string };
      if (type !== 'response.done') return;
      this.#turns += 1;
      this.#timer = setTimeout(() => this.#write(index), turnPauseMs);
    });
    this.#timer = setTimeout(() => this.#write(index), (turnPauseMs * (index % 10)) / 10);
  }

  get turns(): number {
    return this.#turns;
  }

  static async open(url: string, index: number): Promise<TypedCall> {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return new TypedCall(socket, index);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#socket.close(1000);
  }

  #write(index: number): void {
    const text = lines[(index + this.#turns) % lines.length];
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    for (const message of [
      { type: 'conversation.item.create', item },
      { type: 'response.create', response: { output_modalities: ['text'] } },
    ])
      this.#socket.send(JSON.stringify(message));
  }
}
