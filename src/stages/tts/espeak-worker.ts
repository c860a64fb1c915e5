/**
 * Entry of an eSpeak NG thread: speaks one phrase after another, in the order of the requests.
 */
import { answerRequests } from '../../inference/worker-thread.js';
import { EspeakSpeaker } from './espeak-speaker.js';
import type { SpokenPhrase } from './spoken-phrase.js';

const speaker = await EspeakSpeaker.load();

answerRequests<SpokenPhrase, Float32Array>(async (phrase) => {
  const result = new Float32Array(speaker.speak(phrase));
  return { result, transfer: [result.buffer] };
});
