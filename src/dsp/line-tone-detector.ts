/**
 * The signals of machines on a telephone line: a fax that calls, a fax that answers, and the beep of an answering machine.
 *
 * One steady tone is followed block by block. What it was shows when it has ended: by its pitch, its length, and the silence
 * behind it. Fax tones are those of ITU-T T.30 with its tolerances. Whatever else sounds at the same time (the second tone of a key, the
 * harmonics of a voice) makes it no tone; tones that follow one another without a pause are announcements of the network.
 */
import { ToneMeter, type ToneReading } from './tone-meter.js';

/**
 * `fax-calling` is CNG (1,100 Hz, half a second in every three and a half), known by its second burst; `fax-answering` is CED (2,100 Hz, also of
 * modems), known after a second of it; `beep` any other single tone of 0.2 s to 2.5 s before silence.
 */
export type LineToneName = 'fax-calling' | 'fax-answering' | 'beep';

export interface LineTone {
  readonly name: LineToneName;
  readonly frequencyHz: number;
  /** On the timeline of the samples that were heard. */
  readonly startMs: number;
  readonly endMs: number;
}

/** One steady tone while it lasts, and what was heard of it. Counted in steps of the meter. */
interface Run {
  readonly startStep: number;
  lastStep: number;
  frequencyHz: number;
  levelDb: number;
  stepCount: number;
  /** Another tone ended right before it. */
  readonly followsTone: boolean;
  isTold: boolean;
}

const blockMs = 32;
const stepMs = 16;

/** A tone 10 dB above all else. */
const leastPurity = 0.9;
const quietestToneDb = -42;
const mostDriftHz = 12;
const mostLevelChangeDb = 4;
/** A lost packet of 20 ms, or the reversed phase of an echo canceller's tone, within a tone. */
const longestDropoutSteps = 4;
/** Blocks that lie half in the tone do not have its level yet. */
const settlingSteps = 2;

/** Below lie the ringing and busy tones of most countries, 400 to 450 Hz. */
const lowestBeepHz = 470;
const highestBeepHz = 2_150;
const beepMs = { shortest: 200, longest: 2_500 } as const;
const silenceMs = 200;
const silenceBelowToneDb = 12;
const silenceDb = -55;

/** T.30: 1,100 Hz ± 38, 0.5 s on and 3 s off, each ± 15 %; 2,100 Hz ± 15 for 2.6 to 4 s. Widened by what a block of 32 ms resolves. */
const calling = {
  frequencyHz: 1_100,
  toleranceHz: 42,
  shortestMs: 390,
  longestMs: 610,
  leastPeriodMs: 2_950,
  mostPeriodMs: 4_050,
} as const;
const answering = { frequencyHz: 2_100, toleranceHz: 20, shortestMs: 1_000 } as const;

export class LineToneDetector {
  readonly #sampleRateHz: number;
  readonly #meter: ToneMeter;
  readonly #block: Float32Array;
  readonly #stepSamples: number;
  #filledCount = 0;
  /** Position of the first sample of the block on the timeline; undefined before the first. */
  #blockStart: number | undefined;
  #step = 0;
  #run: Run | undefined;
  /** A tone that has ended, while the silence behind it is awaited. */
  #ended: Run | undefined;
  #silentSteps = 0;
  #lastToneStep = -Infinity;
  /** A burst as a calling fax makes it, which may still be a beep. */
  #burst: Run | undefined;

  constructor({ sampleRateHz }: { readonly sampleRateHz: number }) {
    this.#sampleRateHz = sampleRateHz;
    this.#stepSamples = Math.round((stepMs * sampleRateHz) / 1000);
    const blockSamples = Math.round((blockMs * sampleRateHz) / 1000);
    this.#block = new Float32Array(blockSamples);
    this.#meter = new ToneMeter({ sampleRateHz, blockSamples });
  }

