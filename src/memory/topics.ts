/**
 * What a turn was about, in at most three words: enough to say “the delivery” next week, too little to quote.
 *
 * From a closed list of what people call a service about. Neither a name nor a place can become a topic, however a
 * recogniser writes it.
 */

const mostTopics = 3;

/** Words that name what calls are about, singular. */
const subjects: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(
    (
      'agent answer battery boiler breakdown broadband bus claim code coverage customs damage deadline defect device discount dispute email error ' +
      'exchange fault fine form gas heating key laptop leak licence limit line lock login mistake mobile noise notice outage passport permit pension ' +
      'plan policy prescription printer queue receipt renewal replacement review robot router schedule screen service shoe signal store tax ' +
      'television theft update upgrade water ' +
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

/** Subjects in singular, at most three, in the order in which they came. */
export function topicsOf(text: string, language: string): readonly string[] {
  const primary = language.toLowerCase().split('-')[0] ?? '';
  const known = subjects[primary] ?? new Set<string>();
  const named = new Set<string>();
  for (const { segment, isWordLike } of new Intl.Segmenter(primary, { granularity: 'word' }).segment(text)) {
    if (isWordLike !== true) continue;
    const word = segment.toLowerCase();
    const singular = primary === 'en' ? singularOf(word, known) : word;
    if (known.has(singular)) named.add(singular);
  }
  return [...named].slice(0, mostTopics);
}

function singularOf(word: string, known: ReadonlySet<string>): string {
  if (known.has(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}
