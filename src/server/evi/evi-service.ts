/**
 * All that EVI clients get: chats, what is configured for them, looking back. Opened with the server, closed with it.
 */
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { Metrics } from '../../core/metrics.js';
import { Scope } from '../../core/scope.js';
import { configContent, promptContent, toolContent } from '../../protocols/evi/library-wire.js';
import type { Endpoint } from '../endpoint.js';
import { sweepHourly } from '../hourly-sweep.js';
import type { HttpPage } from '../http-page.js';
import type { Config } from '../option-table.js';
import { phoneEndpoint, type PhoneOptions } from '../phone-endpoint.js';
import type { TwilioLine } from '../twilio-line.js';
import { ChatLog } from './chat-log.js';
import { ChatPages } from './chat-pages.js';
import { EviArchive } from './evi-archive.js';
import { eviEndpoint } from './evi-endpoint.js';
import { EviLibrary } from './evi-library.js';
import { EviTwilioPage, eviTwilioLine } from './evi-twilio.js';
import { EviWebhooks } from './evi-webhooks.js';
import { configAnswer, promptAnswer, toolAnswer } from './library-answers.js';
import { LibraryPages } from './library-pages.js';
import { LiveChats } from './live-chats.js';
import { VoicePages } from './voice-pages.js';

export interface EviServiceOptions {
  readonly config: Config;
  readonly phones: PhoneOptions;
  readonly twilio: TwilioLine;
  /** Undefined while the voice is not loaded. */
  readonly voices: () => readonly string[] | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export class EviService implements AsyncDisposable {
  readonly endpoints: readonly Endpoint[];
  readonly pages: readonly HttpPage[];
  readonly #archive: EviArchive;
  readonly #webhooks: EviWebhooks;
  readonly #scope = new Scope('evi', () => undefined);

  private constructor(options: EviServiceOptions, archive: EviArchive) {
    const { phones, twilio, clock, logger, metrics, config, voices } = options;
    const { access, calls } = phones;
    this.#archive = archive;
    const library = new EviLibrary({ documents: archive.library, clock });
    const log = new ChatLog({
      documents: archive.chats,
      retentionDays: archive.keepsChats ? config.chatRetentionDays : 1,
      isVolatile: !archive.keepsChats,
      clock,
      logger,
    });
    const { eviWebhookHosts: hosts, eviWebhookSecret: secret } = config;
    const webhooks = new EviWebhooks({ secret, hosts, clock, logger, metrics });
    this.#webhooks = webhooks;
    const parts = { library, log, webhooks, live: new LiveChats() };
    const telephone = { phones, twilio, parts };
    this.endpoints = [eviEndpoint(calls, parts), phoneEndpoint(phones, eviTwilioLine(telephone))];
    this.pages = [
      new LibraryPages({
        plural: 'configs',
        library: library.configs,
        content: configContent,
        check: (tenant, content) => library.assertResolvable(tenant, content),
        wireOf: (tenant, version) =>
          configAnswer(tenant, version, { library, webhookRefusalOf: (url) => webhooks.refusalOf(url) }),
        access,
      }),
      new LibraryPages({
        plural: 'prompts',
        library: library.prompts,
        content: promptContent,
        wireOf: async (_tenant, version) => promptAnswer(version),
        access,
      }),
      new LibraryPages({
        plural: 'tools',
        library: library.tools,
        content: toolContent,
        wireOf: async (_tenant, version) => toolAnswer(version),
        access,
      }),
      new ChatPages({ parts, access }),
      new EviTwilioPage(telephone),
      new VoicePages({ access, voices }),
    ];
    const told = { forgot: 'forgot chats that are past their time', unit: 'chats', failed: 'chats could not be swept' };
    sweepHourly({ sweep: () => log.sweep(), told, clock, logger, scope: this.#scope });
  }

  /** Throws as `EviArchive.open`. */
  static async open(options: EviServiceOptions): Promise<EviService> {
    return new EviService(options, await EviArchive.open(options.config, options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
    await this.#webhooks[Symbol.asyncDispose]();
    await this.#archive[Symbol.asyncDispose]();
  }
}
