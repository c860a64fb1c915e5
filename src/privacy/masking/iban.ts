/**
 * Account numbers as ISO 13616 has them: country, two check digits, up to thirty characters, remainder 1 modulo 97.
 */
import type { PersonalSpan } from './personal-span.js';

const pattern = /(?<![\p{L}\p{N}])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{2,4}){3,8}(?![\p{L}\p{N}])/gu;
const leastLength = 15;
const mostLength = 34;
/** With so many digits it is somebody's number, though a digit of it was misheard. */
const leastDigits = 12;

/** Written ones, in groups or in one piece. */
export function findIbans(text: string): readonly PersonalSpan[] {
  const spans: PersonalSpan[] = [];
  for (const match of text.matchAll(pattern)) {
    // A following word may have been taken for a last group.
    let found = match[0];
    while (!isIban(found) && /[ -][^ -]*$/.test(found)) found = found.replace(/[ -][^ -]*$/, '');
    if (isIban(found)) spans.push({ kind: 'iban', startChar: match.index, endChar: match.index + found.length });
    else if (match[0].replace(/\D/g, '').length >= leastDigits)
      spans.push({ kind: 'number', startChar: match.index, endChar: match.index + match[0].length });
  }
  return spans;
}

function isIban(text: string): boolean {
  const code = text.replace(/[ -]/g, '').toUpperCase();
  if (code.length < leastLength || code.length > mostLength) return false;
  let remainder = 0;
  for (const sign of code.slice(4) + code.slice(0, 4)) {
    const value = parseInt(sign, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
