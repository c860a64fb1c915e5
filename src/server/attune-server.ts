/**
 * Puts the parts together: configuration in, a listening server out.
 *
 * The port opens first, so that health can be asked while models load; calls are admitted when they are there.
 */
import { join } from 'node:path';
import { defined } from '../core/assert.js';
import type { Clock } from '../core/clock.js';
import { AttuneError } from '../core/errors.js';
import type { Load } from '../core/load-level.js';
import type { Logger } from '../core/logger.js';
import type { Metrics } from '../core/metrics.js';
import { Scope } from '../core/scope.js';
import type { Abilities } from '../pipeline/abilities.js';
import { defaultSessionLimits, type SessionLimits } from '../session/session-limits.js';
import { EscalationWebhook, signingKeyOf, type EscalationWebhookOptions } from './escalation-webhook.js';
import { Readiness } from './health.js';
import { AudiosocketListener } from './audiosocket-listener.js';
import { openAudit } from './open-audit.js';
import { AboutPage } from './about-page.js';
import { Access } from './access.js';
import type { CallOptions } from './call.js';
import { CallControlPages } from './call-control-pages.js';
import { CallControls } from './call-controls.js';
import { sttEngineOf } from './chosen-stt.js';
import { ClientSecretPages } from './client-secret-pages.js';
import { ClientSecrets } from './client-secrets.js';
import { CallAudit } from './call-audit.js';
import { CallJournal } from './journal/call-journal.js';
import { CallPages } from './journal/call-pages.js';
import { LoadGovernor, type LoadWait } from './load-governor.js';
import { ConsolePages } from './console-pages.js';
import { MemoryKeeping } from './memory-keeping.js';
import { HttpServer, type HttpServerOptions } from './http-server.js';
import type { Config } from './option-table.js';
import { GenesysLine } from './genesys-line.js';
import { EviService } from './evi/evi-service.js';
import type { PhoneOptions } from './phone-endpoint.js';
import { phoneEndpoints } from './phone-lines.js';
import { realtimeEndpoint, realtimeSessionOf } from './realtime-endpoint.js';
import { packageRoot } from './package-root.js';
import { watchTenants } from './tenants-file.js';
import { watchTlsFiles } from './tls-files.js';
import { TimedStt } from './timed-stt.js';
import { TimedVad } from './timed-vad.js';
import { TwilioLine } from './twilio-line.js';
import { TwilioPages } from './twilio-pages.js';
import { VoiceStack } from './voice-stack.js';

export interface AttuneServerOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly exposition: HttpServerOptions['exposition'];
  /** Where the console was built to; the package's own unless said. */
  readonly consoleFolder?: string;
}

export class AttuneServer implements AsyncDisposable {
  readonly port: number;
  readonly #drainTimeoutMs: number;
  readonly #http: HttpServer;
  /** The server first, so that no call is left when the rest goes. */
  readonly #parts: readonly AsyncDisposable[];

  private constructor(
    http: HttpServer,
    options: {
      readonly port: number;
      readonly drainTimeoutMs: number;
      readonly parts: readonly AsyncDisposable[];
    },
  ) {
    this.#http = http;
    this.port = options.port;
    this.#drainTimeoutMs = options.drainTimeoutMs;
    this.#parts = options.parts;
  }

