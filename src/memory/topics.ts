/**
 * What a turn was about, in at most three content words: enough to say “the delivery” next week, too little to quote.
 *
 * The vocabulary is closed: only words listed here, things people call a service about, ever become topics. A name, a place
 * or a number cannot, however a recogniser spells it.
 */

import { primaryLanguage } from '../core/language-tag.js';

const mostTopics = 3;

/** Words that name what calls are about, singular. */
const subjects = new Map<string, ReadonlySet<string>>(
  Object.entries({
    en: new Set(
      (
        'account address appointment bill booking cancellation card charge complaint connection contract delay delivery deposit ' +
        'doctor engine fee flight hospital hotel insurance internet invoice job letter loan luggage medicine meeting mortgage ' +
        'number offer operation order package parcel password payment phone price product refund rent repair reservation result ' +
        'school shipment subscription support surgery technician ticket train transfer travel visa voucher wait warranty ' +
        'weather website work accident balance claim computer damage electricity laptop login noise pharmacy prescription ' +
        'router salary schedule seat tax treatment'
      ).split(' '),
    ),
    de: new Set(
      'bestellung lieferung rechnung termin vertrag konto karte paket rückerstattung zahlung reparatur flug zug anschluss internet'.split(
        ' ',
      ),
    ),
    es: new Set(
      'pedido entrega factura cita contrato cuenta tarjeta paquete reembolso pago reparación vuelo tren'.split(' '),
    ),
    fr: new Set(
      'commande livraison facture contrat compte carte colis remboursement paiement réparation train'.split(' '),
    ),
    zh: new Set('订单 快递 发货 账单 退款 预约 合同 账户 银行卡 包裹 付款 维修 航班 火车 网络'.split(' ')),
    ja: new Set('注文 配送 請求書 予約 契約 口座 荷物 返金 支払い 修理 電車'.split(' ')),
  }),
);

/** All of them, for what was written under another language or an older version. */
const vocabulary: ReadonlySet<string> = new Set([...subjects.values()].flatMap((words) => [...words]));

/** Words that are names as well, and what stands before them when they are not. */
const namesToo = new Set(['bill']);
const leadIns = new Set('a the my your our this that last next every first final phone gas power water'.split(' '));

/** True for the words that may be kept. */
export function isTopic(word: string): boolean {
  return vocabulary.has(word);
}

/** Lower-case words of the vocabulary in the order they were said, at most three. */
export function topicsOf(text: string, language: string): readonly string[] {
  const primary = primaryLanguage(language);
  const known = subjects.get(primary);
  if (known === undefined) return [];
  const topics = new Set<string>();
  let before = '';
  for (const { segment, isWordLike } of new Intl.Segmenter(primary, { granularity: 'word' }).segment(text)) {
    if (isWordLike !== true) continue;
    const word = segment.toLowerCase();
    const singular = primary === 'en' ? singularOf(word, known) : word;
    if (known.has(singular) && (!namesToo.has(word) || leadIns.has(before))) topics.add(singular);
    before = word;
  }
  return [...topics].slice(0, mostTopics);
}

function singularOf(word: string, known: ReadonlySet<string>): string {
  if (known.has(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}
