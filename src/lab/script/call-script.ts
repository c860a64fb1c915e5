/**
 * What a caller is to say and do, written in YAML by people, and what is expected of the agent. Pure.
 *
 * Strict: an unknown key is an error, for a misspelt budget would never be missed.
 */
import { z } from 'zod';
import { readYaml } from '../../core/yaml-file.js';
import { lineQuality, type LineQuality } from '../line-quality.js';

const pause = z.strictObject({ pauseMs: z.number().int().min(50).max(10_000) });
const spoken = z.union([
  z.string().min(1).max(1_000),
  z
    .array(z.union([z.string().min(1).max(1_000), pause]))
    .min(1)
    .max(20),
]);

/** Exactly one of these says what a step is. */
const deeds = ['say', 'audio', 'backchannel', 'cough', 'press', 'pauseMs'] as const;

const stepSchema = z
  .strictObject({
    /** Text to speak, or texts with pauses between. */
    say: spoken.optional(),
    /** A recording, beside the script. */
    audio: z.string().min(1).optional(),
    /** A word that is no turn: `yeah`, `mm-hmm`. */
    backchannel: z.string().min(1).max(40).optional(),
    cough: z.literal(true).optional(),
    /** Keys of the telephone. */
    press: z
      .string()
      .regex(/^[0-9*#A-D]{1,32}$/, 'must be keys of a telephone: 0–9, * and #')
      .optional(),
    /** The caller is silent for so long. */
    pauseMs: z.number().int().min(0).max(60_000).optional(),
    /** How the text is spoken: a name of an emotion, neutral by default. */
    mood: z.string().max(40).optional(),
    /** Begin so long after the reply became audible, over it; without it the reply is heard out first. */
    overReplyMs: z.number().int().min(0).max(60_000).optional(),
    /** Words that the answer must have, in any order, whatever their case. */
    expect: z.array(z.string().min(1).max(100)).max(20).optional(),
    /** Budget from the end of this line to the first audible reply, from the recording. */
    withinMs: z.number().int().min(1).max(60_000).optional(),
    /** Budget from the first sound of this barge-in to the agent's silence. */
    stopsWithinMs: z.number().int().min(1).max(10_000).optional(),
    /** Share of this line's words that the agent must have understood. */
    understood: z.number().min(0).max(1).optional(),
  })
  .superRefine((step, context) => {
    const given = deeds.filter((deed) => step[deed] !== undefined);
    if (given.length !== 1) {
      const message = `must have exactly one of ${deeds.join(', ')}${given.length > 1 ? `, not ${given.join(' and ')}` : ''}`;
      context.addIssue({ code: 'custom', message });
    }
    const isLine = step.say !== undefined || step.audio !== undefined;
    for (const key of ['expect', 'withinMs', 'stopsWithinMs', 'understood'] as const) {
      if (step[key] !== undefined && !isLine) {
        context.addIssue({ code: 'custom', path: [key], message: 'belongs to a line that is said' });
      }
    }
    if (step.stopsWithinMs !== undefined && step.overReplyMs === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['stopsWithinMs'],
        message: 'needs overReplyMs: nobody is interrupted',
      });
    }
  });

const scriptSchema = z.strictObject({
  name: z.string().min(1).max(200),
  /** Voice of the caller. */
  voice: z.string().optional(),
  line: lineQuality.optional(),
  /** An agent that speaks first is heard out when it begins within this time. */
  greetingWithinMs: z.number().int().min(0).max(30_000).default(1_000),
  steps: z.array(stepSchema).min(1).max(500),
});

type WrittenStep = z.output<typeof stepSchema>;

/** A stretch of a line: words, or a pause of the caller within it. */
export type SpokenPart = string | { readonly pauseMs: number };

export type StepDeed =
  | { readonly type: 'say'; readonly parts: readonly SpokenPart[]; readonly mood: string }
  | { readonly type: 'audio'; readonly file: string }
  | { readonly type: 'backchannel'; readonly text: string }
  | { readonly type: 'cough' }
  | { readonly type: 'press'; readonly digits: string }
  | { readonly type: 'pause'; readonly durationMs: number };

export interface ScriptStep {
  readonly deed: StepDeed;
  readonly overReplyMs: number | null;
  readonly expect: readonly string[];
  readonly withinMs: number | null;
  readonly stopsWithinMs: number | null;
  /** 0…1. */
  readonly understoodShare: number | null;
}

export interface CallScript {
  readonly name: string;
  readonly voice: string | null;
  readonly line: LineQuality | null;
  readonly greetingWithinMs: number;
  readonly steps: readonly ScriptStep[];
}

/** Throws SCRIPT_INVALID with the line, the column and the field. */
export function readCallScript(text: string, fileName: string): CallScript {
  const { value } = readYaml(text, { schema: scriptSchema, fileName, code: 'SCRIPT_INVALID' });
  const { name, voice, line, greetingWithinMs, steps } = value;
  return { name, voice: voice ?? null, line: line ?? null, greetingWithinMs, steps: steps.map(stepOf) };
}

/** What a step says, in one line. */
export function describeDeed(deed: StepDeed): string {
  switch (deed.type) {
    case 'say':
      return deed.parts.map((part) => (typeof part === 'string' ? part : '…')).join(' ');
    case 'audio':
      return deed.file;
    case 'backchannel':
      return `(${deed.text})`;
    case 'cough':
      return '(cough)';
    case 'press':
      return `(presses ${deed.digits})`;
    case 'pause':
      return `(silence, ${deed.durationMs} ms)`;
  }
}

function stepOf(step: WrittenStep): ScriptStep {
  return {
    deed: deedOf(step),
    overReplyMs: step.overReplyMs ?? null,
    expect: step.expect ?? [],
    withinMs: step.withinMs ?? null,
    stopsWithinMs: step.stopsWithinMs ?? null,
    understoodShare: step.understood ?? null,
  };
}

function deedOf(step: WrittenStep): StepDeed {
  if (step.say !== undefined) {
    return { type: 'say', parts: typeof step.say === 'string' ? [step.say] : step.say, mood: step.mood ?? 'neutral' };
  }
  if (step.audio !== undefined) return { type: 'audio', file: step.audio };
  if (step.backchannel !== undefined) return { type: 'backchannel', text: step.backchannel };
  if (step.press !== undefined) return { type: 'press', digits: step.press };
  return step.cough ? { type: 'cough' } : { type: 'pause', durationMs: step.pauseMs ?? 0 };
}
