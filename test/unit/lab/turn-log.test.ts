/**
 * Which event belongs to which turn, and what a turn's latency is.
 */
import t from 'tap';
import { CallTape } from '../../../src/lab/call-tape.js';
import type { ServerEvent } from '../../../src/lab/wires/caller-wire.js';
import { latencyOf } from '../../../src/lab/turn-latency.js';
import { TurnLog } from '../../../src/lab/turn-log.js';

/** Two turns; the first reply is interrupted by the second turn. */
const call: readonly (readonly [atMs: number, event: ServerEvent])[] = [
  [0, { type: 'session.created' }],
  [1_000, { type: 'input_audio_buffer.speech_started', item_id: 'one' }],
  [1_400, { type: 'attune.transcript', item_id: 'one', text: 'where' }],
  [1_600, { type: 'attune.emotion', item_id: 'one', final: false, emotion: { label: 'calm' } }],
  [2_200, { type: 'input_audio_buffer.speech_stopped', item_id: 'one' }],
  [2_260, { type: 'conversation.item.input_audio_transcription.completed', item_id: 'one', transcript: 'Where?' }],
  [2_270, { type: 'attune.emotion', item_id: 'one', final: true, emotion: { label: 'angry' } }],
  [2_280, { type: 'response.created', response: { id: 'r1' } }],
  [2_300, { type: 'response.output_audio_transcript.delta', response_id: 'r1', delta: 'It ' }],
  [2_310, { type: 'response.output_audio_transcript.delta', response_id: 'r1', delta: 'is.' }],
  [2_400, { type: 'response.output_audio.delta', response_id: 'r1', delta: '' }],
  [2_500, { type: 'response.output_audio.delta', response_id: 'r1', delta: '' }],
  [3_000, { type: 'input_audio_buffer.speech_started', item_id: 'two' }],
  [3_010, { type: 'response.done', response: { id: 'r1', status: 'cancelled' } }],
  [3_011, { type: 'attune.timing', response_id: 'r1', timing: { endpointMs: 5 } }],
  [3_020, { type: 'response.output_text.delta', response_id: 'unknown', delta: 'nobody’s' }],
  [3_900, { type: 'error', error: { code: 'invalid_value' } }],
  [4_000, { type: 'response.created', response: { id: 'r2' } }],
  [4_100, { type: 'response.done', response: { id: 'r2', status: 'completed' } }],
];

function logged(): TurnLog {
  const log = new TurnLog();
  for (const [atMs, event] of call) log.note(event, atMs);
  return log;
}

t.test('events are gathered by turn', (t) => {
  const { turns, errorCodes } = logged();
  t.same(errorCodes, ['invalid_value']);
  t.equal(turns.length, 2);
  t.match(turns[0], {
    itemId: 'one',
    partials: ['where'],
    transcript: 'Where?',
    emotion: { label: 'angry' },
    responseId: 'r1',
    reply: 'It is.',
    status: 'cancelled',
    speechStartedAtMs: 1_000,
    firstTextAtMs: 2_300,
    firstAudioAtMs: 2_400,
    lastAudioAtMs: 2_500,
    doneAtMs: 3_010,
    timing: { endpointMs: 5 },
  });
  t.match(turns[1], { itemId: 'two', responseId: 'r2', reply: '', status: 'completed', transcript: undefined });
  t.end();
});

t.test('a greeting before anybody spoke belongs to no turn', (t) => {
  const log = new TurnLog();
  log.note({ type: 'response.created', response: { id: 'r0' } }, 10);
  log.note({ type: 'response.output_audio.delta', response_id: 'r0', delta: '' }, 20);
  t.same(log.turns, []);
  t.equal(log.last, undefined);
  t.end();
});

t.test('latency counts from the end of speech to what can be heard', (t) => {
  const tape = new CallTape({ sampleRateHz: 1_000 });
  tape.receive(new Float32Array(50), 2_400);
  tape.receive(new Float32Array(100).fill(0.2), 2_450);
  const [one, two] = logged().turns;
  t.same(one && latencyOf(one, 2_000, tape), {
    endpointMs: 200,
    transcriptMs: 260,
    emotionMs: 270,
    firstTextMs: 300,
    firstAudioMs: 400,
    firstAudibleMs: 450,
  });
  t.match(two && latencyOf(two, 3_500, tape), {
    endpointMs: undefined,
    firstAudioMs: undefined,
    firstAudibleMs: undefined,
  });
  t.end();
});
