/**
 * Names of people in Chinese and Japanese, which have no spaces and no capitals: introduced, addressed, or both.
 */
import { chineseSurnames, japaneseSurnames } from './given-names.js';
import type { PersonalSpan } from './personal-span.js';

const han = '\\p{Script=Han}';
const chineseFamily = chineseSurnames.join('|');
const japaneseFamily = [...japaneseSurnames].sort((a, b) => b.length - a.length).join('|');

/** The name is the first group. Bounded repetitions: linear in the text. */
const chinese: readonly RegExp[] = [
  new RegExp(
    `(?:我叫|我是|名字是|名字叫|姓名是?|我的名字叫|叫做|本人|联系人是?)((?:${chineseFamily})${han}{1,2})(?=[，。,.！!？? ]|$|的|打|想|要|在|，)`,
    'gu',
  ),
  new RegExp(`(?:我叫|我的名字是|名字是|我的名字叫|姓名)((?:${chineseFamily})${han}{1,2})`, 'gu'),
  new RegExp(`(?:我姓|免贵姓|敝姓|姓)(${chineseFamily})(?!名)`, 'gu'),
  new RegExp(`((?:${chineseFamily})${han}{0,2}?)(?=先生|女士|小姐|太太|老师|医生|经理|师傅)`, 'gu'),
];
const japanese: readonly RegExp[] = [
  new RegExp(
    `(?:私の名前は|名前は|わたしは|私は|氏名は)((?:${japaneseFamily})${han}{0,3}|[\\p{Script=Katakana}ー]{2,12})(?=と|です|で|、|。|$)`,
    'gu',
  ),
  new RegExp(
    `((?:${japaneseFamily})[${han}]{0,3}|[\\p{Script=Katakana}ー]{2,12})(?=と申します|といいます|と言います)`,
    'gu',
  ),
  new RegExp(`((?:${japaneseFamily})${han}{0,3})(?=さん|様|さま|先生|くん|氏)`, 'gu'),
];

export function findHanNames(text: string, language: string): readonly PersonalSpan[] {
  const patterns = language === 'zh' ? chinese : language === 'ja' ? japanese : [];
  return patterns.flatMap((pattern) =>
    Array.from(text.matchAll(pattern), (match) => {
      const startChar = match.index + match[0].indexOf(match[1]!);
      return { kind: 'name' as const, startChar, endChar: startChar + match[1]!.length };
    }),
  );
}
