/**
 * What the operator's configuration of a platform may say about a call, as settings of the session.
 */
import {
  semanticTurnDetection,
  type SessionSettings,
  type SettingsPatch,
  type ToneReactions,
} from '../../session/settings.js';
import type { PhoneStart } from './phone-protocol.js';

/** People who look for an answer or a card need this long. */
const silence = { promptAfterMs: 8_000, prompts: 2 } as const;

const languageTag = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/u;

/** What the operator has set for all calls; a platform may say otherwise of one. */
export interface PhoneDefaults {
  readonly tones: ToneReactions;
  readonly holdSound: SessionSettings['holdSound'];
  /** What is said first where the platform says nothing else; null for nothing. */
  readonly greeting: string | null;
  /** Said after it, whatever the platform says: people who can only hear must be told by voice. */
  readonly notice: string | null;
}

export function phoneSettings({ parameters, maySpeak }: PhoneStart, defaults: PhoneDefaults): SettingsPatch {
  const { locale, voice, instructions, person } = parameters;
  const said = [parameters['greeting'] ?? defaults.greeting, defaults.notice].filter(
    (text) => text !== null && text !== '',
  );
  const turnDetection = { ...semanticTurnDetection, createReply: maySpeak, interruptReply: maySpeak };
  return {
    turnDetection,
    mayHangUp: maySpeak,
    greeting: maySpeak && said.length > 0 ? said.join(' ') : null,
    silence: maySpeak ? silence : null,
    tones: maySpeak ? tonesOf(parameters, defaults.tones) : { fax: 'tell', beep: 'tell' },
    mayHold: maySpeak && parameters['hold'] === 'on',
    holdSound: maySpeak ? defaults.holdSound : 'none',
    ...(locale !== undefined && languageTag.test(locale) ? { locale } : {}),
    ...(voice !== undefined && voice !== '' ? { voice } : {}),
    ...(instructions !== undefined && instructions !== '' ? { instructions } : {}),
    ...(person !== undefined && person !== '' ? { person } : {}),
  };
}

/** A reaction that is not known leaves the operator's. */
function tonesOf({ fax, beep }: PhoneStart['parameters'], tones: ToneReactions): ToneReactions {
  return {
    fax: fax === 'hang-up' || fax === 'tell' ? fax : tones.fax,
    beep: beep === 'greet' || beep === 'tell' ? beep : tones.beep,
  };
}
