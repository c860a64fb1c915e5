/**
 * Turns written text into text that a synthesiser for plain English can read aloud.
 *
 * Markup and control characters go, symbols become words, addresses are spelled the way people say them. Numbers, dates
 * and abbreviations are left to the synthesiser, which has rules for them. The result is printable ASCII without
 * `<`, `>` and `\`, on one line; it is empty when nothing can be said.
 */

type Rule = readonly [pattern: RegExp, spoken: string | ((...parts: string[]) => string)];

const markupRules: readonly Rule[] = [
  [/<!--[\s\S]*?(?:-->|$)/g, ' '],
  [/<\/?[a-z][^<>]*(?:>|$)/gi, ' '],
  [/!?\[([^\]]*)\]\([^)]*\)/g, '$1'],
  [/^\s{0,3}(?:#{1,6}|[-*+•]|>)\s+/gm, ''],
  [/[*_~`]{1,3}(?=\S)|(?<=\S)[*_~`]{1,3}/g, ''],
];

const addressRules: readonly Rule[] = [
  [/\bhttps?:\/\/(?:www\.)?([^\s]+)/gi, (_all, rest) => spellAddress(rest)],
  [/\bwww\.([^\s]+)/gi, (_all, rest) => spellAddress(rest)],
  [/\b([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)/g, (_all, name, host) => `${spellAddress(name)} at ${spellAddress(host)}`],
];

const currencyNames: Readonly<Record<string, readonly [whole: string, part: string]>> = {
  '€': ['euro', 'cent'],
  $: ['dollar', 'cent'],
  '£': ['pound', 'penny'],
};

const symbolRules: readonly Rule[] = [
  [/([€$£])\s?(\d[\d,]*)(?:\.(\d{2}))?(?!\d)/g, (_all, sign, whole, part) => spellMoney(sign, whole, part)],
  [/(\d{1,3}(?:,\d{3})+|\d+)(?:[.,](\d{2}))?\s?([€£])/g, (_all, whole, part, sign) => spellMoney(sign, whole, part)],
  [/(\d)\s?%/g, '$1 percent'],
  [/(\d)\s?°\s?C\b/g, '$1 degrees Celsius'],
  [/(\d)\s?°\s?F\b/g, '$1 degrees Fahrenheit'],
  [/°/g, ' degrees '],
  [/(\d)\s?[–-]\s?(?=\d{1,2}(?:\D|$))/g, '$1 to '],
  [/(?<![\d.,])\d{7,}(?![\d.,]\d)/g, (digits) => [...digits].join(' ')],
  [/\s&\s/g, ' and '],
  [/(?<=\w)\s?\+\s?(?=\w)/g, ' plus '],
  [/\s=\s/g, ' equals '],
  [/(?<=[a-z])\/(?=[a-z])/gi, ' or '],
  [/#(?=\d)/g, 'number '],
  [/\bmm+[- ]?hmm*\b/gi, 'uh-huh'],
  [/\bhmm+\b/gi, 'hum'],
];

const characterRules: readonly Rule[] = [
  [/[‘’‚‛′]/g, "'"],
  [/[“”„‟″«»]/g, '"'],
  [/\s*[–—]\s*/g, ', '],
  [/…/g, '.'],
  [/\.{2,}/g, '.'],
  [/ß/g, 'ss'],
  [/[æÆ]/g, 'ae'],
  [/[øØ]/g, 'o'],
];

/** The text without markup and control characters, for engines that read any language; '' when nothing is left. */
export function plainText(text: string): string {
  const plain = markupFree(text)
    .replace(/[<>\\{}|^~`*_]/g, ' ')
    .replace(/\p{Extended_Pictographic}|\ufe0f/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  return /[\p{L}\p{N}]/u.test(plain) ? plain : '';
}

/** Plain speakable English, or '' when nothing remains to be said. */
export function speakableText(text: string): string {
  const folded = [addressRules, symbolRules, characterRules]
    .reduce(apply, markupFree(text))
    .normalize('NFKD')
    .replace(/[^\n\x20-\x7e]/g, '')
    .replace(/[<>\\{}[\]|^~`*_"()]/g, ' ');
  const line = folded
    .replace(/\s+/g, ' ')
    .replace(/\s+([,.;:!?])/g, '$1')
    .replace(/([,.;:!?])(?:[,;:]|\.(?!\d))+/g, '$1')
    .trim();
  return /[a-z0-9]/i.test(line) ? line.replace(/^[^a-z0-9$#'-]+/i, '') : '';
}

function markupFree(text: string): string {
  const visible = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060\ufeff]/g, ' ');
  return apply(visible, markupRules);
}

function apply(text: string, rules: readonly Rule[]): string {
  return rules.reduce(
    (rest, [pattern, spoken]) =>
      typeof spoken === 'string' ? rest.replace(pattern, spoken) : rest.replace(pattern, spoken),
    text,
  );
}

function spellAddress(address: string): string {
  const stop = /[.,;:!?)]+$/.exec(address)?.[0] ?? '';
  const bare = stop === '' ? address : address.slice(0, -stop.length);
  const spoken = bare
    .replace(/\/+$/, '')
    .replace(/[?#].*$/, '')
    .replaceAll('.', ' dot ')
    .replaceAll('/', ' slash ')
    .replaceAll('-', ' dash ')
    .replaceAll('_', ' underscore ');
  return `${spoken}${stop.replace(')', '')}`;
}

function spellMoney(sign: string, whole: string, part: string | undefined): string {
  const [wholeName, partName] = currencyNames[sign]!;
  const wholeText = `${whole} ${whole === '1' ? wholeName : `${wholeName}s`}`;
  if (part === undefined || part === '00') return wholeText;
  const partCount = Number(part);
  const partPlural = partName === 'penny' ? 'pence' : `${partName}s`;
  return `${wholeText} and ${partCount} ${partCount === 1 ? partName : partPlural}`;
}
