/**
 * Puts the parts together: configuration in, a listening server out.
 *
 * The port opens first, so that health can be asked while models load; calls are admitted when they are there.
 */
import { defined } from '../core/assert.js';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { Scope } from '../core/scope.js';
import type { Abilities } from '../pipeline/abilities.js';
import { defaultSessionLimits, type SessionLimits } from '../session/session-limits.js';
import { EscalationWebhook, signingKeyOf, type EscalationWebhookOptions } from './escalation-webhook.js';
import { Readiness } from './health.js';
import { openAudit } from './open-audit.js';
import type { AuditEvent } from '../privacy/audit-chain.js';
import type { AuditLog } from '../privacy/audit-log.js';
import type { CallOptions } from './call.js';
import { CallAudit } from './call-audit.js';
import { MemoryKeeping } from './memory-keeping.js';
import { HttpServer, type HttpServerOptions } from './http-server.js';
import type { Config } from './option-table.js';
import { eviEndpoint } from './evi-endpoint.js';
import { realtimeEndpoint } from './realtime-endpoint.js';
import { Tenants, type Tenant } from './tenants.js';
import { VoiceStack } from './voice-stack.js';

export interface AttuneServerOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly exposition: HttpServerOptions['exposition'];
}

export class AttuneServer implements AsyncDisposable {
  readonly port: number;
  readonly #config: Config;
  readonly #http: HttpServer;
  readonly #stack: VoiceStack;
  readonly #memory: MemoryKeeping;
  readonly #audit: AuditLog | null;
  readonly #callAudit: CallAudit;
  readonly #escalations: EscalationWebhook | null;

  private constructor(
    config: Config,
    parts: {
      readonly http: HttpServer;
      readonly stack: VoiceStack;
      readonly memory: MemoryKeeping;
      readonly audit: AuditLog | null;
      readonly callAudit: CallAudit;
      readonly escalations: EscalationWebhook | null;
    },
    port: number,
  ) {
    this.#config = config;
    this.#http = parts.http;
    this.#stack = parts.stack;
    this.#memory = parts.memory;
    this.#audit = parts.audit;
    this.#callAudit = parts.callAudit;
    this.#escalations = parts.escalations;
    this.port = port;
  }

  /** Loads the models and listens. Throws what the models or the port have against it; nothing is left open then. */
  static async start(options: AttuneServerOptions): Promise<AttuneServer> {
    const { config, clock, logger, metrics, exposition } = options;
    const readiness = new Readiness();
    const loading = new Scope('loading', () => undefined);
    let abilities: Abilities | undefined;
    let memory: MemoryKeeping | undefined;
    let audit: AuditLog | null = null;
    let callAudit: CallAudit | undefined;
    const tenants = await Tenants.read(config);
    const escalations = openEscalations(config, { clock, logger, metrics });
    const stack = await VoiceStack.create(options);
    const calls: CallOptions = {
      // No call is admitted before readiness says so.
      abilities: () => defined(abilities, 'the abilities of a ready server'),
      memory: () => memory?.memory ?? null,
      recordedModels: () => stack.emotionModels,
      limits: limitsOf(config),
      observers: (call) => [
        defined(callAudit, 'the audit of a ready server').observer(call),
        ...(escalations === null ? [] : [escalations.observer(call)]),
      ],
    };
    const http = new HttpServer({
      host: config.host,
      port: config.port,
      tenants,
      maxCalls: config.maxCalls,
      maxMessageBytes: config.maxMessageBytes,
      transport: { heartbeatMs: config.heartbeatMs },
      endpoints: [realtimeEndpoint(calls), eviEndpoint(calls)],
      onKeyRefused: (path) => callAudit?.noteRefusedKey(path),
      readiness,
      exposition,
      memory: () => memory?.pages,
      clock,
      logger,
      metrics,
    });
    try {
      const port = await http.listen();
      audit = await openAudit(config, clock);
      await audit?.note({
        action: 'server.started',
        tenant: '',
        actor: 'server',
        subject: null,
        facts: factsOf(config),
      });
      for (const tenant of tenants.all) await audit?.note(tenantEntry(tenant));
      callAudit = new CallAudit({ trail: audit, clock, logger });
      memory = await MemoryKeeping.open({ ...options, tenants, audit });
      abilities = await stack.openAbilities(loading.signal);
      readiness.ready();
      const providers = [...new Set(stack.openedModels.map((model) => model.provider))].join(', ');
      const { responder, tts, voiceEmotion } = abilities;
      logger.info('listening', { host: config.host, port, providers, responder: responder.name, tts: tts.name });
      if (voiceEmotion !== null) {
        const { name, licence } = stack.manifest.find(voiceEmotion.name);
        logger.info('voice emotion weights', { model: name, licence });
      }
      if (tenants.open && !isLoopback(config.host))
        logger.warn('no API keys are set: everybody who can connect can call');
      return new AttuneServer(config, { http, stack, memory, audit, callAudit, escalations }, port);
    } catch (error) {
      await http[Symbol.asyncDispose]();
      await escalations?.[Symbol.asyncDispose]();
      await memory?.[Symbol.asyncDispose]();
      await callAudit?.[Symbol.asyncDispose]();
      await audit?.[Symbol.asyncDispose]();
      await stack[Symbol.asyncDispose]();
      throw error;
    } finally {
      await loading[Symbol.asyncDispose]();
    }
  }

