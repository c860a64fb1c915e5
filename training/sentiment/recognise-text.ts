/**
 * Speaks lines of text with the project's own voice and hears them with its own recogniser: what a caller's words look
 * like by the time sentiment reads them.
 *
 *   recognise-text.ts < lines > recognised       (one line out for every line in)
 *
 * One synthetic voice without noise: an easier speaker than most, and a stranger to the recogniser's training.
 */
import { readFileSync } from 'node:fs';
import { modelSampleRateHz } from '../../src/audio/audio-frame.js';
import { resampleAll } from '../../src/audio/resampler.js';
import { openToolStack, toolConfigFrom } from '../../src/cli/tool-stack.js';
import { styleFromArgument } from '../../src/cli/emotion-argument.js';
import { SystemClock } from '../../src/core/system-clock.js';

const lines = readFileSync(0, 'utf8').split('\n');
if (lines.at(-1) === '') lines.pop();
const { signal } = new AbortController();
const config = toolConfigFrom({});
await using stack = await openToolStack(config, new SystemClock());
const [stt, tts] = [await stack.openStt(), await stack.openTts(signal)];
const style = styleFromArgument('neutral');
for (const text of lines) {
  const utterance = stt.open({ signal, callId: 'lines', language: 'en' });
  const clause = { text, style, voice: config.voice, language: 'en' };
  for await (const block of tts.synthesise(clause, { signal })) {
    utterance.accept(resampleAll(block, { sourceRateHz: tts.sampleRateHz, targetRateHz: modelSampleRateHz }));
  }
  const { text: heard } = await utterance.finish();
  process.stdout.write(`${heard.replaceAll('\n', ' ')}\n`);
}
