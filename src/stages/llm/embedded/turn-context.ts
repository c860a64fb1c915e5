/**
 * What a turn is answered with besides the dialogue itself: who the assistant is, the time, and how phrasings vary.
 */
import type { Persona } from './persona.js';
import type { Variation } from './variation.js';

export interface TurnContext {
  readonly persona: Persona;
  /** Milliseconds since the Unix epoch. */
  readonly wallTimeMs: number;
  /** IANA name; undefined for the machine's own. */
  readonly timeZone: string | undefined;
  readonly locale: string;
  readonly variation: Variation;
}

/** `Ada from Example Bank here`, for greetings. */
export function introductionOf({ name, organisation }: Persona): string {
  if (name === null && organisation === null) return 'this is your voice assistant';
  if (name === null) return `this is the voice assistant of ${organisation}`;
  return organisation === null ? `this is ${name}` : `this is ${name} from ${organisation}`;
}
