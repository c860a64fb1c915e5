/**
 * Entry of a decoder thread: loads the recogniser's data once, then hosts the decoders of many utterances.
 *
 * Requests wait for the data and are carried out in the order they came. Data that cannot be used fails every request.
 */
import { workerData } from 'node:worker_threads';
import { answerRequests } from '../../inference/worker-thread.js';
import { DecoderHost } from './decoder-host.js';
import type { DecoderAnswer, DecoderRequest, DecoderThreadSettings } from './decoder-messages.js';
import { loadDecoderResources } from './decoder-resources.js';

const settings = workerData as DecoderThreadSettings;
const host = loadDecoderResources(settings.files).then((resources) => new DecoderHost(resources, settings));
// The failure reaches whoever asks; without a request it must not end the thread.
host.catch(() => undefined);

answerRequests<DecoderRequest, DecoderAnswer>(async (request) => ({ result: (await host).handle(request) }));
