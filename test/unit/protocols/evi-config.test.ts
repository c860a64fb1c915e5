/**
 * What an EVI configuration comes to: turns, interruptions, nudges, openings and ends by time, and what it warns of.
 */
import t from 'tap';
import { nudgesOf, turnDetectionOf } from '../../../src/protocols/evi/config-turns.js';
import { warningsOf } from '../../../src/protocols/evi/config-warnings.js';
import { configContent, openingOf, timeoutOf, type ResolvedConfig } from '../../../src/protocols/evi/library-wire.js';
import { defaultSessionLimits } from '../../../src/session/session-limits.js';
import { turnPolicyOf } from '../../../src/session/session-policy.js';

const config = (said: object): ResolvedConfig => ({
  id: 'config-1',
  version: 0,
  content: configContent.parse({ evi_version: '3', ...said }),
  promptText: null,
  tools: [],
});

const policyOf = (said: object) => turnPolicyOf(turnDetectionOf(config(said)), defaultSessionLimits);

t.test('turns end by words and melody unless turn_detection is there, then by silence', async (t) => {
  t.match(policyOf({}), { endpointing: { type: 'adaptive' }, confirmInterruptionMs: 500 });
  t.match(policyOf({ turn_detection: {} }), {
    endpointing: { type: 'fixed', silenceDurationMs: 800 },
    speechThreshold: 0.5,
    prefixPaddingMs: 300,
  });
  const stated = { end_of_turn_silence_ms: 1_500, speech_detection_threshold: 0.7, prefix_padding_ms: 100 };
  t.match(policyOf({ turn_detection: stated }), {
    endpointing: { type: 'fixed', silenceDurationMs: 1_500 },
    speechThreshold: 0.7,
    prefixPaddingMs: 100,
  });
});

t.test('an interruption is certain after the speech that the configuration states, however turns end', async (t) => {
  for (const said of [{}, { turn_detection: {} }])
    t.match(policyOf({ ...said, interruption: { min_interruption_ms: 1_500 } }), { confirmInterruptionMs: 1_500 });
  t.throws(() => config({ interruption: { min_interruption_ms: 20 } }));
});

t.test('nudges', async (t) => {
  t.equal(nudgesOf(config({})), null);
  t.equal(nudgesOf(config({ nudges: { enabled: false, interval_secs: 5 } })), null);
  t.same(nudgesOf(config({ nudges: { enabled: true, interval_secs: 5 } })), {
    promptAfterMs: 5_000,
    prompts: Infinity,
  });
  t.match(nudgesOf(config({ nudges: { enabled: true } })), { promptAfterMs: 8_000 });
});

t.test('who begins, and the last words', async (t) => {
  const opening = (said: object | null) => openingOf(config({ event_messages: { on_new_chat: said } }));
  t.same(opening(null), { by: 'caller' });
  t.same(opening({ enabled: false, text: 'Hello.' }), { by: 'caller' });
  t.same(opening({ enabled: true, text: 'Hello.' }), { by: 'words', text: 'Hello.' });
  t.same(opening({ enabled: true }), { by: 'responder' });
  const farewell = (said: object) =>
    timeoutOf(
      config({ timeouts: { inactivity: { enabled: true } }, event_messages: { on_inactivity_timeout: said } }),
      'inactivity',
      'Goodbye.',
    )?.farewell;
  t.equal(farewell({ enabled: false, text: 'Bye.' }), null);
  t.equal(farewell({ enabled: true, text: 'Bye.' }), 'Bye.');
  t.equal(farewell({ enabled: true }), 'Goodbye.');
});

t.test('what has no effect is warned of, by field, and nothing else is', async (t) => {
  const fields = (said: object) =>
    warningsOf(config(said).content, (url) => (url.startsWith('https:') ? null : 'no')).map(({ field }) => field);
  t.same(fields({ turn_detection: {}, nudges: { enabled: true }, builtin_tools: [{ name: 'hang_up' }] }), []);
  t.same(
    fields({
      language_model: { model_provider: 'ANTHROPIC' },
      ellm_model: { allow_short_responses: true },
      builtin_tools: [{ name: 'web_search' }],
      webhooks: ['http://a/', 'http://b/', 'https://c/'].map((url) => ({ url, events: ['chat_started'] })),
    }),
    ['language_model', 'ellm_model', 'builtin_tools', 'webhooks'],
  );
});
