/**
 * Many turns of the unmodified `hume` package with a server: which messages came, whether each was as the package means it, and
 * what it complained about.
 *
 * Chats run side by side; each has spoken and typed turns, a tool, a pause, an interruption and words to say as they are. A
 * message counts as valid when its keys came as the package writes them and every spoken one has 48 scores.
 */
import { HumeClient, type Hume } from 'hume';
import { readAudioFile } from '../src/audio/audio-file.js';
import { encodePcm16 } from '../src/audio/pcm16.js';

type Event = Hume.empathicVoice.SubscribeEvent;

export interface EviFigures {
  readonly turns: number;
  /** How often each type came. */
  readonly messages: Readonly<Record<string, number>>;
  /** Messages whose keys are not the package's, or spoken ones without 48 scores. */
  readonly invalid: number;
  /** What the package wrote to standard error. */
  readonly complaints: readonly string[];
}

export interface EviBenchOptions {
  readonly port: number;
  readonly turns: number;
  /** Side by side. */
  readonly chats: number;
  /** Recordings that callers say. */
  readonly recordings: readonly string[];
  readonly onTurn: () => void;
}

const sampleRateHz = 16_000;
const audio = { encoding: 'linear16', sampleRate: sampleRateHz, channels: 1 } as const;
const parameters = JSON.stringify({ type: 'object', properties: { city: { type: 'string' } }, required: ['city'] });

export async function measureEvi(options: EviBenchOptions): Promise<EviFigures> {
  const clips = await Promise.all(
    options.recordings.map(async (file) => {
      const { samples } = await readAudioFile(file, { sampleRateHz });
      const withPause = new Float32Array(samples.length + 1.5 * sampleRateHz);
      withPause.set(samples);
      return Buffer.from(encodePcm16(withPause));
    }),
  );
  const complaints: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string | Uint8Array) => {
    complaints.push(String(text));
    return true;
  };
  const events: Event[] = [];
  let left = options.turns;
  const takeTurn = (): boolean => {
    left -= 1;
    return left >= 0;
  };
  try {
    await Promise.all(
      Array.from({ length: options.chats }, (_, index) =>
        converse(options, { events, takeTurn, clips: clips.slice(index).concat(clips.slice(0, index)) }),
      ),
    );
  } finally {
    process.stderr.write = write;
  }
  const messages: Record<string, number> = {};
  for (const { type } of events) messages[type] = (messages[type] ?? 0) + 1;
  return { turns: options.turns, messages, invalid: events.filter((event) => !isValid(event)).length, complaints };
}

/** The sixth turn of a chat is the first again. */
const kinds = ['spoken', 'typed', 'tool', 'said', 'spoken', 'interrupted'] as const;

async function converse(
  { port, onTurn }: EviBenchOptions,
  {
    events,
    takeTurn,
    clips,
  }: { readonly events: Event[]; readonly takeTurn: () => boolean; readonly clips: readonly Buffer[] },
): Promise<void> {
  const client = new HumeClient({ apiKey: 'none', environment: `http://127.0.0.1:${port}` });
  const chat = client.empathicVoice.chat.connect({ reconnectAttempts: 0, verboseTranscription: true });
  const watchers = new Set<(event: Event) => void>();
  chat.on('message', (event) => {
    events.push(event);
    for (const watch of watchers) watch(event);
  });
  const next = (type: Event['type']): Promise<Event> =>
    new Promise((resolve) => {
      const watch = (event: Event): void => {
        if (event.type !== type) return;
        watchers.delete(watch);
        resolve(event);
      };
      watchers.add(watch);
    });
  await chat.tillSocketOpen();
  chat.sendSessionSettings({
    audio,
    customSessionId: 'bench',
    tools: [{ type: 'function', name: 'get_weather', description: 'The weather in a city', parameters }],
    builtinTools: [{ name: 'hang_up' }],
  });
  const speak = (clip: Buffer): void => {
    for (let at = 0; at < clip.length; at += 3_200)
      chat.sendAudioInput({ data: clip.subarray(at, at + 3_200).toString('base64') });
  };
  for (let turn = 0; takeTurn(); turn += 1) {
    const ended = next('assistant_end');
    const clip = clips[turn % clips.length]!;
    switch (kinds[turn % kinds.length]!) {
      case 'spoken':
        speak(clip);
        break;
      case 'typed':
        chat.sendUserInput('hello can you help me');
        break;
      case 'said':
        chat.sendAssistantInput({ text: 'One moment, please.' });
        break;
      case 'tool': {
        const called = next('tool_call');
        chat.sendUserInput('what is the weather in Paris');
        const call = await called;
        if (call.type === 'tool_call')
          chat.sendToolResponseMessage({ toolCallId: call.toolCallId, content: 'It is sunny, 21 degrees.' });
        break;
      }
      case 'interrupted': {
        const sounds = next('audio_output');
        const interrupted = next('user_interruption');
        chat.sendAssistantInput({ text: 'I will now read the whole of our terms. '.repeat(8) });
        await sounds;
        speak(clip);
        await interrupted;
      }
    }
    await ended;
    onTurn();
  }
  chat.close();
}

/** Keys of the package's messages have no underscore; of a message that it could not validate they come as on the wire. */
function isValid(event: Event): boolean {
  if (Object.keys(event).some((key) => key.includes('_'))) return false;
  if (event.type !== 'user_message' || event.interim || event.fromText) return true;
  const scores = Object.keys(event.models.prosody?.scores ?? {});
  return scores.length === 48 && scores.every((name) => /^[a-z][A-Za-z]+$/u.test(name));
}
