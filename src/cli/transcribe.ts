/**
 * `attune transcribe`: what is said in recordings, as text, JSON or subtitles.
 *
 * A recording longer than the recogniser's limit is cut in pauses; its text and its word times are those of the whole.
 */
import { Option, type Command } from 'commander';
import { modelSampleRateHz } from '../audio/audio-frame.js';
import { SystemClock } from '../core/system-clock.js';
import { readHotwordsFile } from '../server/hotwords-file.js';
import type { VoiceStack } from '../server/voice-stack.js';
import { parseHotwordList, readHotwords } from '../stages/stt/hotwords.js';
import type { Stt } from '../stages/stt/stt.js';
import type { Vad } from '../stages/vad/vad.js';
import { printAudioFileResults, type NamedAudio } from './audio-file-results.js';
import { findSpeechSegments } from './speech-segments.js';
import { terminal } from './terminal.js';
import {
  addToolOptions,
  openToolStack,
  recogniserOptions,
  toolConfigFrom,
  toolTimeoutMs,
  type ToolFlags,
} from './tool-stack.js';
import {
  checkOutput,
  formatTranscription,
  transcriptFormats,
  TranscriptOutput,
  type TranscriptFormat,
} from './transcript-output.js';
import { cutAtPauses, type UtteranceSpan } from './utterance-cuts.js';

type TranscribeFlags = ToolFlags & {
  readonly hotwords?: string;
  readonly language?: string;
  readonly format?: TranscriptFormat;
  readonly out?: string;
};

/**
 * Nobody waits for the text of a file, so the recogniser sees 16 s at once, the most it was trained with: fewer errors
 * than in a live call.
 */
const fileReading = { chunkFrames: 400, partials: false, chunkDeadlineMs: toolTimeoutMs };

/** Times are milliseconds from the recording's first sample; confidence is 0…1. */
interface TranscribedWord {
  readonly word: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number;
}

interface Transcription {
  readonly text: string;
  readonly words: readonly TranscribedWord[];
  readonly durationMs: number;
  readonly processingMs: number;
  /** `text` in written form. */
  readonly written: string;
}

export function register(program: Command): void {
  const command = program
    .command('transcribe')
    .description('write down what is said in audio files')
    .argument('<files...>', 'WAV or Ogg Opus; - is standard input')
    .option('--hotwords <words>', 'words and phrases to expect, separated by commas; refund^2 weighs more')
    .option('--language <tag>', 'language spoken (BCP 47), for recognisers that know several')
    .addOption(
      new Option('--format <name>', 'form of the transcripts; --json is short for json').choices(transcriptFormats),
    )
    .option('--out <path>', 'a file, or a folder that exists: a file for every recording');
  addToolOptions(command, ['maxUtteranceMs', 'hotwordsFile', ...recogniserOptions]).action(
    (files: readonly string[], flags: TranscribeFlags) => run(files, flags),
  );
}

async function run(files: readonly string[], flags: TranscribeFlags): Promise<void> {
  const { hotwords: list = '', language, format: wanted, out, ...toolFlags } = flags;
  const format = wanted ?? (toolFlags.json ? 'json' : 'text');
  if (out === undefined) checkOutput({ format, files }, false);
  const clock = new SystemClock();
  const config = toolConfigFrom(toolFlags);
  const hotwords = parseHotwordList(list);
  const { ignored } = readHotwords([...hotwords, ...(await readHotwordsFile(config.hotwordsFile))]);
  for (const { text, reason } of ignored) terminal.complain(`hot word left out (${reason}): ${text}`);
  await using stack = await openToolStack(config, clock);
  const transcriber = new Transcriber(stack, {
    stt: await stack.openStt(fileReading),
    language,
    hotwords,
    maxUtteranceMs: config.maxUtteranceMs,
  });
  await using output = out === undefined ? undefined : await TranscriptOutput.open({ format, out, files });
  await printAudioFileResults<Transcription>({
    files,
    json: format === 'json',
    work: async (audio, signal) => {
      const startedAtMs = clock.nowMs();
      const { text, words, written } = await transcriber.transcribe(audio, signal);
      const processingMs = Math.round(clock.nowMs() - startedAtMs);
      return { text, words, durationMs: audio.durationMs, processingMs, written };
    },
    print: ({ file }, result) => {
      if (format === 'text') printForPeople(file, result);
      else terminal.write(formatTranscription({ file, ...result }, format));
    },
    ...(output && { write: (transcript) => output.write(transcript) }),
  });
}

function printForPeople(file: string, { written, durationMs, processingMs }: Transcription): void {
  const effort = `${(durationMs / 1000).toFixed(1)} s of audio in ${(processingMs / 1000).toFixed(1)} s`;
  terminal.print(`${terminal.bold(file)}  ${terminal.dim(effort)}`);
  terminal.print(`  ${written || terminal.dim('(no words)')}`);
}

interface TranscriberOptions {
  readonly stt: Stt;
  readonly language: string | undefined;
  readonly hotwords: readonly string[];
  readonly maxUtteranceMs: number;
}

class Transcriber {
  readonly #stack: VoiceStack;
  readonly #options: TranscriberOptions;
  #vad: Promise<Vad> | undefined;

  /** The stack is lent; voice activity detection is opened in it when a recording has to be cut. */
  constructor(stack: VoiceStack, options: TranscriberOptions) {
    this.#stack = stack;
    this.#options = options;
  }

  async transcribe(audio: NamedAudio, signal: AbortSignal): Promise<Pick<Transcription, 'text' | 'words' | 'written'>> {
    const { stt, hotwords, language } = this.#options;
    const texts: string[] = [];
    const writtenTexts: string[] = [];
    const words: TranscribedWord[] = [];
    for (const { startMs, endMs } of await this.#spansOf(audio, signal)) {
      const utterance = stt.open({
        signal,
        callId: audio.file,
        hotwords,
        ...(language === undefined ? {} : { language }),
      });
      utterance.accept(audio.samples.subarray(sampleAt(startMs), sampleAt(endMs)));
      const heard = await utterance.finish();
      if (heard.error) throw heard.error;
      if (heard.text !== '') {
        texts.push(heard.text);
        writtenTexts.push(heard.writtenText ?? heard.text);
      }
      for (const { text, confidence, ...time } of heard.words) {
        words.push({
          word: text,
          startMs: startMs + Math.round(time.startMs),
          endMs: startMs + Math.round(time.endMs),
          confidence,
        });
      }
    }
    return { text: texts.join(' '), words, written: writtenTexts.join(' ') };
  }

  async #spansOf({ file, samples, durationMs }: NamedAudio, signal: AbortSignal): Promise<readonly UtteranceSpan[]> {
    const { maxUtteranceMs } = this.#options;
    if (samples.length <= sampleAt(maxUtteranceMs)) return [{ startMs: 0, endMs: durationMs }];
    this.#vad ??= this.#stack.openVad();
    const segments = await findSpeechSegments(await this.#vad, samples, { signal, callId: file });
    return cutAtPauses({ durationMs, segments, maxUtteranceMs });
  }
}

function sampleAt(ms: number): number {
  return Math.floor((ms * modelSampleRateHz) / 1000);
}
