/**
 * The tools for files and pipes as a shell sees them: keys, order, status, errors; real models on the fixtures.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { readAudioFile } from '../../src/audio/audio-file.js';
import { encodeWav } from '../../src/audio/wav-writer.js';
import { emotionCategories } from '../../src/stages/emotion/emotion-category.js';
import { finished, runCommand, startCommand } from '../support/attune-command.js';
import { documentedOutput, shapeOf } from '../support/documented-output.js';
import { loadFixture, wordOverlap } from '../support/fixture-audio.js';

const clip = (name: string): string => path.join('audio-fixtures', `${name}.wav`);

const sum = (shares: unknown): number => Object.values(shares as Record<string, number>).reduce((a, b) => a + b, 0);

/** Some clips after one another as one file, and where each begins. */
async function longRecording(folder: string, names: readonly string[]) {
  const parts = await Promise.all(names.map((name) => readAudioFile(clip(name))));
  const samples = new Float32Array(parts.reduce((count, part) => count + part.samples.length, 0));
  const startsMs: number[] = [];
  let at = 0;
  for (const part of parts) {
    startsMs.push(at / 16);
    samples.set(part.samples, at);
    at += part.samples.length;
  }
  const file = path.join(folder, 'long.wav');
  await writeFile(file, encodeWav({ channels: [samples], sampleRateHz: 16_000 }));
  return { file, startsMs, durationMs: Math.ceil(at / 16) };
}

t.test('vad finds the speech of the fixtures', async (t) => {
  const names = ['greeting', 'pause-within', 'silence', 'yes-8k'];
  const { status, stderr, json } = await runCommand(['vad', '--json', ...names.map(clip)]);
  t.equal(status, 0, stderr);
  const results = json();
  t.same(
    results.map(({ file }) => file),
    names.map(clip),
    'in the order of the files',
  );
  t.same(shapeOf(results[0]), shapeOf(documentedOutput('vad')), 'as documented');
  const { speechStartMs, speechEndMs } = await loadFixture('greeting');
  const [greeting, pause, silence, eightKilohertz] = results.map(
    ({ segments }) => segments as readonly { startMs: number; endMs: number }[],
  );
  t.equal(greeting!.length, 1);
  t.ok(Math.abs(greeting![0]!.startMs - speechStartMs) < 200, 'it begins where speech begins');
  t.ok(Math.abs(greeting![0]!.endMs - speechEndMs) < 200, 'it ends where speech ends');
  t.equal(pause!.length, 2, 'a long pause parts two segments');
  t.same(silence, []);
  t.equal(eightKilohertz!.length, 1, 'times are those of the file, whatever its rate');
  t.ok(eightKilohertz![0]!.endMs < 1_800);
});

t.test('transcribe keeps the order, and a bad file does not stop the others', async (t) => {
  const folder = t.testdir({ 'broken.wav': 'RIFF\0\0\0\0WAVEfmt ', 'empty.wav': '', 'song.mp3': 'ID3\x03' });
  const files = [clip('opening-hours'), path.join(folder, 'broken.wav'), clip('yes'), path.join(folder, 'none.wav')];
  const more = [path.join(folder, 'empty.wav'), path.join(folder, 'song.mp3'), clip('silence')];
  const { status, stderr, json } = await runCommand(['transcribe', '--json', ...files, ...more]);
  t.equal(status, 1, 'some failed');
  const results = json();
  t.same(
    results.map(({ file }) => file),
    [...files, ...more],
  );
  const [first, broken, yes, none, empty, song, silence] = results;
  t.same(shapeOf(first), shapeOf(documentedOutput('transcribe')), 'as documented');
  t.same(shapeOf(none), shapeOf(documentedOutput()), 'as documented');
  const { transcript } = await loadFixture('opening-hours');
  t.ok(wordOverlap(transcript, first!['text'] as string) >= 0.7, String(first!['text']));
  const words = first!['words'] as readonly { word: string; startMs: number; endMs: number; confidence: number }[];
  t.ok(words.every(({ startMs, endMs }, index) => endMs > startMs && startMs >= (words[index - 1]?.startMs ?? 0)));
  t.ok(words.every(({ confidence }) => confidence >= 0 && confidence <= 1));
  t.match(first, { durationMs: Number, processingMs: Number });
  t.match(yes!['text'], /yes/i);
  t.match(silence, { text: '', words: [], durationMs: 2_000 });
  t.match(broken, { error: { code: 'AUDIO_CORRUPT', message: String, hint: String } });
  t.match(none, { error: { code: 'FILE_UNREADABLE', message: String, hint: /path/ } });
  t.match(empty, { error: { code: 'AUDIO_CORRUPT' } });
  t.match(song, { error: { code: 'AUDIO_FORMAT_UNSUPPORTED', message: /MP3/ } });
  t.equal(stderr, '', 'errors are objects like the rest');
});

