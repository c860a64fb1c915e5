/**
 * `npm run bench`: every benchmark, or those named, as tables and as JSON.
 *
 * `npm run bench -- [SECTION …] [--provider NAME] [--turns N] [--out FILE]`, sections as in `allSections`. Everything runs on
 * this machine without a network. `partials`, `quality`, `hotwords` and `faithfulness` need the corpora (`--corpora` or ATTUNE_CORPORA) and are
 * left out, visibly, without them.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { silentLogger } from '../src/core/logger.js';
import { silentMetrics } from '../src/core/metrics.js';
import { SystemClock } from '../src/core/system-clock.js';
import { terminal } from '../src/cli/terminal.js';
import { toolTimeoutMs } from '../src/cli/tool-stack.js';
import { ModelManifest } from '../src/inference/model-manifest.js';
import { loadConfig } from '../src/server/config.js';
import { packageRoot } from '../src/server/package-root.js';
import { VoiceStack } from '../src/server/voice-stack.js';
import { loadDecoderResources } from '../src/stages/stt/decoder-resources.js';
import { FliteTts } from '../src/stages/tts/flite-tts.js';
import { fliteVoices } from '../src/stages/tts/flite-voice.js';
import { parseSentimentCalibration } from '../src/stages/sentiment/sentiment-calibration.js';
import { formatBatcher, measureBatcher } from './batcher.js';
import { measureBargeIn, measureCalls, measureMemory, type CallsFigures, type TurnFigures } from './calls.js';
import { hasChromium, measureConsole } from './console-calls.js';
import { measureEmotionUar } from './emotion-uar.js';
import { formatEngines, measureEngines } from './engine.js';
import { measureEvi } from './evi-chats.js';
import { measureExpressions } from './expression-calibration.js';
import { measureFaithfulness } from './faithfulness.js';
import { measureFirstToken } from './first-token.js';
import { hotwordTable, measureHotwords } from './hotwords.js';
import { maskingHead, maskingRows, measureMasking } from './masking.js';
import { measureMemoryStores, memoryStoreHead, memoryStoreRows } from './memory-store.js';
import { quantile } from './quantile.js';
import { measureSentimentF1 } from './sentiment-f1.js';
import { ServerProcess } from './server-process.js';
import { measurePartials } from './stt-partials.js';
import { formatWer, measureSttWer } from './stt-wer.js';
import { measureStyles, namedTable, notFollowedNotes, styleTable, sweepTable } from './style-round-trip.js';

const allSections = [
  'engine',
  'batcher',
  'calls',
  'barge-in',
  'first-token',
  'load',
  'memory',
  'partials',
  'quality',
  'hotwords',
  'faithfulness',
  'expressions',
  'masking',
  'memory-store',
  'style',
  'evi',
  'console',
] as const;
type Section = (typeof allSections)[number];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    provider: { type: 'string', default: 'cpu' },
    turns: { type: 'string', default: '100' },
    'first-token-turns': { type: 'string', default: '50' },
    'first-tokens': { type: 'string', default: '200,400' },
    'evi-turns': { type: 'string', default: '200' },
    'console-calls': { type: 'string', default: '50' },
    calls: { type: 'string', default: '1,8,16,32' },
    'memory-calls': { type: 'string', default: '1100' },
    'partials-clips': { type: 'string', default: '170' },
    'partials-minutes': { type: 'string', default: '60' },
    corpora: {
      type: 'string',
      default: process.env['ATTUNE_CORPORA'] ?? path.join(packageRoot, '..', 'shared', 'data'),
    },
    out: { type: 'string', default: path.join(packageRoot, 'bench-results', 'bench.json') },
  },
});
const unknown = positionals.filter((name) => !(allSections as readonly string[]).includes(name));
if (unknown.length > 0) {
  terminal.complain(`no benchmark is called ${unknown.join(', ')}; there are ${allSections.join(', ')}`);
  process.exit(2);
}
const wanted = new Set<string>(positionals.length > 0 ? positionals : allSections);
const clock = new SystemClock();
const providers = [values.provider];
const results: Record<string, unknown> = {
  machine: {
    cpu: os.cpus()[0]?.model,
    cores: os.availableParallelism(),
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
  },
  provider: values.provider,
};

async function section(name: Section, title: string, run: () => Promise<unknown>): Promise<void> {
  if (!wanted.has(name)) return;
  terminal.print(`\n${terminal.bold(title)}`);
  results[name] = await run();
}

/** Progress for people, on standard error. */
function counter(what: string, total: number): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (process.stderr.isTTY) process.stderr.write(`\r  ${what} ${done}/${total}${done === total ? '\n' : ''}`);
  };
}

