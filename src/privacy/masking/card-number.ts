/**
 * Digits that are a payment card number: the check digit of ISO/IEC 7812-1, Annex B ("Luhn").
 */

const leastDigits = 13;
const mostDigits = 19;

/** @param digits nothing else. */
export function isCardNumber(digits: string): boolean {
  if (digits.length < leastDigits || digits.length > mostDigits || /^0+$/.test(digits)) return false;
  let sum = 0;
  for (let fromEnd = 0; fromEnd < digits.length; fromEnd += 1) {
    const digit = Number(digits[digits.length - 1 - fromEnd]);
    const doubled = fromEnd % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
