/**
 * Entry of a thread with somebody else's recogniser: loads it once, then answers.
 *
 * Requests wait for the model. A package that is missing, or a model that cannot be used, fails every request.
 */
import { workerData } from 'node:worker_threads';
import { answerRequests } from '../../../inference/worker-thread.js';
import { EngineHost } from './engine-host.js';
import type { EngineAnswer, EngineRequest, EngineThreadSettings, ThreadEngine } from './engine-messages.js';
import { SherpaEngine } from './sherpa-engine.js';
import { TransformersEngine } from './transformers-engine.js';

const maxStreams = 512;

const settings = workerData as EngineThreadSettings;
const load: Promise<ThreadEngine> =
  settings.engine === 'sherpa' ? SherpaEngine.load(settings) : TransformersEngine.load(settings);
const host = load.then((engine) => new EngineHost(engine, { maxStreams }));
// The failure reaches whoever asks; without a request it must not end the thread.
host.catch(() => undefined);

answerRequests<EngineRequest, EngineAnswer>(async (request) => ({ result: await (await host).handle(request) }));
