/**
 * What the OpenAI Realtime API says of a call's sound, and how the page's wishes are said in it.
 */
import t from 'tap';
import { RealtimeWire } from '../../../src/client/realtime-wire.js';
import type { ServerMessage } from '../../../src/client/server-event.js';
import { encodeWireAudio } from '../../../src/client/wire-audio.js';

t.test('messages of the server have their effect on the sound', async (t) => {
  const wire = new RealtimeWire();
  const cases: readonly (readonly [message: ServerMessage, effects: readonly object[]])[] = [
    [{ type: 'session.created', session: {} }, []],
    [{ type: 'attune.clause', item_id: 'a1', text: 'Hello.' }, [{ type: 'clause', itemId: 'a1', text: 'Hello.' }]],
    [
      { type: 'response.output_audio.delta', item_id: 'a1', delta: encodeWireAudio(new Float32Array([0.5, -0.5])) },
      [{ type: 'sound', itemId: 'a1', samples: new Float32Array([0.5, -0.5]), sampleRateHz: 24_000 }],
    ],
    [{ type: 'response.output_audio.done', item_id: 'a1' }, [{ type: 'sound-over', itemId: 'a1' }]],
    [{ type: 'attune.hold', item_id: 'a1' }, [{ type: 'pause' }]],
    [{ type: 'attune.resume', item_id: 'a1' }, [{ type: 'resume' }]],
    [{ type: 'input_audio_buffer.speech_started', item_id: 'u1' }, [{ type: 'barge-in' }]],
  ];
  for (const [message, effects] of cases) t.same(wire.effectsOf(message), effects, message.type);
});

t.test('a reply is cancelled only while there is one', async (t) => {
  const wire = new RealtimeWire();
  const begun: ServerMessage = { type: 'response.created', response: { id: 'r1' } };
  t.same(wire.breakOff(), []);
  wire.effectsOf(begun);
  t.same(wire.breakOff(), [{ type: 'response.cancel' }]);
  wire.effectsOf({ type: 'response.done', response: { id: 'another' } });
  t.equal(wire.breakOff().length, 1, 'the end of another reply is not its end');
  wire.effectsOf({ type: 'response.done', response: { id: 'r1' } });
  t.same(wire.breakOff(), []);
  wire.effectsOf(begun);
  wire.reset();
  t.same(wire.breakOff(), [], 'it goes with its session');
});

t.test('wishes of the page', async (t) => {
  const wire = new RealtimeWire();
  const all = { type: 'realtime', instructions: 'Short.' };
  t.same(wire.begin(all), [{ type: 'session.update', session: all }]);
  t.same(wire.change({ instructions: 'Short.' }, all), { type: 'session.update', session: all });
  t.same(wire.audio(new Float32Array([0])), { type: 'input_audio_buffer.append', audio: 'AAA=' });
  t.match(wire.text('Hi'), [
    { type: 'conversation.item.create', item: { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] } },
    { type: 'response.create' },
  ]);
  t.same(wire.heard({ itemId: 'a1', audioEndMs: 120 }), [
    { type: 'conversation.item.truncate', item_id: 'a1', content_index: 0, audio_end_ms: 120 },
  ]);
});
