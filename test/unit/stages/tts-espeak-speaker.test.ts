/** eSpeak NG around a fake of its module: controls, samples, missing package. */
import t from 'tap';
import {
  EspeakSpeaker,
  espeakControls,
  type EspeakModule,
  type EspeakWorker,
} from '../../../src/stages/tts/espeak-speaker.js';
import { neutralStyle } from '../../../src/stages/tts/style-table.js';

/** Speaks one second of a 200 Hz tone with 100 ms of silence before it, in stretches, and remembers its settings. */
class FakeEspeak implements EspeakWorker {
  static last: FakeEspeak | undefined;
  readonly settings: Record<string, unknown> = {};
  isMute = false;

  constructor() {
    FakeEspeak.last = this;
  }

  get_samplerate(): number {
    return 22_050;
  }

  set_voice(name: string): number {
    return name === 'en-us' ? 0 : 1;
  }

  set_rate(rate: number): void {
    this.settings['rate'] = rate;
  }

  set_pitch(pitch: number): void {
    this.settings['pitch'] = pitch;
  }

  set_range(range: number): void {
    this.settings['range'] = range;
  }

  synthesize(text: string, onAudio: (samples: Int16Array | null) => boolean): void {
    this.settings['text'] = text;
    if (this.isMute) return;
    onAudio(new Int16Array(2_205));
    for (let at = 0; at < 22_050; at += 2_205) {
      onAudio(
        Int16Array.from(
          { length: 2_205 },
          (_, index) => 16_000 * Math.sin((2 * Math.PI * 200 * (at + index)) / 22_050),
        ),
      );
    }
    onAudio(null);
  }
}

const module: EspeakModule = { default: async () => ({ eSpeakNGWorker: FakeEspeak }) };

t.test('speaks at 16 kHz without the silence, in the style', async (t) => {
  const speaker = await EspeakSpeaker.load(async () => module);
  const style = { ...neutralStyle, rateScale: 1.2, pitchShiftSemitones: -3.5, pitchRangeScale: 0.5 };
  const samples = speaker.speak({ text: 'salt & pepper', voice: 'en-us', style });
  t.ok(Math.abs(samples.length - 16_000) < 16 * 60, `${samples.length} samples`);
  t.strictSame(FakeEspeak.last!.settings, { text: 'salt &amp; pepper', rate: 210, pitch: 25, range: 25 });
});

t.test('controls stay on eSpeak NG’s scales', async (t) => {
  t.strictSame(espeakControls(neutralStyle), { rate: 175, pitch: 50, range: 50 });
  t.strictSame(espeakControls({ ...neutralStyle, pitchShiftSemitones: 20, pitchRangeScale: 4, rateScale: 9 }), {
    rate: 450,
    pitch: 99,
    range: 99,
  });
  t.equal(espeakControls({ ...neutralStyle, pitchShiftSemitones: -20 }).pitch, 0);
});

t.test('unknown voice, no audio, no package', async (t) => {
  const speaker = await EspeakSpeaker.load(async () => module);
  t.throws(() => speaker.speak({ text: 'x', voice: 'klingon', style: neutralStyle }), { code: 'VOICE_UNKNOWN' });
  FakeEspeak.last!.isMute = true;
  t.throws(() => speaker.speak({ text: 'x', voice: 'en-us', style: neutralStyle }), { code: 'SYNTHESIS_FAILED' });
  await t.rejects(EspeakSpeaker.load(), { code: 'TTS_UNAVAILABLE', message: /@echogarden\/espeak-ng-emscripten/ });
});
