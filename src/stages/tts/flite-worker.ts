/**
 * Entry of a flite thread: speaks one phrase after another, in the order of the requests.
 *
 * Requests that arrive while it loads wait in the port. A phrase that fails is answered with its error; the thread goes on.
 */
import { answerRequests } from '../../inference/worker-thread.js';
import { FliteSpeaker } from './flite-speaker.js';
import type { SpokenPhrase } from './spoken-phrase.js';

const speaker = await FliteSpeaker.load();

answerRequests<SpokenPhrase, Float32Array>(async (phrase) => {
  const result = new Float32Array(speaker.speak(phrase));
  return { result, transfer: [result.buffer] };
});
