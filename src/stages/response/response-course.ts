/**
 * What a call has been through so far, as far as the response to the next turn depends on it: how long a feeling lasts,
 * what was already done about it, and which rules rest.
 *
 * One per call. An act counts when the caller began to hear the reply that carries it; what was thought of and broken off
 * before is still due.
 */
import type { EmotionLabel } from '../fusion/emotion-estimate.js';
import type { DialogueAct } from './dialogue-act.js';
import { recentTurns, type ResponseRule } from './response-rule.js';

/** Longest look back. */
const maxLabels = 64;

export class ResponseCourse {
  readonly #labels: EmotionLabel[] = [];
  readonly #heardAtTurn = new Map<DialogueAct, number>();
  readonly #actedAtTurn = new Map<string, number>();
  readonly #escalatedAtTurn = new Map<string, number>();
  #turn = 0;

  /** A course that goes on from here by itself. */
  copy(): ResponseCourse {
    const copy = new ResponseCourse();
    copy.#labels.push(...this.#labels);
    for (const [act, atTurn] of this.#heardAtTurn) copy.#heardAtTurn.set(act, atTurn);
    for (const [rule, atTurn] of this.#actedAtTurn) copy.#actedAtTurn.set(rule, atTurn);
    for (const [rule, atTurn] of this.#escalatedAtTurn) copy.#escalatedAtTurn.set(rule, atTurn);
    copy.#turn = this.#turn;
    return copy;
  }

  /** A turn of the caller was judged. */
  noteTurn(label: EmotionLabel): void {
    this.#turn += 1;
    this.#labels.push(label);
    if (this.#labels.length > maxLabels) this.#labels.shift();
  }

  /** The caller began to hear a reply that does this, because of the rules of these names. */
  noteHeard({
    acts,
    actingRules,
  }: {
    readonly acts: readonly DialogueAct[];
    readonly actingRules: readonly string[];
  }): void {
    for (const act of acts) this.#heardAtTurn.set(act, this.#turn);
    for (const rule of actingRules) this.#actedAtTurn.set(rule, this.#turn);
  }

  /** The operator's people were told because of this rule. */
  noteEscalated(rule: string): void {
    this.#escalatedAtTurn.set(rule, this.#turn);
  }

  /** Turns in a row, the latest included, whose label is one of these. */
  turnsIn(labels: readonly EmotionLabel[]): number {
    const broken = this.#labels.findLastIndex((label) => !labels.includes(label));
    return this.#labels.length - 1 - broken;
  }

  /** True when one of the acts was heard in an earlier turn, not too long ago. */
  heardRecently(acts: readonly DialogueAct[]): boolean {
    return acts.some((act) => {
      const atTurn = this.#heardAtTurn.get(act);
      return atTurn !== undefined && atTurn < this.#turn && this.#turn - atTurn <= recentTurns;
    });
  }

  /** True while a rule does not act again, and while it does not tell again. */
  restsFromActing(rule: Pick<ResponseRule, 'name' | 'restTurns'>): boolean {
    return this.#isWithinRest(this.#actedAtTurn, rule);
  }

  restsFromEscalating(rule: Pick<ResponseRule, 'name' | 'restTurns'>): boolean {
    return this.#isWithinRest(this.#escalatedAtTurn, rule);
  }

  #isWithinRest(
    atTurns: ReadonlyMap<string, number>,
    { name, restTurns }: Pick<ResponseRule, 'name' | 'restTurns'>,
  ): boolean {
    const atTurn = atTurns.get(name);
    return atTurn !== undefined && this.#turn - atTurn <= restTurns;
  }
}
