/**
 * What the clips contain: who says what and in which mood, and the sounds that are no speech.
 *
 * make-fixtures.ts turns this list into WAV files. Words are common ones, so that a small recogniser can know them. The
 * voice rms is one caller throughout, so its greeting, complaint, interruption, thanks and goodbye make one call.
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
  say('greeting', 'rms', 'neutral', 'Hello, can you help me with my order please?'),
  { ...say('opening-hours', 'slt', 'neutral', 'What time does your shop open on Saturday morning?'), alsoAt8Khz: true },
  {
    ...say('late-delivery-angry', 'rms', 'angry', 'My parcel is late for the third time and nobody calls me back!'),
    alsoAt8Khz: true,
  },
  say('thanks-happy', 'rms', 'happy', 'Oh that is wonderful, thank you so much for your help!'),
  say('time-question', 'kal16', 'neutral', 'Can you tell me what time it is over there right now?'),
  say('order-number', 'awb', 'neutral', 'The number on my order is four seven one nine two.'),
  { ...say('spelled-name', 'slt', 'neutral', 'My last name is Baker.', 'b, a, k, e, r.'), transcript: 'My last name is Baker b a k e r', pauseMs: 250 },
  { ...say('yes', 'slt', 'neutral', 'Yes, please.'), alsoAt8Khz: true },
  say('no', 'awb', 'neutral', 'No, thank you.'),
  say('stop', 'slt', 'neutral', 'Stop.'),
  say('goodbye', 'rms', 'calm', 'That is all for today, goodbye.'),
  say('barge-in', 'rms', 'angry', 'Wait, that is not what I asked you!'),
  say('backchannel', 'slt', 'neutral', 'uh huh'),
  say('stolen-card-fearful', 'slt', 'fearful', 'I think somebody has stolen my card, what should I do now?'),
  say('cancelled-trip-sad', 'awb', 'sad', 'I have to cancel our trip because my father is very ill.'),
  say('early-parcel-surprised', 'slt', 'surprised', 'Really, it is here already? I did not expect it before next week!'),
  say('return-shoes', 'kal', 'neutral', 'I want to send these shoes back because they are too small.'),
  { ...say('pause-within', 'rms', 'neutral', 'I would like to book a table', 'for two people on Friday night.'), pauseMs: 700 },
  { kind: 'cough', name: 'cough', durationMs: 1_200 },
  { kind: 'noise', name: 'street-noise', durationMs: 3_000 },
  { kind: 'silence', name: 'silence', durationMs: 2_000 },
];