type Pick = (turn: TurnFigures) => number | undefined;

function summary(turns: readonly TurnFigures[], pick: Pick): readonly string[] {
  const figures = turns.map(pick).filter((value) => value !== undefined);
  if (figures.length === 0) return ['–', '–', '–', '–', '–'];
  return [0.05, 0.5, 0.9, 0.95, 0.99].map((share) => quantile(figures, share).toFixed(0));
}

const breakdown: readonly (readonly [string, Pick])[] = [
  ['voice to voice: end of speech → first audible sample', (turn) => turn.latency.firstAudibleMs],
  ['  endpointing: end of speech → speech_stopped arrives', (turn) => turn.latency.endpointMs],
  ['  final transcript after the endpoint decision', (turn) => turn.transcriptAfterEndpointMs],
  ['  voice emotion after the endpoint decision', (turn) => turn.voiceEmotionAfterEndpointMs],
  ['  fused emotion after the endpoint decision', (turn) => turn.fusionAfterEndpointMs],
  ['  responder asked after the endpoint decision', (turn) => turn.replyRequestedAfterEndpointMs],
  ['  first sound of the first clause', (turn) => turn.firstAudioAfterClauseMs],
  ['  first sound arrives after the end of speech', (turn) => turn.latency.firstAudioMs],
];

function printBreakdown(figures: CallsFigures): void {
  terminal.table(
    ['ms', 'p5', 'p50', 'p90', 'p95', 'p99'],
    breakdown.map(([name, pick]) => [name, ...summary(figures.turns, pick)]),
  );
  const { server, serverCores, turns, unansweredCount } = figures;
  const cutOff = turns.filter((turn) => (turn.latency.endpointMs ?? 0) < 0).length;
  terminal.print(
    `${turns.length} turns, ${unansweredCount} unanswered, ${cutOff} ended by the server before the caller had finished; server: event-loop delay p99 ${server.eventLoopDelayP99Ms.toFixed(1)} ms, ${serverCores.toFixed(2)} cores, ${server.residentMemoryMb.toFixed(0)} MB`,
  );
}

await section('engine', 'Models, rows per second by batch size', async () => {
  const rows = await measureEngines({
    manifest: await ModelManifest.read(path.join(packageRoot, 'models')),
    providers,
    clock,
  });
  terminal.print(formatEngines(rows));
  return rows;
});

await section('batcher', 'The batcher in front of VAD: one by one against batched', async () => {
  const rows = await measureBatcher({
    manifest: await ModelManifest.read(path.join(packageRoot, 'models')),
    providers,
    clock,
  });
  terminal.print(formatBatcher(rows));
  return rows;
});

await section('calls', 'One call, embedded stack, on the caller’s side of the wire', async () => {
  await using server = await ServerProcess.start({ providers });
  const turnsPerCall = Number(values.turns);
  const figures = await measureCalls(server, {
    clock,
    callCount: 1,
    turnsPerCall,
    onTurn: counter('turn', turnsPerCall),
  });
  printBreakdown(figures);
  return figures;
});

await section('barge-in', 'Barge-in: caller’s onset → last sound of the reply', async () => {
  await using server = await ServerProcess.start({ providers });
  const count = 20;
  const stopMs = await measureBargeIn(server, { clock, count, onTurn: counter('barge-in', count) });
  const row = [0.05, 0.5, 0.9, 0.95, 0.99].map((share) => quantile(stopMs, share).toFixed(0));
  terminal.table(['ms', 'p5', 'p50', 'p90', 'p95', 'p99'], [[`last sound after onset, ${count} barge-ins`, ...row]]);
  return stopMs;
});

