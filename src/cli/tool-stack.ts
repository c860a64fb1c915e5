/**
 * What the tools for files and pipes share: how they open the models, and the name under which they queue.
 *
 * They speak through their results alone, so they log nothing and count nothing.
 */
import type { Clock } from '../core/clock.js';
import { silentLogger } from '../core/logger.js';
import { silentMetrics } from '../core/metrics.js';
import type { OptionName } from '../server/option-table.js';
import { VoiceStack } from '../server/voice-stack.js';
import { configFrom, type ConfigFlags } from './config-options.js';

/** Flags of every tool that runs a model. */
export const toolOptionNames: readonly OptionName[] = ['modelDir', 'providers', 'inferenceWorkers'];

/** Files or lines in work at one time: enough to fill batches, few enough to bound memory. */
export const toolConcurrency = 8;

/** Time one request of a tool may take, queueing included: nobody waits at the other end of a line. */
export const toolTimeoutMs = 60_000;

/** A stack with no ability open yet; the caller disposes it. Throws as `configFrom` and `VoiceStack.create`. */
export function openToolStack(flags: ConfigFlags, clock: Clock): Promise<VoiceStack> {
  return VoiceStack.create({ config: configFrom(flags), clock, logger: silentLogger, metrics: silentMetrics });
}
