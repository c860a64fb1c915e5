/**
 * What a person has agreed to, kept per person and per call.
 *
 * Nothing was asked: `unknown`. A refusal and a withdrawal both forbid; they differ in what they ask for. A refusal says
 * "do not begin", a withdrawal says "stop, and forget what you have" (Regulation (EU) 2016/679, Articles 7(3) and 17(1)(b)).
 */

export const consentStates = ['unknown', 'given', 'refused', 'withdrawn'] as const;

export type ConsentState = (typeof consentStates)[number];

/** What is asked for separately: inferring emotion in a call, remembering it for the next one, keeping the sound. */
export const consentSubjects = ['emotion', 'memory', 'recording'] as const;

export type ConsentSubject = (typeof consentSubjects)[number];

export type Consent = Readonly<Record<ConsentSubject, ConsentState>>;

export const unknownConsent: Consent = { emotion: 'unknown', memory: 'unknown', recording: 'unknown' };

/** True when the person said no, before or after having said yes. */
export function isDenied(state: ConsentState): boolean {
  return state === 'refused' || state === 'withdrawn';
}

/** A denial after a yes is a withdrawal, whatever it is called by the one who passes it on; all else is taken as told. */
export function nextConsent(now: ConsentState, told: ConsentState): ConsentState {
  return now === 'given' && told === 'refused' ? 'withdrawn' : told;
}
