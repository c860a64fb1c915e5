/**
 * Every option of the server, declared once: kind, default, help. The type of the configuration, the flag, the
 * `ATTUNE_*` variable, the key in the file, the help text and the error all come from here.
 *
 * Names are camelCase with the unit last; `maxMessageBytes` is the flag `--max-message-bytes` and the variable
 * `ATTUNE_MAX_MESSAGE_BYTES`. Numbers without a named source are choices, bounded so that a typing error shows.
 */
import { availableParallelism, homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { defaultBeamSearchOptions } from '../stages/stt/ctc-beam-search.js';
import { sttPrecisions } from '../stages/stt/open-stt.js';
import { emotionPurposes, purposeExemptions } from '../privacy/emotion-purpose.js';
import { journalExtents } from './journal/call-journal.js';
import { integer, listOf, oneOf, optional, secret, text, type OptionKind } from './option-kind.js';
import { packageRoot } from './package-root.js';

export type OptionGroup =
  | 'Network'
  | 'Models'
  | 'Recogniser'
  | 'Responder'
  | 'Voice'
  | 'Emotion'
  | 'Memory'
  | 'EVI'
  | 'Audit'
  | 'Calls'
  | 'Telephones'
  | 'Logs';

export interface OptionDeclaration<T> {
  readonly group: OptionGroup;
  readonly kind: OptionKind<T>;
  readonly default: T;
  /** One sentence without a full stop. */
  readonly help: string;
  /** A default that the surroundings suggest, before `default`. */
  readonly suggested?: (environment: Environment) => T | undefined;
}

/** Variables of the process by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const option = <T>(group: OptionGroup, kind: OptionKind<T>, initial: T, help: string): OptionDeclaration<T> => ({
  group,
  kind,
  default: initial,
  help,
});

const hourMs = 3_600_000;

/** People must be told (Regulation (EU) 2024/1689, Article 50(3)). */
const emotionNotice =
  'This assistant estimates from your voice and your words how you feel, to answer fittingly. You can ask for that to be switched off.';

const path = text({ placeholder: 'path' });

/** The XDG Base Directory Specification 0.8: a relative path there is to be ignored. */
function belowDataHome(name: string): (environment: Environment) => string | undefined {
  return ({ XDG_DATA_HOME: dataHome }) =>
    dataHome !== undefined && isAbsolute(dataHome) ? join(dataHome, 'attune', name) : undefined;
}

export const optionTable = {
  host: option(
    'Network',
    text({ placeholder: 'address' }),
    '127.0.0.1',
    'address to listen on; 0.0.0.0 for every interface',
  ),
  port: option('Network', integer({ min: 0, max: 65_535 }), 8787, 'port to listen on; 0 for any free one'),
  apiKeys: option(
    'Network',
    listOf(secret(text({ placeholder: 'key' })), { minCount: 0 }),
    [],
    'keys that clients may use; none means open to everybody who can connect',
  ),
  tenantsFile: option(
    'Network',
    optional(path),
    null,
    'organisations that share the server: their keys and what holds in their calls',
  ),
  allowedOrigins: option(
    'Network',
    listOf(text({ placeholder: 'origin' }), { minCount: 0 }),
    [],
    'web pages that may use the server, as https://example.com, or * for all; none means its own pages and, with a key, any',
  ),
  tlsCertFile: option(
    'Network',
    optional(path),
    null,
    'certificate chain (PEM), to be served over TLS; read anew when it changes',
  ),
  tlsKeyFile: option('Network', optional(path), null, 'private key (PEM) of the certificate'),
  maxMessageBytes: option(
    'Network',
    integer({ min: 1_024, max: 1 << 30 }),
    20 * 1024 * 1024,
    'largest message a client may send',
  ),
  heartbeatMs: option(
    'Network',
    integer({ min: 1_000, max: hourMs }),
    20_000,
    'pause between pings; a peer that misses two is gone',
  ),
  drainTimeoutMs: option(
    'Network',
    integer({ min: 0, max: hourMs }),
    10_000,
    'how long running replies may take to finish at shutdown',
  ),

  modelDir: option('Models', path, join(packageRoot, 'models'), 'folder of the models and their manifest'),
  modelHome: {
    ...option(
      'Models',
      path,
      join(homedir(), '.local', 'share', 'attune', 'models'),
      'folder of the models that were pulled; below XDG_DATA_HOME where that is set',
    ),
    suggested: belowDataHome('models'),
  },
  licence: option(
    'Models',
    oneOf(['any', 'permissive']),
    'any',
    'which trained weights may be loaded; permissive leaves out those that are not for commercial use or state no terms',
  ),
  providers: option(
    'Models',
    listOf(oneOf(['cuda', 'webgpu', 'cpu']), { minCount: 1 }),
    ['cuda', 'cpu'],
    'execution providers to try, in order',
  ),
  intraOpThreads: option('Models', integer({ min: 1, max: 256 }), 1, 'threads that one model run may use'),
  inferenceWorkers: option(
    'Models',
    integer({ min: 1, max: 64 }),
    Math.max(1, Math.min(4, availableParallelism())),
    'worker threads that run models',
  ),
  maxBatchSize: option('Models', integer({ min: 1, max: 1_024 }), 32, 'rows of one batch at most'),
  maxQueueDelayMs: option(
    'Models',
    integer({ min: 0, max: 1_000 }),
    0,
    'how long a batch may wait for more rows; at 0 batches grow only while a model is busy',
  ),
  maxQueueDepth: option('Models', integer({ min: 1, max: 100_000 }), 1_024, 'rows that may wait in front of one model'),
  turnEnd: option(
    'Models',
    oneOf(['model', 'cadence']),
    'model',
    'what tells a pause from the end of a turn by the voice: a model, where it knows the language, or the cadence alone',
  ),
  hotwordsFile: option(
    'Models',
    optional(path),
    null,
    'words and names that every call listens for, one phrase a line',
  ),

  sttEngine: option(
    'Recogniser',
    oneOf(['embedded', 'auto', 'ctc', 'transformers', 'sherpa', 'remote']),
    'embedded',
    'what recognises speech; auto takes what the folder of sttModelPath is for, remote sends speech to sttBaseUrl',
  ),
  sttPrecision: option(
    'Recogniser',
    oneOf(sttPrecisions),
    'int8',
    'acoustic model of the recogniser on a processor; accelerators always run the float one',
  ),
  sttBeam: option(
    'Recogniser',
    integer({ min: 4, max: 40 }),
    defaultBeamSearchOptions.beam,
    'width of the recogniser’s search in log score: narrower costs less and hears worse',
  ),
  sttModelPath: option(
    'Recogniser',
    optional(path),
    null,
    'folder of a recogniser, downloaded or exported; given alone it means sttEngine auto',
  ),
  sttBaseUrl: option(
    'Recogniser',
    optional(text({ placeholder: 'url' })),
    null,
    'OpenAI-compatible server that transcribes, as http://127.0.0.1:8000/v1; given alone it means sttEngine remote',
  ),
  sttModel: option('Recogniser', text({ placeholder: 'name' }), 'whisper-1', 'model to ask for there'),
  sttApiKey: option('Recogniser', optional(secret(text({ placeholder: 'key' }))), null, 'key for it'),
  sttTimeoutMs: option(
    'Recogniser',
    integer({ min: 500, max: 600_000 }),
    20_000,
    'how long one recording may take with another recogniser than the embedded one, waiting and attempts included',
  ),
  sttPartials: option(
    'Recogniser',
    oneOf(['auto', 'on', 'off']),
    'auto',
    'partial texts while a caller speaks, at the price of hearing the speech again; auto is on but for remote',
  ),

  llmBaseUrl: option(
    'Responder',
    optional(text({ placeholder: 'url' })),
    null,
    'OpenAI-compatible server that answers, as http://127.0.0.1:11434/v1; none for the embedded responder',
  ),
  llmModel: option('Responder', text({ placeholder: 'name' }), 'default', 'model to ask for there'),
  llmApiKey: option('Responder', optional(secret(text({ placeholder: 'key' }))), null, 'key for it'),
  firstTokenTimeoutMs: option(
    'Responder',
    integer({ min: 100, max: 300_000 }),
    8_000,
    'how long the first token may take before the caller hears a fallback sentence',
  ),
  promptTemplateFile: option(
    'Responder',
    optional(path),
    null,
    'template of the system prompt, with the emotion in it',
  ),
  maskPrompts: option(
    'Responder',
    oneOf(['on', 'off']),
    'off',
    'mask names, numbers and addresses in what the language model reads; tools then get masked values too',
  ),
  instructions: option('Responder', optional(text()), null, 'instructions of sessions that bring none'),

  ttsEngine: option(
    'Voice',
    oneOf(['flite', 'espeak']),
    'flite',
    'voice engine; espeak needs a package that is installed separately',
  ),
  voice: option('Voice', text({ placeholder: 'name' }), 'slt', 'voice of sessions that choose none'),
  locale: option('Voice', text({ placeholder: 'tag' }), 'en-US', 'language of sessions that choose none (BCP 47)'),

  emotion: option('Emotion', oneOf(['on', 'off']), 'on', 'whether emotion is inferred at all'),
  purpose: option(
    'Emotion',
    oneOf(emotionPurposes),
    'unspecified',
    'what emotion is inferred for; purposes the EU AI Act forbids are refused',
  ),
  purposeExemption: option(
    'Emotion',
    oneOf(purposeExemptions),
    'none',
    'medical or safety reason that the law allows for a purpose it otherwise forbids; needs purposeExemptionReason',
  ),
  purposeExemptionReason: option('Emotion', optional(text()), null, 'that reason in a sentence, for the audit log'),
  emotionNotice: option(
    'Emotion',
    optional(text()),
    emotionNotice,
    'sentence sent to every client at the start of a session when emotion is inferred; empty for none',
  ),

  responseRulesFile: option(
    'Emotion',
    optional(path),
    null,
    'rules of how to respond to feelings, read again when it changes; those that come with Attune by default',
  ),
  escalationWebhookUrl: option(
    'Emotion',
    optional(text({ placeholder: 'url' })),
    null,
    'address that is told when a response rule escalates a call',
  ),
  escalationWebhookSecret: option(
    'Emotion',
    optional(secret(text({ placeholder: 'secret' }))),
    null,
    'secret that signs these requests (Standard Webhooks), 24 bytes at least',
  ),

  memory: option(
    'Memory',
    oneOf(['file', 'redis', 'off']),
    'file',
    'where feelings are remembered of people who agreed to it; of others nothing is kept',
  ),
  memoryPath: {
    ...option(
      'Memory',
      path,
      join(homedir(), '.local', 'share', 'attune', 'memory.db'),
      'file of the embedded memory; below XDG_DATA_HOME where that is set',
    ),
    suggested: belowDataHome('memory.db'),
  },
  memoryUrl: option('Memory', text({ placeholder: 'url' }), 'redis://127.0.0.1:6379/0', 'Redis of the shared memory'),
  memoryKey: option(
    'Memory',
    optional(secret(text({ placeholder: 'key' }))),
    null,
    'keys of 32 bytes in base64 or hex that seal the memory, newest first, separated by commas',
  ),
  memoryKeyFile: option('Memory', optional(path), null, 'file with these keys instead'),
  memoryRetentionDays: option('Memory', integer({ min: 1, max: 3_650 }), 365, 'days after which a turn is forgotten'),

  turnRecords: option(
    'Memory',
    oneOf(['on', 'off']),
    'off',
    'keep turns with their sound, of people who agreed to being recorded, so that an estimate can be made again',
  ),

  eviPath: {
    ...option(
      'EVI',
      path,
      join(homedir(), '.local', 'share', 'attune', 'evi.db'),
      'file of the configurations, prompts and tools of EVI clients, below XDG_DATA_HOME where that is set; off keeps them until the process ends',
    ),
    suggested: belowDataHome('evi.db'),
  },
  chatHistory: option(
    'EVI',
    oneOf(['on', 'off']),
    'off',
    'keep what was said in EVI chats in that file, sealed, for clients that look back or resume; off keeps it until the process ends, a day at most',
  ),
  chatRetentionDays: option('EVI', integer({ min: 1, max: 3_650 }), 30, 'days after which a kept chat is forgotten'),

  eviWebhookHosts: option(
    'EVI',
    listOf(text({ placeholder: 'host' }), { minCount: 0 }),
    [],
    'hosts that webhooks of EVI configurations may be sent to, with their port where it is not the usual one',
  ),
  eviWebhookSecret: option(
    'EVI',
    optional(secret(text({ placeholder: 'secret' }))),
    null,
    'secret that signs these webhooks, as receivers check them; without it none is sent',
  ),

  auditLog: {
    ...option(
      'Audit',
      path,
      join(homedir(), '.local', 'share', 'attune', 'audit.jsonl'),
      'file of the audit log, below XDG_DATA_HOME where that is set; off for none',
    ),
    suggested: belowDataHome('audit.jsonl'),
  },
  auditKey: option(
    'Audit',
    optional(secret(text({ placeholder: 'key' }))),
    null,
    'secret that seals each entry of the audit log, so that nobody without it can write the log anew',
  ),

  maxCalls: option(
    'Calls',
    integer({ min: 1, max: 100_000 }),
    64,
    'calls at one time; further ones are refused with 503',
  ),
  callJournal: option(
    'Calls',
    oneOf(journalExtents),
    'facts',
    'what operators may see of calls going on, and for an hour of ended ones: facts without a word of what was said, words as well, or nothing',
  ),
  callRecordings: option(
    'Calls',
    oneOf(['on', 'off']),
    'off',
    'keep both sides of calls as sound beside the journal, in memory for its hour, of people who agreed to being recorded',
  ),
  shedLoad: option(
    'Calls',
    oneOf(['on', 'off']),
    'on',
    'when the machine does not keep up, show texts less often, judge voices less often, weigh fewer readings, then refuse new calls',
  ),
  speculation: option(
    'Calls',
    oneOf(['on', 'off']),
    'on',
    'begin to answer while a pause may still turn out not to be the end; sooner answers for some requests to the responder that are thrown away',
  ),
  maxSessionMinutes: option('Calls', integer({ min: 1, max: 1_440 }), 60, 'a call is ended when it is this old'),
  maxUtteranceMs: option(
    'Calls',
    integer({ min: 1_000, max: 600_000 }),
    60_000,
    'longest utterance that is transcribed as one',
  ),
  outputLeadMs: option(
    'Calls',
    integer({ min: 20, max: 60_000 }),
    300,
    'sound sent ahead of what the caller can have heard',
  ),

  greeting: option(
    'Telephones',
    optional(text()),
    'Hello, you are talking to an automated assistant.',
    'what is said first in calls of telephones; empty lets the caller begin',
  ),
  faxReaction: option(
    'Telephones',
    oneOf(['hang-up', 'tell']),
    'hang-up',
    'what a call does when a fax is on the line: end, or only tell those who watch it',
  ),
  beepReaction: option(
    'Telephones',
    oneOf(['greet', 'tell']),
    'tell',
    'what a call does at the first beep of an answering machine: say the greeting again, for calls to people, or only tell',
  ),
  holdSound: option(
    'Telephones',
    oneOf(['tone', 'noise', 'none']),
    'tone',
    'what callers hear while they are on hold: a soft tone every five seconds, soft noise, or nothing',
  ),
  comfortNoiseDbov: option(
    'Telephones',
    integer({ min: -90, max: 0 }),
    0,
    'level of soft noise in the pauses of AudioSocket calls, so that the line does not sound dead: −65 is soft; 0 for none',
  ),
  publicUrl: option(
    'Telephones',
    optional(text({ placeholder: 'url' })),
    null,
    'https address under which telephone platforms reach this server',
  ),
  twilioAuthToken: option(
    'Telephones',
    optional(secret(text({ placeholder: 'token' }))),
    null,
    'token of the Twilio account, to know its requests by their signature; needs publicUrl',
  ),
  twilioSignature: option(
    'Telephones',
    oneOf(['required', 'off']),
    'required',
    'whether requests of Twilio must be signed; off lets in everybody who can connect, or who has a key where there are keys',
  ),
  genesysClientSecrets: option(
    'Telephones',
    listOf(secret(text({ placeholder: 'secret' })), { minCount: 0 }),
    [],
    'client secrets in base64 of Genesys integrations, whose connections must then be signed with one of them; needs publicUrl',
  ),
  transferTo: option(
    'Telephones',
    optional(text({ placeholder: 'number' })),
    null,
    'telephone number or sip address of the people to whom response rules may hand calls from Twilio',
  ),
  audiosocketPort: option(
    'Telephones',
    integer({ min: 0, max: 65_535 }),
    0,
    'port for AudioSocket of Asterisk, which has neither key nor encryption; 0 for none',
  ),
  audiosocketHost: option(
    'Telephones',
    text({ placeholder: 'address' }),
    '127.0.0.1',
    'address for AudioSocket; never one that the internet can reach',
  ),

  logLevel: option(
    'Logs',
    oneOf(['debug', 'info', 'warn', 'error', 'silent']),
    'info',
    'least severe line that is logged',
  ),
  logFormat: option('Logs', oneOf(['json', 'pretty']), 'json', 'one JSON object per line, or lines for people'),
} satisfies Record<string, OptionDeclaration<unknown>>;

type Table = typeof optionTable;

export type OptionName = keyof Table;

/** The configuration: every option with its value. */
export type Config = { readonly [Name in OptionName]: Table[Name] extends OptionDeclaration<infer T> ? T : never };

export const optionNames = Object.keys(optionTable) as readonly OptionName[];

/** `maxMessageBytes` → `--max-message-bytes`. */
export function flagOf(name: OptionName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `maxMessageBytes` → `ATTUNE_MAX_MESSAGE_BYTES`. */
export function variableOf(name: OptionName): string {
  return `ATTUNE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
