/**
 * Reads a file of response rules. YAML, so that people can write it; every error names the line and the column.
 *
 * Strict: an unknown key is an error, for a misspelt condition would make a rule match more than was meant.
 */
import { z } from 'zod';
import { readYaml } from '../../core/yaml-file.js';
import { emotionCategories } from '../emotion/emotion-category.js';
import { emotionTrends } from '../fusion/emotion-timeline.js';
import { dialogueActs } from './dialogue-act.js';
import { escalationActions, type ResponseRules } from './response-rule.js';

const oneOrMore = <T extends z.ZodType>(one: T) =>
  z.union([one.transform((value) => [value]), z.array(one).min(1)]) as z.ZodType<readonly z.output<T>[]>;
const unit = z.number().min(0).max(1);
const localeTag = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a BCP 47 tag');

const conditionSchema = z.strictObject({
  feeling: oneOrMore(z.enum([...emotionCategories, 'unknown'])).optional(),
  trend: oneOrMore(z.enum(emotionTrends)).optional(),
  minStrength: unit.optional(),
  maxStrength: unit.optional(),
  minArousal: unit.optional(),
  maxArousal: unit.optional(),
  minValence: unit.optional(),
  maxValence: unit.optional(),
  minDominance: unit.optional(),
  maxDominance: unit.optional(),
  minTurns: z.int().min(1).max(32).optional(),
  after: oneOrMore(z.enum(dialogueActs)).optional(),
  locale: oneOrMore(localeTag).optional(),
});

/** Bounds keep one rule from making the voice a caricature; the style of a clause has bounds of its own. */
const styleSchema = z.strictObject({
  pitchShiftSemitones: z.number().min(-4).max(4).default(0),
  pitchRangeScale: z.number().min(0.5).max(2).default(1),
  rateScale: z.number().min(0.7).max(1.3).default(1),
  gainDb: z.number().min(-6).max(6).default(0),
  pauseScale: z.number().min(0.5).max(2).default(1),
});

const ruleSchema = z.strictObject({
  name: z.string().min(1).max(80),
  when: conditionSchema,
  acts: oneOrMore(z.enum(dialogueActs)).optional(),
  style: styleSchema.optional(),
  escalate: z.strictObject({ action: z.enum(escalationActions), reason: z.string().min(1).max(200) }).optional(),
  restTurns: z.int().min(0).max(1_000).default(2),
});

const localeSchema = z.strictObject({
  display: z.strictObject({ unpleasant: z.number().min(0.5).max(2), pleasant: z.number().min(0.5).max(2) }),
  answerStrength: z.number().min(0).max(1.5),
  manner: z.string().max(1_000),
});

const fileSchema = z.strictObject({
  rules: z.array(ruleSchema).max(200),
  locales: z.record(localeTag, localeSchema).default({}),
});

/** Throws RULES_INVALID with the place, as `rules[2].when.feeling` and line and column. */
export function parseResponseRules(text: string, fileName: string): ResponseRules {
  const { value, at } = readYaml(text, { schema: fileSchema, fileName, code: 'RULES_INVALID' });
  const { rules, locales } = value;
  const doubled = rules.findIndex(({ name }, index) => rules.findIndex((other) => other.name === name) !== index);
  if (doubled !== -1) throw at(['rules', doubled, 'name'], 'another rule has this name');
  return {
    rules: rules.map(({ name, when, acts, style, escalate, restTurns }) => ({
      name,
      when: {
        feelings: when.feeling ?? null,
        trends: when.trend ?? null,
        strength: { min: when.minStrength ?? null, max: when.maxStrength ?? null },
        arousal: { min: when.minArousal ?? null, max: when.maxArousal ?? null },
        valence: { min: when.minValence ?? null, max: when.maxValence ?? null },
        dominance: { min: when.minDominance ?? null, max: when.maxDominance ?? null },
        minTurns: when.minTurns ?? 1,
        afterActs: when.after ?? null,
        locales: when.locale ?? null,
      },
      acts: acts ?? [],
      style: style ?? null,
      escalation: escalate ?? null,
      restTurns,
    })),
    locales: Object.entries(locales).map(([locale, profile]) => ({ locale, ...profile })),
  };
}
