/**
 * The output symbols of a CTC network as its export lists them, and how symbols make words.
 *
 * Two layouts: `vocab.json` of wav2vec2-like models (symbol to number, `|` between words, `<pad>` as blank) and
 * `tokens.txt` of NeMo and icefall exports (symbol and number a line, `▁` before a word, `<blk>` as blank). Pure.
 */
import { AttuneError } from '../../../core/errors.js';

export interface CtcVocabulary {
  /** Text of each symbol; a leading space begins a word, '' is silent (padding, unknown, beginning). */
  readonly pieces: readonly string[];
  readonly blank: number;
}

/** Blanks, most telling first. */
const blankNames = ['<blk>', '<blank>', '<eps>', '[PAD]', '<pad>', '_'];
/** What a symbol in angle or square brackets says is for machines. */
const isMark = (symbol: string): boolean => /^(<[^>]+>|\[[A-Z]+\])$/u.test(symbol);

/**
 * Reads either layout, told apart by the file's name. Throws MODEL_CORRUPT for a list with holes or without a blank.
 * @param blankName the blank's symbol when it is none of the usual ones
 */
export function readCtcVocabulary(content: string, file: string, blankName?: string): CtcVocabulary {
  const entries = file.endsWith('.json') ? jsonEntries(content, file) : lineEntries(content);
  const symbols: string[] = [];
  for (const [symbol, id] of entries) symbols[id] = symbol;
  const isWhole = symbols.length > 1 && Array.from(symbols).every((symbol) => symbol !== undefined);
  if (!isWhole) throw new AttuneError('MODEL_CORRUPT', `${file} does not number its symbols from 0`, { field: file });
  const names = blankName === undefined ? blankNames : [blankName];
  const blank = names.map((name) => symbols.indexOf(name)).find((id) => id >= 0);
  if (blank === undefined) {
    throw new AttuneError('MODEL_CORRUPT', `${file} has no blank among its symbols`, {
      field: file,
      hint: `Name it as "blank" in the options of model.json; looked for ${names.join(', ')}.`,
    });
  }
  return { pieces: symbols.map((symbol, id) => (id === blank ? '' : pieceOf(symbol))), blank };
}

function pieceOf(symbol: string): string {
  if (symbol === '|' || symbol === '<space>') return ' ';
  return isMark(symbol) ? '' : symbol.replaceAll('▁', ' ');
}

function jsonEntries(content: string, file: string): readonly (readonly [string, number])[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new AttuneError('MODEL_CORRUPT', `${file} is not JSON`, { field: file, cause });
  }
  if (Array.isArray(value)) return value.map((symbol, id) => [String(symbol), id]);
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.flatMap(([symbol, id]) => (isId(id) ? [[symbol, id] as const] : []));
}

/** `symbol number`, or a symbol a line; a symbol may itself be a space. */
function lineEntries(content: string): readonly (readonly [string, number])[] {
  const lines = content.split(/\r?\n/u).filter((line) => line !== '');
  return lines.map((line, index) => {
    const [, symbol, id] = /^(.*?)[ \t]+(\d+)$/u.exec(line) ?? [];
    return symbol === undefined ? [line, index] : [symbol === '' ? ' ' : symbol, Number(id)];
  });
}

/** No vocabulary of speech has more symbols; a damaged file must not make a huge array. */
const maxSymbolCount = 1_000_000;

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < maxSymbolCount;
}