t.test('a recording longer than the limit is cut in its pauses and nothing is lost', async (t) => {
  const names = ['greeting', 'opening-hours', 'return-shoes'];
  const { file, startsMs, durationMs } = await longRecording(t.testdir({}), names);
  const { status, stderr, json } = await runCommand(['transcribe', '--json', '--max-utterance-ms', '5000', file]);
  t.equal(status, 0, stderr);
  const [result] = json();
  const words = result!['words'] as readonly { word: string; startMs: number; endMs: number }[];
  t.equal(result!['durationMs'], durationMs);
  for (const [index, name] of names.entries()) {
    const { transcript } = await loadFixture(name);
    const untilMs = startsMs[index + 1] ?? durationMs;
    const within = words.filter(({ startMs }) => startMs >= startsMs[index]! && startMs < untilMs);
    const text = within.map(({ word }) => word).join(' ');
    t.ok(wordOverlap(transcript, text) >= 0.6, `${name} at its place in the file: ${text}`);
  }
});

t.test('transcripts as subtitles, in files and from standard input', async (t) => {
  const folder = t.testdir({});
  const files = ['yes', 'greeting'].map(clip);
  const subtitled = await runCommand(['transcribe', '--format', 'srt', '--out', folder, ...files, 'nope.wav']);
  t.equal(subtitled.status, 1, 'one failed');
  t.match(subtitled, { stdout: '', stderr: /FILE_UNREADABLE.*nope\.wav/ });
  t.match(await readFile(path.join(folder, 'yes.srt'), 'utf8'), /^1\n00:00:00,\d+ --> 00:00:0\d,\d+\nYes/);
  t.match(await readFile(path.join(folder, 'greeting.srt'), 'utf8'), /^1\n/);
  const out = path.join(folder, 'all.jsonl');
  const child = startCommand(['transcribe', '--json', '--out', out, '-', clip('silence')]);
  child.stdin?.end(await readFile(clip('yes')));
  t.match(await finished(child), { status: 0, stdout: '' });
  const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
  t.match(
    lines.map((line) => JSON.parse(line) as unknown),
    [
      { file: '-', text: /yes/i },
      { file: clip('silence'), words: [] },
    ],
  );
  const refused = await runCommand(['transcribe', '--format', 'vtt', ...files]);
  t.match(refused, { status: 1, stderr: /OPTION_INVALID.*folder/ });
});

t.test('emotion judges the voice and says what was measured', async (t) => {
  const files = ['late-delivery-angry', 'silence'].map(clip);
  const { status, stderr, json } = await runCommand(['emotion', '--json', ...files]);
  t.equal(status, 0, stderr);
  const [angry, silence] = json();
  t.same(shapeOf(angry), shapeOf(documentedOutput('emotion')), 'as documented');
  t.same(Object.keys(angry!['categories'] as object), emotionCategories);
  t.ok(Math.abs(sum(angry!['categories']) - 1) < 1e-3);
  t.match(angry, { arousal: Number, valence: Number, dominance: Number, label: String, confidence: Number });
  const evidence = angry!['evidence'] as readonly { kind: string; description: string }[];
  t.match(evidence.find(({ kind }) => kind === 'pitch')?.description, /^mean pitch \d+ Hz, range [\d.]+ semitones$/);
  t.match(silence, { label: 'unknown', confidence: 0, evidence: [{ kind: 'voicing' }] });
});

t.test('emotion of one speaker compares with the files before', async (t) => {
  const files = ['greeting', 'late-delivery-angry', 'late-delivery-angry'].map(clip);
  const { status, stderr, json } = await runCommand(['emotion', '--json', '--same-speaker', ...files]);
  t.equal(status, 0, stderr);
  const comparisons = json().map(
    ({ evidence }) =>
      (evidence as readonly { description: string }[]).filter(({ description }) => /usual/.test(description)).length,
  );
  t.equal(comparisons[0], 0, 'nobody is known at first');
  t.ok(comparisons[2]! > 0, 'the third is compared with the first two');
});