await section('first-token', 'A language model’s first token, with answers prepared ahead and without', async () => {
  const turns = Number(values['first-token-turns']);
  const firstTokensMs = values['first-tokens'].split(',').map(Number);
  const total = 2 * turns * firstTokensMs.length;
  const figures = await measureFirstToken({ clock, providers, firstTokensMs, turns, onTurn: counter('turn', total) });
  terminal.table(
    ['first token', 'prepared ahead', 'turns', 'unanswered', 'p50 ms', 'p90 ms', 'p95 ms', 'cut off'],
    figures.rows.map(({ firstTokenMs, speculates, latenciesMs, cutOffs }) => {
      const answered = latenciesMs.filter((ms) => ms !== null);
      return [
        `${firstTokenMs} ms`,
        speculates ? 'yes' : 'no',
        String(latenciesMs.length),
        String(latenciesMs.length - answered.length),
        ...[0.5, 0.9, 0.95].map((share) => quantile(answered, share).toFixed(0)),
        String(cutOffs),
      ];
    }),
  );
  const counts = Object.entries(figures.speculations).map(([outcome, count]) => `${count} ${outcome}`);
  terminal.print(`answers prepared ahead: ${counts.join(', ')}`);
  return figures;
});

await section('load', 'Simultaneous calls', async () => {
  const rows: CallsFigures[] = [];
  for (const callCount of values.calls.split(',').map(Number)) {
    await using server = await ServerProcess.start({ providers });
    const turnsPerCall = callCount === 1 ? 12 : 6;
    rows.push(
      await measureCalls(server, {
        clock,
        callCount,
        turnsPerCall,
        onTurn: counter(`${callCount} calls, turn`, callCount * turnsPerCall),
      }),
    );
  }
  const line = (row: CallsFigures): readonly string[] => {
    const [, p50, , p95] = summary(row.turns, (turn) => turn.latency.firstAudibleMs);
    return [
      String(row.callCount),
      String(row.turns.length),
      String(row.unansweredCount),
      p50 ?? '–',
      p95 ?? '–',
      row.server.eventLoopDelayP99Ms.toFixed(1),
      row.serverCores.toFixed(2),
      row.server.residentMemoryMb.toFixed(0),
    ];
  };
  terminal.table(
    ['calls', 'turns', 'unanswered', 'p50 ms', 'p95 ms', 'loop p99 ms', 'server cores', 'MB'],
    rows.map(line),
  );
  return rows;
});

await section('memory', 'Memory of the server over short calls', async () => {
  await using server = await ServerProcess.start({ providers });
  const callCount = Number(values['memory-calls']);
  const points = await measureMemory(server, {
    clock,
    callCount,
    step: 100,
    concurrency: 12,
    onCall: counter('call', callCount),
  });
  terminal.table(
    ['after calls', 'resident MB'],
    points.map((point) => [String(point.callCount), point.residentMemoryMb.toFixed(0)]),
  );
  return points;
});

await section('partials', 'Partial texts: flicker, lag, and an hour of speech', async () => {
  const signal = new AbortController().signal;
  const config = loadConfig({ flags: { providers: values.provider }, environment: {} });
  await using stack = await VoiceStack.create({ config, clock, logger: silentLogger, metrics: silentMetrics });
  const figures = await measurePartials({
    stt: await stack.openStt({ chunkDeadlineMs: toolTimeoutMs }),
    clock,
    corporaFolder: values.corpora,
    signal,
    clipCount: Number(values['partials-clips']),
    minutes: Number(values['partials-minutes']),
  });
  if (figures === null) {
    terminal.print(`skipped: no corpora in ${values.corpora}`);
    return null;
  }
  const { flicker, memory } = figures;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  terminal.table(
    [`${flicker.utteranceCount} utterances, ${flicker.finalWordCount} words, 320 ms at a time`, ''],
    [
      ['shown words that the final text does not have at their place', percent(flicker.wrongShownShare)],
      ['unstable partial words per final word', flicker.unstablePartialWordRatio.toFixed(2)],
      ['utterances with a change', percent(flicker.unstableSegmentRatio)],
      ['words of the stable beginning that changed', percent(flicker.changedStableShare)],
      ['mean lag from a word’s end to its first right appearance', `${flicker.meanLagMs.toFixed(0)} ms of audio`],
    ],
  );
  terminal.table(
    ['minutes of speech', 'heap MB', 'buffers MB', 'resident MB', 'processor seconds per second'],
    memory.map((point) => [
      String(point.minute),
      point.heapMb.toFixed(1),
      point.bufferMb.toFixed(1),
      point.residentMb.toFixed(0),
      point.cpuPerSecond.toFixed(4),
    ]),
  );
  return figures;
});

