/**
 * How far a download is: one line that is rewritten where a person reads, a line for every tenth where a file does.
 *
 * Counts bytes and knows the clock; where the text goes is the caller's. The rate is that of the last seconds, so that
 * it tells what the line does now, and bytes of an earlier try do not count towards it.
 */
import type { Clock } from '../core/clock.js';

export interface ProgressOutput {
  /** True when `rewrite` can be used. */
  readonly interactive: boolean;
  /** Width of the line in characters. */
  readonly columns: number;
  /** Replaces the line that stands there. */
  rewrite(text: string): void;
  line(text: string): void;
}

export interface DownloadProgressOptions {
  readonly totalBytes: number;
  readonly clock: Clock;
  readonly output: ProgressOutput;
}

const rateWindowMs = 5_000;
/** Rewriting more often only flickers. */
const repaintPauseMs = 100;

export class DownloadProgress {
  readonly #options: DownloadProgressOptions;
  #doneBytes = 0;
  #arrivedBytes = 0;
  #samples: { readonly atMs: number; readonly arrivedBytes: number }[];
  #paintedAtMs = -Infinity;
  #printedTenths = 0;

  constructor(options: DownloadProgressOptions) {
    this.#options = options;
    this.#samples = [{ atMs: options.clock.nowMs(), arrivedBytes: 0 }];
  }

  /** Bytes that were there already. */
  keep(bytes: number): void {
    this.#doneBytes += bytes;
    this.#show();
  }

  receive(bytes: number): void {
    this.#doneBytes += bytes;
    this.#arrivedBytes += bytes;
    this.#sample();
    this.#show();
  }

  /** Bytes that were thrown away and come again. */
  lose(bytes: number): void {
    this.#doneBytes -= bytes;
    this.#show();
  }

  /** A line for people that does not tear the progress apart. */
  note(text: string): void {
    const { output } = this.#options;
    if (output.interactive) output.rewrite('');
    output.line(text);
    this.#paintedAtMs = -Infinity;
    if (output.interactive) this.#show();
  }

  /** Clears the rewritten line. */
  end(): void {
    if (this.#options.output.interactive) this.#options.output.rewrite('');
  }

  #sample(): void {
    const atMs = this.#options.clock.nowMs();
    const last = this.#samples.at(-1);
    if (last !== undefined && atMs - last.atMs < repaintPauseMs) return;
    this.#samples.push({ atMs, arrivedBytes: this.#arrivedBytes });
    const firstKept = this.#samples.findIndex((sample) => atMs - sample.atMs <= rateWindowMs);
    // One older sample stays, or a pause in the line would leave nothing to measure from.
    if (firstKept > 1) this.#samples = this.#samples.slice(firstKept - 1);
  }

  #show(): void {
    const { clock, output, totalBytes } = this.#options;
    if (output.interactive) {
      const nowMs = clock.nowMs();
      if (nowMs - this.#paintedAtMs < repaintPauseMs && this.#doneBytes < totalBytes) return;
      this.#paintedAtMs = nowMs;
      output.rewrite(this.#line(output.columns));
      return;
    }
    const tenths = Math.floor((10 * this.#doneBytes) / totalBytes);
    if (tenths <= this.#printedTenths) return;
    this.#printedTenths = tenths;
    output.line(this.#figures());
  }

  #line(columns: number): string {
    const figures = this.#figures();
    const width = Math.min(40, columns - figures.length - 3);
    if (width < 8) return figures.slice(0, Math.max(0, columns - 1));
    const filled = Math.round(width * Math.min(1, this.#doneBytes / this.#options.totalBytes));
    return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}  ${figures}`;
  }

  #figures(): string {
    const { totalBytes } = this.#options;
    const percent = Math.floor((100 * this.#doneBytes) / totalBytes);
    const rate = this.#bytesPerSecond();
    const parts = [`${percent} %`, `${megabytes(this.#doneBytes)} of ${megabytes(totalBytes)} MB`];
    if (rate > 0) parts.push(`${megabytes(rate)} MB/s`, `${shownTime((totalBytes - this.#doneBytes) / rate)} left`);
    return parts.join('  ');
  }

  #bytesPerSecond(): number {
    const [first] = this.#samples;
    const nowMs = this.#options.clock.nowMs();
    if (first === undefined || nowMs <= first.atMs) return 0;
    return (1_000 * (this.#arrivedBytes - first.arrivedBytes)) / (nowMs - first.atMs);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** `0:07`, `12:30` or `1:02:03`. */
function shownTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}
