/**
 * The server's memory of people with what belongs to it: its HTTP pages and the sweeping of what is past its retention.
 */
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { Scope } from '../core/scope.js';
import type { EmotionalMemory } from '../memory/emotional-memory.js';
import type { AuditTrail } from '../privacy/audit-log.js';
import { MemoryPages } from './memory-pages.js';
import { sweepHourly } from './hourly-sweep.js';
import { openMemory } from './open-memory.js';
import type { Config } from './option-table.js';
import type { Access } from './access.js';
import type { Tenants } from './tenants.js';

export class MemoryKeeping implements AsyncDisposable {
  readonly memory: EmotionalMemory | null;
  readonly pages: MemoryPages;
  readonly #scope = new Scope('memory', () => undefined);

  private constructor(
    memory: EmotionalMemory | null,
    {
      config,
      tenants,
      access,
      clock,
      logger,
    }: {
      readonly config: Config;
      readonly tenants: () => Tenants;
      readonly access: Access;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {
    this.memory = memory;
    this.pages = new MemoryPages({ memory, access });
    const retentionDays = (name: string): number =>
      tenants().named(name)?.memoryRetentionDays ?? config.memoryRetentionDays;
    if (memory === null) return;
    const told = {
      forgot: 'forgot what is past its retention',
      unit: 'records',
      failed: 'the memory could not be swept',
    };
    sweepHourly({ sweep: () => memory.sweep(retentionDays), told, clock, logger, scope: this.#scope });
  }

  /** Without emotion there is nothing to remember. Throws as `openMemory`. */
  static async open(options: {
    readonly config: Config;
    readonly tenants: () => Tenants;
    readonly access: Access;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly audit: AuditTrail | null;
  }): Promise<MemoryKeeping> {
    const { config } = options;
    const memory = config.emotion === 'off' ? null : await openMemory(config, { ...options, actor: 'server' });
    return new MemoryKeeping(memory, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
    await this.memory?.[Symbol.asyncDispose]();
  }
}
