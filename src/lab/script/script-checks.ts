/**
 * Compares what a script expects of the agent with what the tape and the wire say. Pure.
 */
import type { CallAnalysis } from '../analysis/call-analysis.js';
import { describeDeed } from './call-script.js';
import type { RehearsedStep } from './rehearsal.js';
import type { PlayedStep } from './scripted-call.js';

export interface ScriptCheck {
  /** Counted from 1. */
  readonly step: number;
  readonly what: string;
  readonly passed: boolean;
  readonly detail: string;
}

/** Framing and trimming move an edge by less. */
const slackMs = 150;

/** @param played as many as were reached, in the order of `steps` */
export function checkScript(
  steps: readonly RehearsedStep[],
  played: readonly PlayedStep[],
  analysis: CallAnalysis,
): readonly ScriptCheck[] {
  return steps.flatMap((step, index) => {
    const lived = played[index];
    const check = (what: string, passed: boolean, detail: string): ScriptCheck => ({
      step: index + 1,
      what,
      passed,
      detail: `${describeDeed(step.deed)}: ${detail}`,
    });
    if (!lived) return [check('reached', false, 'the call ended before')];
    const { cue } = lived;
    const at = <T extends object>(found: readonly T[], instantOf: (one: T) => number): T | undefined =>
      found.find((one) => cue && Math.abs(instantOf(one) - cue.startMs) <= slackMs);
    const checks: ScriptCheck[] = [];
    if (step.withinMs !== null) {
      const latencyMs = at(analysis.turns, ({ startMs }) => startMs)?.latencyMs ?? null;
      const detail =
        latencyMs === null ? 'no answer' : `answered after ${Math.round(latencyMs)} ms of ${step.withinMs}`;
      checks.push(check('answered in time', latencyMs !== null && latencyMs <= step.withinMs, detail));
    }
    if (step.stopsWithinMs !== null) {
      const stopMs = at(analysis.bargeIns, ({ atMs }) => atMs)?.stopMs;
      const detail =
        stopMs === undefined
          ? 'the agent was not speaking'
          : stopMs === null
            ? 'the agent spoke on'
            : `silent after ${Math.round(stopMs)} ms of ${step.stopsWithinMs}`;
      checks.push(check('stops when spoken over', (stopMs ?? Infinity) <= step.stopsWithinMs, detail));
    }
    if ((step.deed.type === 'backchannel' || step.deed.type === 'cough') && step.overReplyMs !== null) {
      const outcome = at(analysis.briefs, ({ atMs }) => atMs)?.outcome;
      checks.push(
        check(
          'not interrupted by it',
          outcome === 'ignored' || outcome === 'resumed',
          outcome ?? 'the agent was not speaking',
        ),
      );
    }
    if (step.expect.length > 0) {
      const answer = lived.answer.toLowerCase();
      const missing = step.expect.filter((word) => !answer.includes(word.toLowerCase()));
      checks.push(
        check(
          'expected words',
          missing.length === 0,
          missing.length === 0 ? 'all said' : `without ${missing.join(', ')}`,
        ),
      );
    }
    if (step.understoodShare !== null && step.text !== null) {
      const share = understoodShare(step.text, lived.understood);
      checks.push(check('understood', share >= step.understoodShare, `${Math.round(share * 100)} % of the words`));
    }
    return checks;
  });
}

/** Share of the words of `said` that are in `understood` in the same order: the longest common subsequence. */
export function understoodShare(said: string, understood: string): number {
  const [spoken, heard] = [wordsOf(said), wordsOf(understood)];
  if (spoken.length === 0) return 1;
  let before = new Array<number>(heard.length + 1).fill(0);
  for (const word of spoken) {
    const row = [0];
    for (const [index, other] of heard.entries()) {
      row.push(word === other ? before[index]! + 1 : Math.max(before[index + 1]!, row[index]!));
    }
    before = row;
  }
  return before.at(-1)! / spoken.length;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}
