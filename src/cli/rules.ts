/**
 * `attune rules check` and `try`: whether a file of response rules is understood, and what it would do.
 */
import type { Command } from 'commander';
import { AttuneError } from '../core/errors.js';
import { defaultRulesFile, readResponseRules } from '../server/response-rules-file.js';
import { emotionCategories } from '../stages/emotion/emotion-category.js';
import type { EmotionLabel } from '../stages/fusion/emotion-estimate.js';
import { rehearse, type SupposedTurn } from '../stages/response/rehearsal.js';
import type { ResponseRule } from '../stages/response/response-rule.js';
import type { StyleChange } from '../stages/tts/speaking-style.js';
import { terminal } from './terminal.js';

interface RulesFlags {
  readonly json?: boolean;
  readonly file?: string;
  readonly locale: string;
}

const labels: readonly EmotionLabel[] = [...emotionCategories, 'unknown'];
const usualConfidence = 0.7;

export function register(program: Command): void {
  const rules = program.command('rules').description('how Attune responds to feelings: check the rules, try them');
  rules
    .command('check')
    .description('read a file of response rules and list them')
    .argument('[file]', 'instead of the rules that come with Attune')
    .option('--json', 'one object per rule')
    .action((file: string | undefined, flags: RulesFlags) => check(file, flags));
  rules
    .command('try')
    .description('play turns of supposed feelings through the rules')
    .argument('<turns...>', `feelings in order, each with its confidence if wanted: angry angry:0.9 happy`)
    .option('--file <file>', 'instead of the rules that come with Attune')
    .option('--locale <tag>', 'BCP 47', 'en-US')
    .option('--json', 'one object per turn')
    .action((turns: readonly string[], flags: RulesFlags) => tryOut(turns, flags));
}

async function check(file: string | undefined, { json }: RulesFlags): Promise<void> {
  const { rules, locales } = await readResponseRules(file ?? defaultRulesFile);
  if (json) {
    for (const rule of rules) terminal.json(rule);
    return;
  }
  terminal.table(['rule', 'when', 'then', 'rests'], rules.map(rowOf));
  terminal.print(`${rules.length} rules, customs of ${locales.map(({ locale }) => locale).join(', ') || 'no place'}`);
}

async function tryOut(given: readonly string[], { file, locale, json }: RulesFlags): Promise<void> {
  const turns = rehearse(await readResponseRules(file ?? defaultRulesFile), given.map(turnOf), locale);
  if (json) {
    for (const turn of turns) terminal.json(turn);
    return;
  }
  terminal.table(
    ['', 'feeling', 'strength', 'course', 'rules', 'acts', 'style', 'escalates'],
    turns.map(({ label, confidence, trend, decision }, at) => [
      String(at + 1),
      `${label} ${confidence.toFixed(2)}`,
      decision.strength.toFixed(2),
      trend,
      decision.rules.join('\n'),
      decision.acts.join('\n'),
      styleText(decision.style),
      decision.escalations.map(({ action, reason }) => `${action}: ${reason}`).join('\n'),
    ]),
  );
}

/** Throws OPTION_INVALID. */
function turnOf(text: string): SupposedTurn {
  const [name = '', confidence = String(usualConfidence), ...rest] = text.split(':');
  const label = labels.find((known) => known === name);
  const value = Number(confidence);
  if (label === undefined || rest.length > 0 || !(value >= 0 && value <= 1) || confidence.trim() === '') {
    throw new AttuneError('OPTION_INVALID', `a turn is a feeling with or without a confidence 0 to 1, not '${text}'`, {
      field: 'turns',
      hint: `Feelings are ${labels.join(', ')}; angry:0.9 is one turn.`,
    });
  }
  return { label, confidence: value };
}

function rowOf({ name, when, acts, style, escalation, restTurns }: ResponseRule): readonly string[] {
  const bounds = (['strength', 'arousal', 'valence', 'dominance'] as const).flatMap((key) => {
    const { min, max } = when[key];
    return [...(min === null ? [] : [`${key} ≥ ${min}`]), ...(max === null ? [] : [`${key} ≤ ${max}`])];
  });
  const conditions = [
    when.feelings?.join(' or '),
    when.trends?.join(' or '),
    ...bounds,
    when.minTurns > 1 ? `for ${when.minTurns} turns` : undefined,
    when.afterActs && `after ${when.afterActs.join(' or ')}`,
    when.locales && `in ${when.locales.join(', ')}`,
  ].filter((part) => typeof part === 'string');
  const effects = [...acts, style && styleText(style), escalation && `${escalation.action}: ${escalation.reason}`];
  return [
    name,
    conditions.join('\n'),
    effects.filter((part) => typeof part === 'string').join('\n'),
    acts.length === 0 && escalation === null ? '–' : `${restTurns} turns`,
  ];
}

function styleText({ pitchShiftSemitones, pitchRangeScale, rateScale, gainDb, pauseScale }: StyleChange): string {
  const parts = [
    pitchShiftSemitones === 0 ? '' : `pitch ${signed(pitchShiftSemitones)} st`,
    pitchRangeScale === 1 ? '' : `range ×${pitchRangeScale.toFixed(2)}`,
    rateScale === 1 ? '' : `rate ×${rateScale.toFixed(2)}`,
    gainDb === 0 ? '' : `gain ${signed(gainDb)} dB`,
    pauseScale === 1 ? '' : `pauses ×${pauseScale.toFixed(2)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}
