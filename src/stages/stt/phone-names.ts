/**
 * The phones of English that pronunciations are written in: CMUdict's without stress.
 */
export const phoneNames: ReadonlySet<string> = new Set(
  'AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH'.split(' '),
);
