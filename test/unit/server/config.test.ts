import t from 'tap';
import { AttuneError } from '../../../src/core/errors.js';
import { loadConfig, unknownVariables } from '../../../src/server/config.js';
import {
  flagOf,
  optionNames,
  optionTable,
  variableOf,
  type OptionDeclaration,
} from '../../../src/server/option-table.js';

function failureOf(action: () => unknown): AttuneError {
  try {
    action();
  } catch (error) {
    if (error instanceof AttuneError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

t.test('without any source every option has its default', async (t) => {
  const config = loadConfig({ environment: {} });
  for (const name of optionNames) t.same(config[name], optionTable[name].default, name);
});

t.test('every default that a person could write is accepted by its own kind', async (t) => {
  for (const name of optionNames) {
    const { kind, default: initial }: OptionDeclaration<unknown> = optionTable[name];
    t.same(kind.parse(initial), initial, name);
  }
});

t.test('pulled models lie below XDG_DATA_HOME, unless somebody says otherwise', async (t) => {
  const modelHomeOf = (environment: Record<string, string>): string => loadConfig({ environment }).modelHome;
  t.match(modelHomeOf({}), /\.local\/share\/attune\/models$/);
  t.equal(modelHomeOf({ XDG_DATA_HOME: '/data' }), '/data/attune/models');
  t.equal(modelHomeOf({ XDG_DATA_HOME: 'data' }), modelHomeOf({}), 'the specification has relative paths ignored');
  t.equal(modelHomeOf({ XDG_DATA_HOME: '/data', ATTUNE_MODEL_HOME: '/models' }), '/models');
});

t.test('names become flags and variables', async (t) => {
  t.equal(flagOf('maxMessageBytes'), '--max-message-bytes');
  t.equal(variableOf('maxMessageBytes'), 'ATTUNE_MAX_MESSAGE_BYTES');
  t.equal(variableOf('port'), 'ATTUNE_PORT');
});

t.test('flags win over variables, variables over the file, the file over defaults', async (t) => {
  const folder = t.testdir({
    'attune.yaml': 'port: 1001\nmaxCalls: 5\nlogLevel: warn\napiKeys: [a, b]\nemotion: off\n',
  });
  const config = loadConfig({
    flags: { port: '3003' },
    environment: { ATTUNE_PORT: '2002', ATTUNE_MAX_CALLS: '6', ATTUNE_HOST: '' },
    file: `${folder}/attune.yaml`,
  });
  t.equal(config.port, 3003);
  t.equal(config.maxCalls, 6);
  t.equal(config.logLevel, 'warn');
  t.same(config.apiKeys, ['a', 'b']);
  t.equal(config.emotion, 'off');
  t.equal(config.host, '127.0.0.1', 'an empty variable counts as absent');
});

t.test('the file may be JSON and may be named by a variable', async (t) => {
  const folder = t.testdir({ 'attune.json': '{"providers": ["cpu"], "llmBaseUrl": null}' });
  const config = loadConfig({ environment: { ATTUNE_CONFIG: `${folder}/attune.json` } });
  t.same(config.providers, ['cpu']);
  t.equal(config.llmBaseUrl, null);
});

t.test('values that do not fit are refused with option, source, flag and variable', async (t) => {
  const cases: readonly (readonly [variable: string, value: string, field: string])[] = [
    ['ATTUNE_PORT', '65536', 'port'],
    ['ATTUNE_PORT', '80.5', 'port'],
    ['ATTUNE_PORT', 'http', 'port'],
    ['ATTUNE_PROVIDERS', 'cpu,tpu', 'providers'],
    ['ATTUNE_PROVIDERS', ',', 'providers'],
    ['ATTUNE_EMOTION', 'maybe', 'emotion'],
    ['ATTUNE_LOG_LEVEL', 'INFO', 'logLevel'],
    ['ATTUNE_MAX_BATCH_SIZE', '0', 'maxBatchSize'],
    ['ATTUNE_VOICE', '  ', 'voice'],
  ];
  for (const [variable, value, field] of cases) {
    const error = failureOf(() => loadConfig({ environment: { [variable]: value } }));
    t.match(error, { code: 'OPTION_INVALID', field }, `${variable}=${value}`);
    t.match(error.message, `the variable ${variable}`);
    t.match(error.message, JSON.stringify(value));
    t.match(error.hint, variable);
    t.match(error.hint, flagOf(field as 'port'));
  }
});

t.test('a refused flag names the flag', async (t) => {
  const error = failureOf(() => loadConfig({ flags: { port: 'x' }, environment: {} }));
  t.match(error.message, 'the flag --port');
});

t.test('a secret is not repeated in the message', async (t) => {
  const folder = t.testdir({ 'attune.yaml': 'llmApiKey: [swordfish]\n' });
  const error = failureOf(() => loadConfig({ environment: {}, file: `${folder}/attune.yaml` }));
  t.equal(error.code, 'OPTION_INVALID');
  t.notMatch(error.message, 'swordfish');
});

t.test('a file that cannot be used is refused and says why', async (t) => {
  const folder = t.testdir({
    'key.yaml': 'prot: 1\n',
    'list.yaml': '- 1\n',
    'broken.yaml': 'port: [1\n',
    'empty.yaml': '',
  });
  const failure = (name: string): AttuneError =>
    failureOf(() => loadConfig({ environment: {}, file: `${folder}/${name}` }));
  t.match(failure('key.yaml'), { code: 'CONFIG_FILE_INVALID', field: 'prot', message: /unknown option prot/ });
  t.match(failure('list.yaml'), { code: 'CONFIG_FILE_INVALID', message: /options with their values/ });
  t.match(failure('broken.yaml'), { code: 'CONFIG_FILE_INVALID', message: /cannot read/ });
  t.match(failure('missing.yaml'), { code: 'CONFIG_FILE_INVALID', message: /ENOENT/ });
  t.equal(loadConfig({ environment: {}, file: `${folder}/empty.yaml` }).port, 8787);
});

t.test('emotion is refused at work and in education, and allowed once it is off', async (t) => {
  for (const purpose of ['workplace', 'recruitment', 'education']) {
    const environment = { ATTUNE_PURPOSE: purpose };
    t.match(
      failureOf(() => loadConfig({ environment })),
      { code: 'EMOTION_PURPOSE_FORBIDDEN', field: 'purpose' },
    );
    t.equal(loadConfig({ environment: { ...environment, ATTUNE_EMOTION: 'off' } }).purpose, purpose);
  }
  t.equal(loadConfig({ environment: { ATTUNE_PURPOSE: 'medical' } }).emotion, 'on');
});

t.test('a medical or safety exemption is stated, with its reason', async (t) => {
  const environment = { ATTUNE_PURPOSE: 'workplace', ATTUNE_PURPOSE_EXEMPTION: 'safety' };
  t.match(
    failureOf(() => loadConfig({ environment })),
    { code: 'EMOTION_PURPOSE_FORBIDDEN', field: 'purposeExemptionReason' },
  );
  const reason = 'Fatigue of train drivers is a danger to others.';
  t.equal(loadConfig({ environment: { ...environment, ATTUNE_PURPOSE_EXEMPTION_REASON: reason } }).emotion, 'on');
  t.match(
    failureOf(() => loadConfig({ environment: { ...environment, ATTUNE_PURPOSE_EXEMPTION_REASON: 'because' } })),
    { code: 'EMOTION_PURPOSE_FORBIDDEN' },
  );
});

t.test('variables that belong to no option are found', async (t) => {
  t.same(unknownVariables({ ATTUNE_PROT: '1', ATTUNE_PORT: '1', ATTUNE_CONFIG: 'x', HOME: '/' }), ['ATTUNE_PROT']);
});
