/**
 * What a turn was about, in at most three content words: enough to say “the delivery” next week, too little to quote.
 *
 * A word must be in a list of things people call a service about, or be long and not a function word. Numbers, anything
 * capitalised within a sentence (names) and anything with a digit or an @ never becomes a topic.
 */

const mostTopics = 3;
const leastLetters = 5;

/** Words that name what calls are about, singular; they come before all others. */
const subjects: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(
    (
      'account address appointment bill booking cancellation card charge complaint connection contract delay delivery deposit doctor ' +
      'engine fee flight hospital hotel insurance internet invoice job letter loan luggage medicine meeting mortgage number offer ' +
      'operation order package parcel password payment phone price product refund rent repair reservation result school shipment ' +
      'subscription support surgery technician ticket train transfer travel visa voucher wait warranty weather website work'
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
};

/** Long words that say how, not what. */
const empty = new Set(
  (
    'about after again already always another anything because before being believe could didnt doesnt everything going having ' +
    'hello maybe nobody nothing never other people please really right should since somebody something still thank thanks their ' +
    'there these thing things think third second fourth those times today tomorrow trying until waiting wanted where which while would ' +
    'yesterday yourself angry happy terrible useless ridiculous wonderful great awful horrible minutes hours weeks months called calling'
  ).split(' '),
);

/** Lower-case words, subjects first, at most three; none of them is a number or a name. */
export function topicsOf(text: string, language: string): readonly string[] {
  const primary = language.toLowerCase().split('-')[0] ?? '';
  const known = subjects[primary] ?? new Set<string>();
  const named: string[] = [];
  const others: string[] = [];
  let startsSentence = true;
  for (const { segment, isWordLike } of new Intl.Segmenter(primary, { granularity: 'word' }).segment(text)) {
    if (isWordLike !== true) {
      startsSentence ||= /[.!?。！？]/u.test(segment);
      continue;
    }
    const word = segment.toLowerCase();
    const singular = primary === 'en' ? singularOf(word, known) : word;
    const isName = primary !== 'de' && !startsSentence && word !== segment;
    startsSentence = false;
    if (/[^\p{L}]/u.test(word) || isName) continue;
    if (known.has(singular)) named.push(singular);
    else if (word.length >= leastLetters && primary === 'en' && !empty.has(word) && !/(?:ing|ed|ly)$/u.test(word))
      others.push(word);
  }
  // A word outside the list may be a name that a recogniser wrote small; it is taken only where the list had something to add to.
  return [...new Set([...named, ...(named.length > 0 ? others.slice(0, 1) : [])])].slice(0, mostTopics);
}

function singularOf(word: string, known: ReadonlySet<string>): string {
  if (known.has(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}