  /** Tones that are known for what they are by now. Samples follow on one another; the first says where the timeline begins. */
  hear(samples: Float32Array, startSample: number): readonly LineTone[] {
    this.#blockStart ??= startSample;
    const tones: LineTone[] = [];
    for (let at = 0; at < samples.length;) {
      const part = samples.subarray(at, at + this.#block.length - this.#filledCount);
      this.#block.set(part, this.#filledCount);
      this.#filledCount += part.length;
      at += part.length;
      if (this.#filledCount < this.#block.length) break;
      tones.push(...this.#take(this.#meter.read(this.#block)));
      this.#block.copyWithin(0, this.#stepSamples);
      this.#filledCount -= this.#stepSamples;
      this.#step += 1;
    }
    return tones;
  }

  #take(reading: ToneReading): readonly LineTone[] {
    const isTone = this.#follow(reading);
    const run = this.#run;
    const tones: LineTone[] = [];
    if (run && !run.isTold && isAnswering(run)) {
      run.isTold = true;
      tones.push(this.#toldOf('fax-answering', run));
    }
    if (!isTone && run && this.#step - run.lastStep > longestDropoutSteps) this.#finish(run);
    const heard = this.#awaitSilence(reading, isTone);
    if (heard) tones.push(heard);
    const lone = this.#loneBurst();
    if (lone) tones.push(lone);
    return tones;
  }

  /** True while the block is of the tone that is followed, or begins one. */
  #follow({ levelDb, frequencyHz, purity }: ToneReading): boolean {
    if (purity < leastPurity || levelDb < quietestToneDb) return false;
    const run = this.#run;
    if (run && Math.abs(frequencyHz - run.frequencyHz) <= mostDriftHz) {
      const isSettling = run.stepCount <= settlingSteps;
      if (!isSettling && Math.abs(levelDb - run.levelDb) > mostLevelChangeDb) return false;
      run.levelDb = Math.max(run.levelDb, levelDb);
      run.stepCount += 1;
      run.frequencyHz += (frequencyHz - run.frequencyHz) / run.stepCount;
      run.lastStep = this.#step;
      return true;
    }
    if (run) this.#finish(run);
    this.#run = {
      startStep: this.#step,
      lastStep: this.#step,
      frequencyHz,
      levelDb,
      stepCount: 1,
      followsTone: this.#step - this.#lastToneStep <= longestDropoutSteps + 1,
      isTold: false,
    };
    return true;
  }

  #finish(run: Run): void {
    this.#run = undefined;
    // What was too short is no tone but a piece of something.
    if (durationMs(run) < beepMs.shortest) return;
    this.#lastToneStep = run.lastStep;
    this.#ended = run;
    this.#silentSteps = 0;
  }

  #awaitSilence({ levelDb }: ToneReading, isTone: boolean): LineTone | undefined {
    const run = this.#ended;
    if (!run) return undefined;
    const isSilent = !isTone && (levelDb <= run.levelDb - silenceBelowToneDb || levelDb <= silenceDb);
    if (!isSilent) {
      // The end of the tone itself may still be in the block.
      if (this.#step - run.lastStep > longestDropoutSteps + 1) this.#ended = undefined;
      return undefined;
    }
    this.#silentSteps += 1;
    if (this.#silentSteps * stepMs < silenceMs) return undefined;
    this.#ended = undefined;
    return this.#classify(run);
  }

  #classify(run: Run): LineTone | undefined {
    if (run.isTold || run.followsTone) return undefined;
    if (isBurst(run)) {
      const before = this.#burst;
      const periodMs = before ? (run.startStep - before.startStep) * stepMs : 0;
      this.#burst = run;
      if (periodMs < calling.leastPeriodMs || periodMs > calling.mostPeriodMs) return undefined;
      run.isTold = true;
      return before?.isTold === true ? undefined : this.#toldOf('fax-calling', run);
    }
    const isBeep = run.frequencyHz >= lowestBeepHz && run.frequencyHz <= highestBeepHz;
    return isBeep && durationMs(run) <= beepMs.longest ? this.#toldOf('beep', run) : undefined;
  }

  /** A burst that no other followed was a beep. */
  #loneBurst(): LineTone | undefined {
    const burst = this.#burst;
    if (!burst || (this.#step - burst.startStep) * stepMs <= calling.mostPeriodMs || this.#run || this.#ended)
      return undefined;
    this.#burst = undefined;
    return burst.isTold ? undefined : this.#toldOf('beep', burst);
  }

  #toldOf(name: LineToneName, run: Run): LineTone {
    const startMs = ((this.#blockStart ?? 0) * 1000) / this.#sampleRateHz + run.startStep * stepMs;
    return { name, frequencyHz: Math.round(run.frequencyHz), startMs, endMs: startMs + durationMs(run) };
  }
}

/** A block counts for its step; those that lie half outside at both ends make up for one another. */
function durationMs({ startStep, lastStep }: Run): number {
  return (lastStep - startStep + 1) * stepMs;
}

function isBurst(run: Run): boolean {
  const { frequencyHz, toleranceHz, shortestMs, longestMs } = calling;
  const lastedMs = durationMs(run);
  return Math.abs(run.frequencyHz - frequencyHz) <= toleranceHz && lastedMs >= shortestMs && lastedMs <= longestMs;
}

function isAnswering(run: Run): boolean {
  return (
    Math.abs(run.frequencyHz - answering.frequencyHz) <= answering.toleranceHz &&
    durationMs(run) >= answering.shortestMs
  );
}
