/**
 * What the clips contain: who says what and in which mood, and the sounds that are no speech.
 *
 * make-fixtures.ts turns this list into WAV files. Words are common ones, so that a small recogniser can know them.
 * Greeting, complaint, interruption, thanks and goodbye are one caller, so they make one call.
 */

/** Speech of one caller; phrases are separated by `pauseMs` each. */
export interface SpokenClip {
  readonly kind: 'speech';
  readonly name: string;
  readonly voice: string;
  /** An emotion category: the voice expresses it, and it is what an estimate should find. */
  readonly emotion: string;
  readonly phrases: readonly string[];
  readonly pauseMs?: number;
  /** The words when they differ from the phrases as written, as for spelled letters. */
  readonly transcript?: string;
  /** Also written at 8 kHz, as a telephone delivers it. */
  readonly alsoAt8Khz?: boolean;
}

export interface SoundClip {
  readonly kind: 'silence' | 'noise' | 'cough';
  readonly name: string;
  readonly durationMs: number;
}

const say = (name: string, voice: string, emotion: string, ...phrases: readonly string[]): SpokenClip => ({
  kind: 'speech',
  name,
  voice,
  emotion,
  phrases,
});

export const clips: readonly (SpokenClip | SoundClip)[] = [
  say('greeting', 'slt', 'neutral', 'Hello, can you help me with my order?'),
  {
    ...say('late-delivery-angry', 'slt', 'angry', 'This is the third time that my package is late, and nobody is helping me!'),
    alsoAt8Khz: true,
  },
  say('barge-in', 'slt', 'angry', 'Wait, that is not what I asked you!'),
  say('thanks-happy', 'slt', 'happy', 'That is wonderful, thank you so much for your help!'),
  say('goodbye', 'slt', 'calm', 'That is all for today, goodbye.'),
  { ...say('opening-hours', 'rms', 'neutral', 'Can you tell me when you are open on Saturday?'), alsoAt8Khz: true },
  say('time-question', 'awb', 'neutral', 'Excuse me, can you please tell me the time?'),
  say('order-number', 'kal16', 'neutral', 'My number is four seven one nine two.'),
  {
    ...say('spelled-name', 'rms', 'neutral', 'My last name is Baker.', 'b, a, k, e, r.'),
    transcript: 'My last name is Baker b a k e r',
    pauseMs: 250,
  },
  { ...say('yes', 'rms', 'neutral', 'Yes, please.'), alsoAt8Khz: true },
  say('no', 'awb', 'neutral', 'No, thank you.'),
  say('stop', 'slt', 'neutral', 'Stop.'),
  say('backchannel', 'slt', 'neutral', 'yeah'),
  say('stolen-card-fearful', 'awb', 'fearful', 'I think somebody has stolen my card, what should I do now?'),
  say('cancelled-trip-sad', 'kal16', 'sad', 'I have to cancel our trip because my father is very ill.'),
  say('early-parcel-surprised', 'slt', 'surprised', 'Really? I did not think it would come this week!'),
  say('return-shoes', 'rms', 'neutral', 'I want to send the shoes back because they are too small.'),
  {
    ...say('pause-within', 'rms', 'neutral', 'I would like to book a table', 'for two people on Friday night.'),
    pauseMs: 700,
  },
  { kind: 'cough', name: 'cough', durationMs: 1_200 },
  { kind: 'noise', name: 'street-noise', durationMs: 3_000 },
  { kind: 'silence', name: 'silence', durationMs: 2_000 },
];
