/**
 * How a call responds to feelings, turn by turn: applies the operator's rules to the present feeling and the course so far.
 *
 * The rules are read anew for every decision, so a changed file takes effect in calls in progress. Escalations are told
 * once the turn is judged, whether or not a reply follows; acts count when the caller hears them.
 */
import { ResponseCourse } from '../stages/response/response-course.js';
import { decideResponse, type PresentFeeling, type ResponseDecision } from '../stages/response/response-policy.js';
import type { ResponseRules } from '../stages/response/response-rule.js';
import type { SessionEvent } from './events.js';

export interface RespondingOptions {
  readonly rules: () => ResponseRules;
  readonly locale: () => string;
  readonly emit: (event: Extract<SessionEvent, { type: 'escalation' }>) => void;
}

export class Responding {
  readonly #options: RespondingOptions;
  readonly #course = new ResponseCourse();

  constructor(options: RespondingOptions) {
    this.#options = options;
  }

  /** A turn was judged; null when there was nothing to judge by. */
  noteTurn(itemId: string, feeling: (PresentFeeling & { readonly explanation: string }) | null): void {
    if (feeling === null) return;
    this.#course.noteTurn(feeling.label);
    const { label, confidence, trend, explanation } = feeling;
    const locale = this.#options.locale();
    for (const { rule, action, reason } of this.decide(feeling).escalations) {
      this.#course.noteEscalated(rule);
      this.#options.emit({
        type: 'escalation',
        itemId,
        rule,
        action,
        reason,
        label,
        confidence,
        trend,
        locale,
        explanation,
      });
    }
  }

  decide(feeling: PresentFeeling | null): ResponseDecision {
    return this.#decideIn(this.#course, feeling);
  }

  /** What `decide` would say after `noteTurn`; nothing is noted and nobody is told. */
  foresee(feeling: PresentFeeling | null): ResponseDecision {
    const course = this.#course.copy();
    if (feeling !== null) {
      course.noteTurn(feeling.label);
      for (const { rule } of this.#decideIn(course, feeling).escalations) course.noteEscalated(rule);
    }
    return this.#decideIn(course, feeling);
  }

  #decideIn(course: ResponseCourse, feeling: PresentFeeling | null): ResponseDecision {
    return decideResponse(this.#options.rules(), { feeling, locale: this.#options.locale(), course });
  }

  /** The caller began to hear, or to read, a reply that was decided on. */
  noteHeard(decision: ResponseDecision): void {
    this.#course.noteHeard(decision);
  }
}
