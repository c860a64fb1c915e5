/**
 * `attune call`: calls a server with recordings or the microphone, shows the call, and keeps the tape.
 *
 * Works against any server of the OpenAI Realtime API. The answer is not played; it lies on the tape, caller left,
 * answer right. Exit status 0 only when every recording was answered.
 */
import type { Command } from 'commander';
import { readAudioFile } from '../audio/audio-file.js';
import { AttuneError } from '../core/errors.js';
import { SystemClock } from '../core/system-clock.js';
import { Caller } from '../lab/caller.js';
import { writeTape } from '../lab/tape-file.js';
import { RealtimeWire } from '../lab/wires/realtime-wire.js';
import { realtimeUrlOf } from './call-url.js';
import { Microphone } from './microphone.js';
import { ShownCall, type NamedClip } from './shown-call.js';
import { terminal } from './terminal.js';

interface CallFlags {
  readonly audio?: readonly string[];
  readonly mic?: boolean;
  readonly apiKey?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command('call')
    .description('call a server and show the conversation')
    .argument('<url>', 'as ws://127.0.0.1:8787/v1/realtime')
    .option('--audio <files...>', 'recordings to say, one turn each')
    .option('--mic', 'speak through the microphone until Ctrl-C')
    .option('--api-key <key>', 'key of the server')
    .option('--out <file>', 'where to write the call as a stereo WAV')
    .option('--json', 'one object per turn')
    .action((url: string, flags: CallFlags) => run(url, flags));
}

async function run(address: string, flags: CallFlags): Promise<void> {
  const url = realtimeUrlOf(address);
  if ((flags.audio === undefined) === (flags.mic === undefined)) {
    throw new AttuneError('OPTION_INVALID', 'a call needs either --audio or --mic', { field: 'audio' });
  }
  const clips = await Promise.all((flags.audio ?? []).map(readClip));
  await using microphone = flags.mic ? await Microphone.open() : undefined;
  const clock = new SystemClock();
  const call = new ShownCall(clock, flags.json ?? false);
  const caller = await Caller.connect({
    url,
    apiKey: flags.apiKey ?? null,
    clock,
    wire: new RealtimeWire(),
    onMessage: (event, atMs) => call.note(event, atMs),
    ...(microphone && { source: microphone.read }),
  });
  try {
    for (const clip of clips) await call.say(caller, clip);
    if (microphone) await call.listen(caller, microphone);
  } finally {
    await caller[Symbol.asyncDispose]();
    if (flags.out !== undefined) {
      await writeTape(caller.tape, flags.out);
      terminal.complain(`The call is on tape: ${flags.out} (caller left, answer right)`);
    }
  }
}

async function readClip(file: string): Promise<NamedClip> {
  return { file, ...(await readAudioFile(file, { sampleRateHz: 'original' })) };
}