await section('quality', 'Quality on the dev split', async () => {
  const signal = new AbortController().signal;
  const config = loadConfig({ flags: { providers: values.provider }, environment: {} });
  await using stack = await VoiceStack.create({ config, clock, logger: silentLogger, metrics: silentMetrics });
  const corporaFolder = values.corpora;
  const wer = await measureSttWer({
    stt: await stack.openStt({ chunkDeadlineMs: toolTimeoutMs }),
    clock,
    corporaFolder,
    signal,
  });
  if (wer === null) {
    terminal.print(`skipped: no corpora in ${corporaFolder}`);
    return null;
  }
  terminal.print(formatWer(wer));
  const uar = await measureEmotionUar({ stage: await stack.openVoiceEmotion(), corporaFolder, signal });
  terminal.table(
    ['voice emotion', 'channel', 'clips', 'UAR stranger', 'UAR known caller', 'ECE', 'labelled', 'of these right'],
    (uar ?? []).map((row) => [
      row.corpus,
      row.channel,
      String(row.clipCount),
      row.uarUnknownCaller.toFixed(3),
      row.uarKnownCaller.toFixed(3),
      row.calibrationError.toFixed(3),
      row.labelledShare.toFixed(2),
      row.labelledAccuracy.toFixed(2),
    ]),
  );
  const calibrationFile = await stack.manifest.verifiedPath('sentiment-en-calibration');
  const calibration = parseSentimentCalibration(JSON.parse(await readFile(calibrationFile, 'utf8')));
  const f1 = await measureSentimentF1({ stage: await stack.openSentiment(), calibration, corporaFolder, signal });
  if (f1)
    terminal.print(
      `text emotion: GoEmotions dev macro-F1 ${f1.written.macroF1.toFixed(3)} written, ${f1.spoken.macroF1.toFixed(3)} as recognised text (${f1.sentenceCount} sentences)`,
    );
  return { wer, uar, f1 };
});

await section('hotwords', 'Hot words: recall of unknown and rare words, and what a list brings in', async () => {
  const config = loadConfig({ flags: { providers: values.provider }, environment: {} });
  await using stack = await VoiceStack.create({ config, clock, logger: silentLogger, metrics: silentMetrics });
  const [lexicon, languageModel, lettersToSounds, tokens] = await Promise.all(
    (['lexicon', 'lm', 'g2p', 'tokens'] as const).map((part) => stack.manifest.verifiedPath(`stt-en-${part}`)),
  );
  if (!lexicon || !languageModel || !lettersToSounds || !tokens) throw new Error('the recogniser has four data files');
  const figures = await measureHotwords({
    stt: await stack.openStt(),
    resources: await loadDecoderResources({ lexicon, languageModel, lettersToSounds, tokens }),
    corporaFolder: values.corpora,
    signal: new AbortController().signal,
  });
  if (figures === null) {
    terminal.print(`skipped: no corpora in ${values.corpora}`);
    return null;
  }
  const [head = [], ...rows] = hotwordTable(figures);
  terminal.table(head, rows);
  return figures;
});

await section('faithfulness', 'Reasons taken away: does the score move as the explanation says', async () => {
  const config = loadConfig({ flags: { providers: values.provider }, environment: {} });
  await using stack = await VoiceStack.create({ config, clock, logger: silentLogger, metrics: silentMetrics });
  const figures = await measureFaithfulness({
    voiceEmotion: await stack.openVoiceEmotion(),
    sentiment: await stack.openSentiment(),
    corporaFolder: values.corpora,
    signal: new AbortController().signal,
  });
  if (figures === null) {
    terminal.print(`skipped: no corpora in ${values.corpora}`);
    return null;
  }
  const share = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
  terminal.table(
    ['reason', 'taken away', 'as stated', 'of those of .05 and more', 'mean strength'],
    figures.kinds.map(({ kind, count, agreeing, agreeingStrong, meanStrength }) => [
      kind,
      String(count),
      share(agreeing),
      share(agreeingStrong),
      share(meanStrength),
    ]),
  );
  const { count, falling } = figures.allTogether;
  terminal.print(
    `${figures.turnCount} turns, ${share(figures.withAcoustics)} name an acoustic reason; all words and the loudness for it taken away at once: falls in ${falling} of ${count}`,
  );
  return figures;
});