  /** Loads the models and listens. Throws what the models or the port have against it; nothing is left open then. */
  static async start(options: AttuneServerOptions): Promise<AttuneServer> {
    const { config, clock, logger, metrics, exposition } = options;
    const readiness = new Readiness();
    const loading = new Scope('loading', () => undefined);
    const parts: AsyncDisposable[] = [];
    /** What is opened later is closed earlier; the server, which ends the calls, before all of it. */
    const own = <T extends AsyncDisposable | null>(part: T): T => {
      if (part !== null) parts.unshift(part);
      return part;
    };
    let abilities: Abilities | undefined;
    let memory: MemoryKeeping | undefined;
    let callAudit: CallAudit | undefined;
    let http: HttpServer | undefined;
    try {
      const stack = own(await VoiceStack.create(options));
      const tenants = own(
        await watchTenants(config, { clock, logger, onChanged: (now) => callAudit?.noteTenants(now.all) }),
      );
      const tls = own(await watchTlsFiles(config, { clock, logger, onRenewed: (material) => http?.renew(material) }));
      const escalations = own(openEscalations(config, { clock, logger, metrics }));
      const governor = own(
        config.shedLoad === 'off'
          ? null
          : new LoadGovernor({
              clock,
              logger,
              metrics,
              onLevel: async (level) => abilities?.stt.ease?.(level),
            }),
      );
      const load: Load = governor ?? { level: 0 };
      const access = new Access({
        tenants: () => tenants.current,
        secrets: new ClientSecrets(clock),
        allowedOrigins: config.allowedOrigins,
        clock,
      });
      const journal = new CallJournal({
        extent: config.callJournal,
        records: config.callRecordings === 'on',
        clock,
      });
      const controls = new CallControls();
      const calls: CallOptions = {
        // No call is admitted before readiness says so.
        abilities: () => defined(abilities, 'the abilities of a ready server'),
        memory: () => memory?.memory ?? null,
        recordedModels: () => stack.emotionModels,
        limits: limitsOf(config),
        comfortNoiseDbov: config.comfortNoiseDbov === 0 ? null : config.comfortNoiseDbov,
        controls,
        observers: (call) =>
          [
            defined(callAudit, 'the audit of a ready server').observer(call),
            escalations?.observer(call) ?? null,
            journal.observer(call),
          ].filter((observer) => observer !== null),
        listener: (callId) => journal.listener(callId),
      };
      const callPages = new CallPages({
        journal,
        access,
        clock,
        onHeard: (key, callId) => callAudit?.noteHeard(key, callId),
      });
      const secretPages = new ClientSecretPages({
        access,
        sessionOf: (tenant) =>
          realtimeSessionOf(tenant, { nowMs: clock.wallTimeMs(), maxSessionMs: calls.limits.maxSessionMs }),
        onCreated: (key) => callAudit?.noteSecret(key),
      });
      const aboutPage = new AboutPage({
        access,
        abilities: () => abilities,
        models: () => stack.openedModels,
        remembers: () => (memory?.memory ?? null) !== null,
      });
      const consolePages = await ConsolePages.read(options.consoleFolder ?? join(packageRoot, 'dist', 'console'));
      const twilio = new TwilioLine(config, { tenants: () => tenants.current, access });
      const genesys = new GenesysLine(config, { access, clock });
      const twilioPages = new TwilioPages(twilio);
      const phones: PhoneOptions = {
        calls,
        access,
        greeting: config.greeting,
        tones: { fax: config.faxReaction, beep: config.beepReaction },
        holdSound: config.holdSound,
      };
      const evi = own(await EviService.open({ ...options, phones, twilio, voices: () => abilities?.tts.voices }));
      http = new HttpServer({
        host: config.host,
        port: config.port,
        tls: tls?.current ?? null,
        access,
        maxCalls: config.maxCalls,
        maxMessageBytes: config.maxMessageBytes,
        transport: { heartbeatMs: config.heartbeatMs },
        endpoints: [realtimeEndpoint(calls), ...evi.endpoints, ...phoneEndpoints(phones, { twilio, genesys })],
        onKeyRefused: (path, code) => callAudit?.noteRefusedKey(path, code),
        readiness,
        load,
        exposition,
        parts: () => [
          consolePages,
          aboutPage,
          secretPages,
          new CallControlPages({ access, controls }),
          callPages,
          twilioPages,
          ...evi.pages,
          ...(memory === undefined ? [] : [memory.pages]),
        ],
        clock,
        logger,
        metrics,
      });
      const port = await http.listen();
      const audit = own(await openAudit(config, clock));
      const started = { action: 'server.started', tenant: '', actor: 'server', subject: null } as const;
      await audit?.note({ ...started, facts: factsOf(config) });
      callAudit = own(new CallAudit({ trail: audit, clock, logger }));
      callAudit.noteTenants(tenants.current.all);
      memory = own(await MemoryKeeping.open({ ...options, tenants: () => tenants.current, access, audit }));
      const opened = await stack.openAbilities(load, loading.signal);
      abilities = governor === null ? opened : timed(opened, governor, config);
      readiness.ready();
      const { audiosocketHost, audiosocketPort } = config;
      if (audiosocketPort !== 0)
        own(
          await AudiosocketListener.listen({
            host: audiosocketHost,
            port: audiosocketPort,
            phones,
            tenants: () => tenants.current,
            calls: http,
            clock,
            logger,
          }),
        );
      const providers = [...new Set(stack.openedModels.map((model) => model.provider))].join(', ');
      const { responder, tts, voiceEmotion } = abilities;
      logger.info('listening', { host: config.host, port, providers, responder: responder.name, tts: tts.name });
      if (voiceEmotion !== null) {
        const { name, licence } = stack.manifest.find(voiceEmotion.name);
        logger.info('voice emotion weights', { model: name, licence });
      }
      if (tenants.current.open && !isLoopback(config.host))
        logger.warn('no API keys are set: everybody who can connect can call');
      return new AttuneServer(http, { port, drainTimeoutMs: config.drainTimeoutMs, parts: [http, ...parts] });
    } catch (error) {
      await closeAll(http === undefined ? parts : [http, ...parts]);
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
    await this.#http.drain({ timeoutMs: this.#drainTimeoutMs });
    await closeAll(this.#parts);
  }

  /** Ends the waiting of `drain`. */
  hurry(): void {
    this.#http.hurry();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeAll(this.#parts);
  }
}

/** The abilities whose waits tell the load. */
function timed(abilities: Abilities, governor: LoadGovernor, config: Config): Abilities {
  const { vad, stt, clock } = abilities;
  const noting = (wait: LoadWait) => ({ clock, note: (delayMs: number) => governor.note(wait, delayMs) });
  return {
    ...abilities,
    vad: new TimedVad(vad, noting('speech-probability')),
    stt: sttEngineOf(config) === 'embedded' ? new TimedStt(stt, noting('transcript')) : stt,
  };
}

async function closeAll(parts: readonly AsyncDisposable[]): Promise<void> {
  for (const part of parts) await part[Symbol.asyncDispose]();
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
