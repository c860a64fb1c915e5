/**
 * Entry of a decoder thread: loads the recogniser's data once, then hosts the decoders of many utterances.
 *
 * Commands that arrive while it loads wait in the port. Data that cannot be used is reported as `unusable`, once.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { defined } from '../../core/assert.js';
import { toAttuneError } from '../../core/errors.js';
import { DecoderHost } from './decoder-host.js';
import type { DecoderCommand, DecoderReply, DecoderThreadSettings } from './decoder-messages.js';
import { loadDecoderResources } from './decoder-resources.js';

const port = defined(parentPort ?? undefined, 'parent port');
const settings = workerData as DecoderThreadSettings;
const reply = (message: DecoderReply): void => port.postMessage(message);

try {
  const host = new DecoderHost(await loadDecoderResources(settings.files), settings);
  port.on('message', (command: DecoderCommand) => {
    const answer = host.handle(command);
    if (answer) reply(answer);
  });
  reply({ type: 'ready' });
} catch (error) {
  const { code, message } = toAttuneError(error, 'MODEL_CORRUPT');
  reply({ type: 'unusable', code, message });
}