await section('expressions', 'The 48 expressions: how often one is there when its score says so', async () => {
  const config = loadConfig({ flags: { providers: values.provider }, environment: {} });
  await using stack = await VoiceStack.create({ config, clock, logger: silentLogger, metrics: silentMetrics });
  const figures = await measureExpressions({
    stage: await stack.openSentiment(),
    corporaFolder: values.corpora,
    signal: new AbortController().signal,
  });
  if (figures === null) {
    terminal.print(`skipped: no corpora in ${values.corpora}`);
    return null;
  }
  terminal.table(
    ['expression', 'labels', 'there', 'mean score', 'error', 'AUC', 'there, by fifths of the score'],
    figures.map(({ expression, labels, share, meanScore, calibrationError, auc, tenths }) => [
      expression,
      labels.join(', '),
      share.toFixed(3),
      meanScore.toFixed(3),
      calibrationError.toFixed(3),
      auc.toFixed(2),
      [0, 2, 4, 6, 8]
        .map((at) => {
          const [low, high] = [tenths[at]!, tenths[at + 1]!];
          const count = low.count + high.count;
          return count < 20 ? '–' : ((low.share * low.count + high.share * high.count) / count).toFixed(2);
        })
        .join(' · '),
    ]),
  );
  return figures;
});

await section('masking', 'Masking of personal data: recall by kind, on sentences written for it', async () => {
  const figures = await measureMasking(path.join(packageRoot, 'bench', 'masking-sentences'));
  terminal.table(maskingHead, maskingRows(figures));
  return figures;
});

await section('memory-store', 'The memory of people: remember, recall, erase', async () => {
  const figures = await measureMemoryStores(clock);
  terminal.table(memoryStoreHead, memoryStoreRows(figures));
  return figures;
});

await section('evi', 'The hume package: turns without a complaint', async () => {
  await using server = await ServerProcess.start({ providers });
  const turns = Number(values['evi-turns']);
  const names = ['late-delivery-angry', 'opening-hours', 'return-shoes', 'thanks-happy', 'time-question'];
  const figures = await measureEvi({
    port: server.port,
    turns,
    chats: 4,
    recordings: names.map((name) => path.join(packageRoot, 'audio-fixtures', `${name}.wav`)),
    onTurn: counter('turn', turns),
  });
  terminal.table(
    ['message', 'times'],
    Object.entries(figures.messages).map(([type, count]) => [type, String(count)]),
  );
  terminal.print(`${turns} turns, ${figures.invalid} invalid messages, ${figures.complaints.length} complaints`);
  return figures;
});

await section('console', 'The console’s Calls page while calls go on', async () => {
  if (!hasChromium) {
    terminal.print('left out: there is no Chromium (apt install chromium)');
    return null;
  }
  await using server = await ServerProcess.start({ providers, flags: ['--shed-load', 'off'] });
  const callCount = Number(values['console-calls']);
  const figures = await measureConsole(server, { callCount, durationMs: 20_000, onStep: counter('measurement', 3) });
  terminal.table(
    ['', 'turns/s', 'frames/s', 'frame p95 ms', 'longest ms', 'long tasks', 'together ms'],
    figures.map((row) => [
      row.what,
      row.turnsPerSecond.toFixed(1),
      row.framesPerSecond.toFixed(1),
      row.frameP95Ms.toFixed(1),
      row.frameLongestMs.toFixed(0),
      String(row.longTaskCount),
      row.longTasksMs.toFixed(0),
    ]),
  );
  return figures;
});

await section('style', 'Speaking styles: what was commanded against what is heard', async () => {
  await using tts = new FliteTts({ clock });
  const figures = await measureStyles({
    tts,
    signal: new AbortController().signal,
    notFollowed: fliteVoices
      .filter((voice) => voice.pitchControl === 'resample')
      .map(({ name }) => ({ voice: name, control: 'pitchRangeScale' })),
  });
  const print = ([head = [], ...rows]: readonly (readonly string[])[]): void => terminal.table(head, rows);
  terminal.print(`one control at a time, ${figures.sentenceCount} sentences; the wanted move in brackets`);
  print(sweepTable(figures));
  terminal.print(
    `all controls at once, ${figures.named[0]?.styles.length ?? 0} styles: expressed, answers, intents, points of the plane`,
  );
  print(namedTable(figures));
  for (const voice of figures.named.slice(0, 1)) print(styleTable(voice));
  for (const note of notFollowedNotes(figures)) terminal.print(note);
  return figures;
});

await mkdir(path.dirname(values.out), { recursive: true });
await writeFile(values.out, `${JSON.stringify(results, undefined, 2)}\n`);
terminal.print(`\nwritten to ${path.relative(process.cwd(), values.out)}`);
