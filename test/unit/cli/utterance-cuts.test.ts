/**
 * Cutting long recordings: nothing lost, nothing too long, in pauses where there are any.
 */
import t from 'tap';
import { cutAtPauses, type UtteranceSpan } from '../../../src/cli/utterance-cuts.js';
import type { SpeechSegment } from '../../../src/cli/speech-segments.js';

const segment = (startMs: number, endMs: number): SpeechSegment => ({ startMs, endMs });

const table: readonly (readonly [string, number, readonly SpeechSegment[], readonly UtteranceSpan[]])[] = [
  ['what fits stays whole', 10_000, [segment(0, 10_000)], [segment(0, 10_000)]],
  [
    'the middle of the pause',
    15_000,
    [segment(0, 7_000), segment(8_000, 15_000)],
    [segment(0, 7_500), segment(7_500, 15_000)],
  ],
  [
    'the longest pause in reach',
    15_000,
    [segment(0, 6_000), segment(7_000, 9_000), segment(9_200, 15_000)],
    [segment(0, 6_500), segment(6_500, 15_000)],
  ],
  [
    'an early pause is left alone: short utterances lose context',
    15_000,
    [segment(0, 2_000), segment(4_000, 15_000)],
    [segment(0, 10_000), segment(10_000, 15_000)],
  ],
  [
    'without a pause the limit',
    25_000,
    [segment(0, 25_000)],
    [segment(0, 10_000), segment(10_000, 20_000), segment(20_000, 25_000)],
  ],
  ['without speech the limit', 12_000, [], [segment(0, 10_000), segment(10_000, 12_000)]],
  [
    'a pause across the limit counts as far as it reaches',
    20_000,
    [segment(0, 9_000), segment(12_000, 20_000)],
    [segment(0, 9_500), segment(9_500, 19_500), segment(19_500, 20_000)],
  ],
];

t.test('cuts', async (t) => {
  for (const [what, durationMs, segments, expected] of table) {
    const spans = cutAtPauses({ durationMs, segments, maxUtteranceMs: 10_000 });
    t.same(spans, expected, what);
  }
});

t.test('the utterances cover everything once and keep the limit', async (t) => {
  // Segments of a fixed pseudo-random sequence (Lehmer, multiplier 48271).
  let seed = 7;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 50; round += 1) {
    const segments: SpeechSegment[] = [];
    let atMs = 0;
    while (segments.length < 60) {
      const startMs = atMs + Math.round(2_000 * random());
      atMs = startMs + Math.round(1 + 6_000 * random());
      segments.push({ startMs, endMs: atMs });
    }
    const spans = cutAtPauses({ durationMs: atMs + 500, segments, maxUtteranceMs: 10_000 });
    t.equal(spans[0]!.startMs, 0);
    t.equal(spans.at(-1)!.endMs, atMs + 500);
    t.ok(spans.every(({ startMs, endMs }) => endMs > startMs && endMs - startMs <= 10_000));
    t.ok(spans.every(({ startMs }, index) => index === 0 || startMs === spans[index - 1]!.endMs));
  }
});
