/**
 * What Hume's EVI says of a call's sound, and how the page's wishes are said in it.
 */
import t from 'tap';
import { encodeWav } from '../../../src/audio/wav-writer.js';
import { EviWire } from '../../../src/client/evi-wire.js';
import type { ServerMessage } from '../../../src/client/server-event.js';

const samples = new Float32Array([0.5, -0.5, 0]);
const data = Buffer.from(encodeWav({ channels: [samples], sampleRateHz: 16_000 })).toString('base64');

const says = (id: string, content: string): ServerMessage => ({
  type: 'assistant_message',
  id,
  message: { role: 'assistant', content },
});
const sounds = (id: string, index = 0): ServerMessage => ({ type: 'audio_output', id, index, data });
const heard = (content: string, interim = false): ServerMessage => ({
  type: 'user_message',
  message: { role: 'user', content },
  interim,
});
const clause = (itemId: string, text: string): object => ({ type: 'clause', itemId, text });
const sound = (itemId: string): object => ({ type: 'sound', itemId, samples, sampleRateHz: 16_000 });

/** Messages one after another, each with what it does to the sound. */
type Script = readonly (readonly [message: ServerMessage | 'break off', effects: readonly object[]])[];

const scripts: Readonly<Record<string, Script>> = {
  'the messages of an answer are one item, by the id of the first': [
    [{ type: 'chat_metadata', chat_id: 'c', chat_group_id: 'g' }, []],
    [heard('Hel', true), []],
    [heard('Hello.'), []],
    [says('m-0', 'Hi.'), [clause('m-0', 'Hi.')]],
    [{ type: 'assistant_prosody', id: 'm-0', models: {} }, []],
    [sounds('m-0'), [sound('m-0')]],
    [sounds('m-0', 1), [sound('m-0')]],
    [says('m-1', 'How are you?'), [clause('m-0', 'How are you?')]],
    [sounds('m-1'), [sound('m-0')]],
    [{ type: 'assistant_end' }, [{ type: 'sound-over', itemId: 'm-0' }]],
    [says('n-0', 'Still there?'), [clause('n-0', 'Still there?')]],
  ],
  'an answer goes on after a tool': [
    [says('m-0', 'One moment.'), [clause('m-0', 'One moment.')]],
    [{ type: 'tool_call', name: 'look_up', parameters: '{}', tool_call_id: 't' }, []],
    [says('n-0', 'It rains.'), [clause('m-0', 'It rains.')]],
    [{ type: 'assistant_end' }, [{ type: 'sound-over', itemId: 'm-0' }]],
  ],
  'an interruption ends the answer at once': [
    [says('m-0', 'Once upon a time'), [clause('m-0', 'Once upon a time')]],
    [sounds('m-0'), [sound('m-0')]],
    [{ type: 'user_interruption', time: 1 }, [{ type: 'barge-in' }]],
    [heard('Stop.'), []],
    [says('n-0', 'Of course.'), [clause('n-0', 'Of course.')]],
  ],
  'an answer that was overtaken before it was heard': [
    [says('m-0', 'Well'), [clause('m-0', 'Well')]],
    [heard('And another thing.'), [{ type: 'sound-over', itemId: 'm-0' }]],
    [says('n-0', 'Yes?'), [clause('n-0', 'Yes?')]],
  ],
  'what comes of an answer that the page broke off has no effect': [
    ['break off', []],
    [says('m-0', 'Once upon a time'), [clause('m-0', 'Once upon a time')]],
    [sounds('m-0'), [sound('m-0')]],
    ['break off', []],
    [sounds('m-0', 1), []],
    [says('m-1', 'there was'), []],
    [heard('Never', true), []],
    [sounds('m-1'), []],
    [{ type: 'assistant_end' }, []],
    [says('n-0', 'Hm?'), [clause('n-0', 'Hm?')]],
  ],
  'typed words begin another answer': [
    [says('m-0', 'Once upon a time'), [clause('m-0', 'Once upon a time')]],
    ['break off', []],
    [heard('A short one.'), []],
    [says('n-0', 'The end.'), [clause('n-0', 'The end.')]],
  ],
};

for (const [name, script] of Object.entries(scripts)) {
  t.test(name, async (t) => {
    const wire = new EviWire();
    for (const [index, [message, effects]] of script.entries())
      t.same(message === 'break off' ? wire.breakOff() : wire.effectsOf(message), effects, `step ${index}`);
  });
}

t.test('an answer goes with its session', async (t) => {
  const wire = new EviWire();
  wire.effectsOf(says('m-0', 'Once'));
  wire.reset();
  t.same(wire.effectsOf(says('n-0', 'Hello.')), [clause('n-0', 'Hello.')]);
});

t.test('the address asks for interim words and says what the sound is', async (t) => {
  const address = new EviWire().address(new URL('wss://voice.example/v0/evi/chat?config_id=7'));
  t.same(Object.fromEntries(address.searchParams), {
    config_id: '7',
    verbose_transcription: 'true',
    'session_settings[audio][encoding]': 'linear16',
    'session_settings[audio][sample_rate]': '24000',
    'session_settings[audio][channels]': '1',
  });
});

t.test('wishes of the page', async (t) => {
  const wire = new EviWire();
  t.same(wire.begin({}), []);
  t.same(wire.begin({ voice_id: 'warm' }), [{ type: 'session_settings', voice_id: 'warm' }]);
  t.same(wire.change({ system_prompt: null }), { type: 'session_settings', system_prompt: null });
  t.same(wire.audio(new Float32Array([0])), { type: 'audio_input', data: 'AAA=' });
  t.same(wire.text('Hi'), [{ type: 'user_input', text: 'Hi' }]);
  t.same(wire.heard(), [], 'how much was heard the server counts');
});