  get callCount(): number {
    return this.#http.callCount;
  }

  /** Finishes or hands back every call, then closes everything. */
  async drain(): Promise<void> {
    await this.#http.drain({ timeoutMs: this.#config.drainTimeoutMs });
    await this.#escalations?.[Symbol.asyncDispose]();
    await this.#memory[Symbol.asyncDispose]();
    await this.#callAudit[Symbol.asyncDispose]();
    await this.#audit?.[Symbol.asyncDispose]();
    await this.#stack[Symbol.asyncDispose]();
  }

  /** Ends the waiting of `drain`. */
  hurry(): void {
    this.#http.hurry();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
    await this.#escalations?.[Symbol.asyncDispose]();
    await this.#memory[Symbol.asyncDispose]();
    await this.#callAudit[Symbol.asyncDispose]();
    await this.#audit?.[Symbol.asyncDispose]();
    await this.#stack[Symbol.asyncDispose]();
  }
}

/** Throws OPTION_INVALID. */
function openEscalations(
  { escalationWebhookUrl: address, escalationWebhookSecret: secret }: Config,
  parts: Pick<EscalationWebhookOptions, 'clock' | 'logger' | 'metrics'>,
): EscalationWebhook | null {
  if (address === null) return null;
  const invalid = (field: string, message: string): AttuneError =>
    new AttuneError('OPTION_INVALID', message, { field });
  if (!/^https?:$/.test(URL.canParse(address) ? new URL(address).protocol : ''))
    throw invalid('escalationWebhookUrl', 'escalationWebhookUrl must be an http or https address');
  if (secret === null)
    throw invalid(
      'escalationWebhookSecret',
      'escalationWebhookUrl needs escalationWebhookSecret, to sign what is sent',
    );
  return new EscalationWebhook({ url: new URL(address), key: signingKeyOf(secret), ...parts });
}

/** What an auditor must know of a start. */
function factsOf({ emotion, purpose, purposeExemption, purposeExemptionReason, memory, licence }: Config) {
  const exemption = purposeExemption === 'none' ? {} : { purposeExemption, reason: purposeExemptionReason ?? '' };
  return { emotion, purpose, ...exemption, memory, licence };
}

/** What holds in the calls of a tenant that is not the server's own. */
function tenantEntry({
  name,
  emotionEnabled,
  purpose,
  purposeExempt,
  memoryRetentionDays,
  recordsTurns,
}: Tenant): AuditEvent {
  const facts = { emotionEnabled, purpose, purposeExempt, memoryRetentionDays, recordsTurns };
  return { action: 'tenant.opened', tenant: name, actor: 'server', subject: null, facts };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function limitsOf(config: Config): SessionLimits {
  return {
    ...defaultSessionLimits,
    maxSessionMs: config.maxSessionMinutes * 60_000,
    maxUtteranceMs: config.maxUtteranceMs,
    outputLeadMs: config.outputLeadMs,
  };
}
