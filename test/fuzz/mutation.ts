/**
 * Breaks one message: by its structure where it is JSON, by its bytes where it is not, and sometimes the other way round.
 *
 * Nesting and very long text are written into the finished JSON, because whoever writes them out of an object falls over first.
 */
import type { WireMessage } from '../../src/protocols/protocol.js';
import type { FuzzRandom } from './fuzz-random.js';

/** Stand for text that is put in when the message is written. */
const nestedArrays = '\u0001arrays';
const nestedObjects = '\u0001objects';
const longText = '\u0001text';
const protoKey = '\u0001proto';

const oddValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  0.5,
  1e-9,
  -2_147_483_649,
  4_294_967_296,
  2 ** 53,
  -(2 ** 53),
  1e308,
  -1e308,
  '',
  ' ',
  '-1',
  '1e309',
  'NaN',
  '0x10',
  '\u0000',
  '\ud800',
  '\u202e\u2066',
  'x'.repeat(5_000),
  '__proto__',
  'constructor',
  'toString',
  '{{__proto__}} {{constructor}} {{ toString }}',
  '\r\nEVENT: x',
  [],
  [null],
  [[[[[[]]]]]],
  {},
  { length: 1e9 },
  { toString: null, valueOf: null },
  { toJSON: 'x', then: 'x' },
  'AAA',
  '////',
  'AA==AA==',
  'AA-_',
];

/** Names that objects have without being asked. */
const inheritedNames = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'toJSON'] as const;

export function mutated(message: WireMessage, random: FuzzRandom): WireMessage {
  return typeof message === 'string' ? mutatedText(message, random) : mutatedBytes(message, random);
}

function mutatedText(message: string, random: FuzzRandom): WireMessage {
  const chance = random.next();
  if (chance < 0.05) return Buffer.from(message);
  if (chance < 0.2) return Buffer.from(asBytes(mutatedBytes(Buffer.from(message), random))).toString('utf8');
  if (chance < 0.25) return message.slice(0, random.below(message.length));
  try {
    return written(mutatedValue(JSON.parse(message), random), random);
  } catch {
    return message.slice(0, random.below(message.length)) + random.pick(['', ':', ' :', ' x:y', '\u0000', '{']);
  }
}

/** One part of it is another value, is gone, is there twice or under another name. */
function mutatedValue(value: unknown, random: FuzzRandom): unknown {
  if (typeof value === 'string' && value.length > 0 && random.chance(0.5)) return mutatedString(value, random);
  if (typeof value === 'number' && random.chance(0.5)) return mutatedNumber(value, random);
  if (typeof value !== 'object' || value === null || random.chance(0.12)) return oddValue(random);
  if (Array.isArray(value)) return mutatedArray(value, random);
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0 || random.chance(0.08)) return Object.fromEntries([...entries, intruder(random)]);
  const chosen = random.below(entries.length);
  return Object.fromEntries(
    entries.flatMap(([name, part], index): [string, unknown][] => {
      if (index !== chosen) return [[name, part]];
      const chance = random.next();
      if (chance < 0.12) return [];
      if (chance < 0.16) return [[random.chance(0.5) ? `${name}x` : name.toUpperCase(), part]];
      if (chance < 0.2) return [[random.pick([protoKey, ...inheritedNames]), part]];
      return [[name, mutatedValue(part, random)]];
    }),
  );
}

function mutatedArray(list: readonly unknown[], random: FuzzRandom): unknown {
  const chance = random.next();
  if (chance < 0.1) return [];
  if (chance < 0.2) return [...list, ...list];
  if (chance < 0.23) return Array.from({ length: 300 }, () => list[0] ?? null);
  if (chance < 0.3) return Object.fromEntries(list.entries());
  return list.map((part) => (random.chance(0.5) ? mutatedValue(part, random) : part));
}

/** A text of the same kind with a fault in it: base64 that ends early, a number with a unit, letters in the other case. */
function mutatedString(text: string, random: FuzzRandom): unknown {
  const at = random.below(text.length);
  switch (random.below(9)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + random.pick(['=', '\n', '-', 'é', '\u0000', '\ud83d', '%']) + text.slice(at + 1);
    case 2:
      return text + text;
    case 3:
      return text.toUpperCase();
    case 4:
      return Number.isNaN(Number(text)) ? [text] : Number(text);
    case 5:
      return `${text} `;
    case 6:
      return { [text.slice(0, 40)]: text.slice(0, 40) };
    case 7:
      return random.pick(inheritedNames);
    default:
      return text.slice(at);
  }
}

function mutatedNumber(value: number, random: FuzzRandom): unknown {
  return random.pick<unknown>([
    -value,
    value + 1,
    value - 1,
    value * 1_000_003,
    value / 3,
    String(value),
    `${value}ms`,
    [value],
  ]);
}

function oddValue(random: FuzzRandom): unknown {
  const chance = random.next();
  if (chance < 0.03) return random.chance(0.5) ? nestedArrays : nestedObjects;
  return chance < 0.032 ? longText : random.pick(oddValues);
}

function intruder(random: FuzzRandom): [string, unknown] {
  return [random.pick([protoKey, ...inheritedNames, 'x']), oddValue(random)];
}

function written(value: unknown, random: FuzzRandom): string {
  const depth = random.pick([10, 500, 6_000, 40_000]);
  return JSON.stringify(value)
    .replaceAll(JSON.stringify(nestedArrays), () => '['.repeat(depth) + ']'.repeat(depth))
    .replaceAll(JSON.stringify(nestedObjects), () => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
    .replaceAll(JSON.stringify(longText), () => `"${'A'.repeat(1_300_000)}"`)
    .replaceAll(JSON.stringify(protoKey), () => '"__proto__"');
}

function mutatedBytes(bytes: Uint8Array, random: FuzzRandom): WireMessage {
  const chance = random.next();
  if (chance < 0.2) return bytes.slice(0, random.below(bytes.length));
  if (chance < 0.3) return Buffer.concat([bytes, Buffer.alloc(random.below(400), 0x7f)]);
  if (chance < 0.35) return Buffer.concat([bytes, bytes]);
  if (chance < 0.4) return bytes.slice(random.below(bytes.length));
  if (chance < 0.43) return new Uint8Array(0);
  if (chance < 0.48) return Buffer.from(bytes).toString('latin1');
  const changed = Uint8Array.from(bytes);
  // The head says more than the rest.
  const reach = random.chance(0.7) ? Math.min(changed.length, 24) : changed.length;
  for (let flips = 1 + random.below(4); flips > 0 && changed.length > 0; flips -= 1)
    changed[random.below(reach)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
  return changed;
}

function asBytes(message: WireMessage): Uint8Array {
  return typeof message === 'string' ? Buffer.from(message) : message;
}
