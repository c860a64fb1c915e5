/**
 * Recordings of calls: only with consent, both sides in place, gone when the consent is.
 */
import t from 'tap';
import { readWav } from '../../../src/audio/wav-file.js';
import { CallRecording, recordingRateHz } from '../../../src/server/journal/call-recording.js';
import type { SessionEvent } from '../../../src/session/events.js';

function recordingAt() {
  const time = { ms: 0 };
  const recording = new CallRecording(() => time.ms);
  let heardSamples = 0;
  return {
    time,
    recording,
    note: (event: object): void => recording.note(event as SessionEvent),
    agree: (consent: string): void =>
      recording.note({ type: 'person.recalled', consent: { recording: consent } } as unknown as SessionEvent),
    /** Sound of the caller that has just ended. */
    hear: (durationMs: number, level = 0.5, sampleRateHz = recordingRateHz): void => {
      const samples = new Float32Array((durationMs * sampleRateHz) / 1000).fill(level);
      time.ms += durationMs;
      recording.hear({ samples, sampleRateHz, startSample: heardSamples });
      heardSamples += samples.length;
    },
  };
}

const reply = (durationMs: number) => ({
  type: 'reply.audio',
  samples: new Float32Array((durationMs * recordingRateHz) / 1000).fill(0.25),
  sampleRateHz: recordingRateHz,
});

/** Level of one side at an instant. */
async function levelsOf(recording: CallRecording, atMs: readonly number[]): Promise<readonly (readonly number[])[]> {
  const { channels } = readWav(Buffer.concat([...recording.wav()]));
  return atMs.map((ms) => channels.map((channel) => Math.round(100 * (channel[(ms * recordingRateHz) / 1000] ?? 0))));
}

t.test('nothing is kept of whoever has not agreed', async (t) => {
  for (const consent of ['unknown', 'denied', 'withdrawn']) {
    const { recording, agree, hear, note } = recordingAt();
    agree(consent);
    hear(100);
    note(reply(100));
    t.equal(recording.durationMs, null, consent);
  }
});

t.test('both sides stand where they were, from the agreement on', async (t) => {
  const { recording, agree, hear, note, time } = recordingAt();
  hear(1_000);
  agree('given');
  hear(500);
  time.ms = 2_000;
  note(reply(400));
  note(reply(400));
  t.equal(recording.durationMs, 2_800);
  t.same(await levelsOf(recording, [900, 1_200, 1_700, 2_100, 2_700]), [
    [0, 0],
    [50, 0],
    [0, 0],
    [0, 25],
    [0, 25],
  ]);
});

t.test('what a barge-in cut off is not there', async (t) => {
  const { recording, agree, note, time } = recordingAt();
  agree('given');
  note(reply(1_000));
  time.ms = 300;
  note({ type: 'speech.started' });
  t.equal(recording.durationMs, 300);
});

t.test('small steps in arrival leave no holes, long ones do', async (t) => {
  const { recording, agree, hear, time } = recordingAt();
  agree('given');
  hear(100);
  time.ms += 200;
  hear(100);
  t.equal(recording.durationMs, 200);
  time.ms += 400;
  hear(100);
  t.equal(recording.durationMs, 900);
});

t.test('a call on hold is not recorded', async (t) => {
  const { recording, agree, hear, note } = recordingAt();
  agree('given');
  hear(100);
  note({ type: 'call.held' });
  hear(1_000);
  t.equal(recording.durationMs, 100);
  note({ type: 'call.taken-back' });
  hear(100);
  t.equal(recording.durationMs, 1_200);
});

t.test('sound of other rates is resampled, a withdrawal forgets, the end keeps', async (t) => {
  const { recording, agree, hear, note } = recordingAt();
  agree('given');
  for (let count = 0; count < 10; count += 1) hear(100, 0.5, 8_000);
  t.match((await levelsOf(recording, [500]))[0], [50, 0]);
  note({ type: 'session.ended', error: null });
  const { durationMs } = recording;
  hear(100);
  t.equal(recording.durationMs, durationMs);
  agree('withdrawn');
  t.equal(recording.durationMs, null);
});