t.test('emotion is refused for a purpose that is forbidden', async (t) => {
  const { status, stdout, stderr } = await runCommand(['emotion', '--purpose', 'workplace', clip('yes')]);
  t.match({ status, stdout }, { status: 1, stdout: '' });
  t.match(stderr, /EMOTION_PURPOSE_FORBIDDEN/);
});

t.test('sentiment answers every line in order', async (t) => {
  const lines = [
    'I love this, thank you so much!',
    'This is awful and I hate it.',
    '',
    'The parcel has the number 12.',
  ];
  const { status, stderr, json } = await runCommand(['sentiment', '--json'], { input: `${lines.join('\r\n')}\n` });
  t.equal(status, 0, stderr);
  const results = json();
  t.same(
    results.map(({ text }) => text),
    lines,
  );
  t.same(shapeOf(results[0]), shapeOf(documentedOutput('sentiment')), 'as documented');
  for (const { language, categories, sentiment } of results) {
    t.equal(language, 'en');
    t.same(Object.keys(categories as object), emotionCategories);
    t.ok(Math.abs(sum(categories) - 1) < 1e-3);
    t.ok(Math.abs(sum(sentiment) - 1) < 1e-3);
  }
  const [love, awful, nothing] = results.map(({ sentiment }) => sentiment as Record<string, number>);
  t.ok(love!['positive']! > 0.5);
  t.ok(awful!['negative']! > 0.5);
  t.ok(nothing!['neutral']! >= 1 / 3);
  t.equal(results[2]!['confidence'], 0, 'a line without words is no ground for confidence');
});

t.test('sentiment says at once that it does not know a language', async (t) => {
  const { status, stdout, stderr } = await runCommand(['sentiment', '--language', 'fi'], { input: 'Hei\n' });
  t.match({ status, stdout }, { status: 1, stdout: '' });
  t.match(stderr, /LANGUAGE_UNSUPPORTED.*en/);
});

t.test('sentiment reads other languages when told which', async (t) => {
  const lines = ['我很高兴，谢谢你的帮助', '你们的服务太差了'];
  const { status, stderr, json } = await runCommand(['sentiment', '--json', '--language', 'zh'], {
    input: `${lines.join('\n')}\n`,
  });
  t.equal(status, 0, stderr);
  const [pleased, displeased] = json();
  t.match(pleased, { text: lines[0], language: 'zh' });
  t.ok((pleased!['sentiment'] as Record<string, number>)['positive']! > 0.5);
  t.ok((displeased!['sentiment'] as Record<string, number>)['negative']! > 0.5);
});

t.test('say writes a 16-bit WAV that sounds as asked', async (t) => {
  const folder = t.testdir({});
  const speak = async (emotion: string): Promise<{ readonly seconds: number; readonly level: number }> => {
    const out = path.join(folder, 'new', `${emotion}.wav`);
    const args = ['say', 'Your parcel is on its way to you.', '--emotion', emotion, '--out', out, '--json'];
    const { status, stderr, json } = await runCommand(args);
    t.equal(status, 0, stderr);
    const { samples, sampleRateHz } = await readAudioFile(out, { sampleRateHz: 'original' });
    t.same(shapeOf(json()[0]), shapeOf(documentedOutput('say')), 'as documented');
    t.match(json(), [{ file: out, sampleRateHz, durationMs: Math.round((samples.length * 1000) / sampleRateHz) }]);
    const power = samples.reduce((total, sample) => total + sample * sample, 0) / samples.length;
    return { seconds: samples.length / sampleRateHz, level: power };
  };
  const [sad, excited] = [await speak('sad'), await speak('0.9,0.9,0.5')];
  t.ok(sad.seconds > 1.2 * excited.seconds, 'sadness is slower than excitement');
  t.ok(sad.level < excited.level, 'and softer');
});

t.test('say names what exists instead of what does not', async (t) => {
  t.match(await runCommand(['say', 'Hello', '--emotion', 'joyful']), {
    status: 1,
    stdout: '',
    stderr: /OPTION_INVALID.*neutral, calm, happy, sad, angry, fearful, disgusted, surprised/,
  });
  t.match(await runCommand(['say', 'Hello', '--voice', 'nobody']), { status: 1, stderr: /VOICE_UNKNOWN.*slt/ });
});
