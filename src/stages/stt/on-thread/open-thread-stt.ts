/**
 * Puts a recogniser together from somebody else's package and a model folder, on a thread of its own.
 */
import type { Clock } from '../../../core/clock.js';
import { assert } from '../../../core/assert.js';
import { WorkerThread } from '../../../inference/worker-thread.js';
import { DrivenStt } from '../driven/driven-stt.js';
import type { Hotword } from '../hotwords.js';
import type { ModelFolder } from '../model-folder.js';
import type { EngineAnswer, EngineRequest, EngineThreadSettings, ThreadEngineName } from './engine-messages.js';
import { ThreadedEngine } from './threaded-engine.js';
import { ThreadQueue, type EngineThread } from './thread-queue.js';
import type { TranscriptWriter } from '../written-form/transcript-writer.js';

export interface OpenThreadSttOptions {
  readonly engine: ThreadEngineName;
  readonly folder: ModelFolder;
  readonly clock: Clock;
  readonly maxUtteranceMs: number;
  readonly writer: TranscriptWriter;
  /** Words every utterance listens for, after its own. */
  readonly hotwords?: readonly (string | Hotword)[];
  /** New audio before a partial text, of engines that take whole recordings; null for none. */
  readonly partialEveryMs: number | null;
  readonly deadlineMs: number;
  readonly maxQueueDepth: number;
  /** Threads that one run may use. */
  readonly threads: number;
  /** Stands in for the thread in tests. */
  readonly startThread?: (settings: EngineThreadSettings) => EngineThread;
}

/** Whisper hears 30 s at once and drops the rest; Moonshine was trained on up to about as much. */
const windowMs = 24_000;

/** Settles when the model is loaded. Throws STT_UNAVAILABLE, MODEL_MISSING, MODEL_CORRUPT or OPTION_INVALID. */
export async function openThreadStt(options: OpenThreadSttOptions): Promise<DrivenStt> {
  const { engine, folder, clock, maxQueueDepth, deadlineMs, partialEveryMs, maxUtteranceMs } = options;
  const thread = (options.startThread ?? startThread)({
    engine,
    folder: folder.path,
    files: folder.files,
    options: folder.options,
    threads: options.threads,
  });
  try {
    const abilities = await thread.call({ type: 'load' }, []);
    assert(abilities.type === 'loaded', `a load was answered by ${abilities.type}`);
    const queue = new ThreadQueue({ thread, clock, maxQueueDepth, deadlineMs });
    return new DrivenStt(new ThreadedEngine(queue, abilities, { partialEveryMs, windowMs }), {
      name: folder.name,
      languages: abilities.languages,
      maxUtteranceMs,
      hotwords: options.hotwords ?? [],
      writer: options.writer,
    });
  } catch (error) {
    await thread[Symbol.asyncDispose]();
    throw error;
  }
}

function startThread(settings: EngineThreadSettings): EngineThread {
  return new WorkerThread<EngineRequest, EngineAnswer>({
    url: new URL('./engine-worker.js', import.meta.url),
    name: `stt-${settings.engine}`,
    workerData: settings,
    finishesRequests: true,
  });
}
