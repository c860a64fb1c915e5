/**
 * What clients and platforms send besides hello, sound, keys and goodbye, as documented and as seen; by name of the protocol.
 *
 * Names of items are those that a session of the fuzzer gives, so that some of them are there when they are asked for.
 */
import { readFileSync } from 'node:fs';
import { encodePcm16 } from '../../src/audio/pcm16.js';
import type { WireMessage } from '../../src/protocols/protocol.js';
import { encodeAudiosocketFrame } from '../../src/protocols/telephony/audiosocket-frames.js';

const text = (message: object): string => JSON.stringify(message);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const tone = Float32Array.from({ length: 960 }, (_, index) => 0.5 * Math.sin(index / 5));
const weatherTool = {
  type: 'function',
  name: 'weather',
  description: 'Says how the weather is.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

const openAi: readonly WireMessage[] = [
  text({
    type: 'session.update',
    event_id: 'evt_1',
    session: {
      type: 'realtime',
      output_modalities: ['audio'],
      instructions: 'Be brief.',
      tools: [weatherTool],
      tool_choice: { type: 'function', name: 'weather' },
      max_output_tokens: 200,
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 24_000 },
          transcription: { model: 'attune', language: 'en', prompt: 'Keywords: Attune, Ada' },
          noise_reduction: { type: 'near_field' },
          turn_detection: { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 200 },
        },
        output: { format: { type: 'audio/pcma' }, voice: 'slt', speed: 1.2 },
      },
      attune: {
        emotion: true,
        locale: 'de-DE',
        purpose: 'customer-service',
        person: 'p1',
        consent: { memory: 'given' },
      },
    },
  }),
  text({ type: 'session.update', session: { audio: { input: { turn_detection: { type: 'semantic_vad' } } } } }),
  text({ type: 'session.update', session: { audio: { input: { turn_detection: null } } } }),
  text({ type: 'session.update', session: { output_modalities: ['text'], tool_choice: 'none', tools: [] } }),
  text({ type: 'input_audio_buffer.commit', event_id: 'evt_2' }),
  text({ type: 'input_audio_buffer.clear' }),
  text({
    type: 'conversation.item.create',
    item: { type: 'message', id: 'mine', role: 'user', content: [{ type: 'input_text', text: 'Good day' }] },
  }),
  text({
    type: 'conversation.item.create',
    previous_item_id: 'root',
    item: {
      type: 'message',
      role: 'user',
      content: [{ type: 'input_audio', audio: base64(encodePcm16(tone)), transcript: 'Hello' }],
    },
  }),
  text({
    type: 'conversation.item.create',
    item: { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Bonn"}' },
  }),
  text({
    type: 'conversation.item.create',
    previous_item_id: 'item_1',
    item: { type: 'function_call_output', call_id: 'call_1', output: '{"sky":"clear"}' },
  }),
  text({ type: 'conversation.item.retrieve', item_id: 'item_2' }),
  text({ type: 'conversation.item.delete', item_id: 'item_1' }),
  text({ type: 'conversation.item.truncate', item_id: 'item_2', content_index: 0, audio_end_ms: 300 }),
  text({ type: 'response.create' }),
  text({
    type: 'response.create',
    response: {
      conversation: 'none',
      output_modalities: ['text'],
      instructions: 'Sum up.',
      metadata: { purpose: 'summary' },
      input: [
        { type: 'item_reference', id: 'item_1' },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'And now?' }] },
      ],
      tools: [weatherTool, { type: 'mcp', server_label: 'x' }],
      tool_choice: 'required',
      max_output_tokens: 'inf',
    },
  }),
  text({ type: 'response.cancel' }),
  text({ type: 'response.cancel', response_id: 'resp_1' }),
];

/** In pieces as a browser sends them. */
function browserRecording(): readonly WireMessage[] {
  const recording = new Uint8Array(readFileSync(new URL('../golden/late-delivery-angry.webm', import.meta.url)));
  return Array.from({ length: 8 }, (_, index) => recording.slice(index * 1_000, (index + 1) * 1_000));
}

const evi: readonly WireMessage[] = [
  text({
    type: 'session_settings',
    system_prompt: 'You are {{ who }}.',
    audio: { encoding: 'linear16', sample_rate: 44_100, channels: 2 },
    voice_id: 'slt',
    context: { text: 'It rains.', type: 'temporary' },
    variables: { who: 'Ada', age: 5, kind: true },
    tools: [{ type: 'function', name: 'weather', parameters: '{"type":"object","properties":{}}' }],
    builtin_tools: [{ name: 'hang_up' }, { name: 'web_search' }],
    custom_session_id: 'mine',
    metadata: { plan: 'gold' },
  }),
  text({ type: 'session_settings', context: null, audio: null }),
  text({ type: 'user_input', text: 'Good day' }),
  text({ type: 'assistant_input', text: 'One moment, please.' }),
  text({ type: 'tool_response', tool_call_id: 'call_1', content: '5 degrees', tool_name: 'weather' }),
  text({ type: 'tool_error', tool_call_id: 'call_1', error: 'no network', content: 'I cannot tell.' }),
  text({ type: 'pause_assistant_message' }),
  text({ type: 'resume_assistant_message' }),
  ...browserRecording(),
];

/** Their dialects are read by one codec, so each meets the words of the others. */
const mediaStreams: readonly WireMessage[] = [
  text({ event: 'mark', streamSid: 'MZ1', mark: { name: 'phrase-1' } }),
  text({ event: 'playedStream', streamId: 's', name: 'phrase-1' }),
  text({ event: 'clearedAudio', streamId: 's' }),
  text({ event: 'media', media: { track: 'outbound', chunk: '3', timestamp: '60', payload: '//8=' } }),
  text({
    event: 'media',
    media: { track: 'inbound', chunk: '900', timestamp: '90000', payload: base64(new Uint8Array(160)) },
  }),
  text({ event: 'start', start: { media_format: { encoding: 'L16', sample_rate: 16_000 }, stream_id: 's2' } }),
  text({ event: 'error', payload: { code: 100002, title: 'unknown_error' } }),
];

const asterisk: readonly WireMessage[] = [
  'MEDIA_START connection_id:c1 channel:SIP/1 channel_id:1.1 format:ulaw optimal_frame_size:160 ptime:20',
  'DTMF_END digit:5 duration_ms:100',
  'MEDIA_MARK_PROCESSED correlation_id:phrase-1',
  'MEDIA_XOFF channel_id:1.1',
  'MEDIA_XON channel_id:1.1',
  'STATUS queue_length:43 media_paused:false',
  text({ event: 'MEDIA_MARK_PROCESSED', correlation_id: 'phrase-1' }),
  text({ event: 'MEDIA_START', format: 'slin16', ptime: 20, channel_variables: { LOCALE: 'de', locale: 'de-DE' } }),
  text({ event: 'QUEUE_DRAINED' }),
];

const vonage: readonly WireMessage[] = [
  text({ event: 'websocket:notify', payload: { mark: 'phrase-1' } }),
  text({ event: 'websocket:cleared' }),
  text({ 'content-type': 'audio/l16;rate=8000', uuid: 'u2', greeting: 'Hello' }),
];

const jambonz: readonly WireMessage[] = [
  text({ type: 'mark', data: { name: 'phrase-1', event: 'playout' } }),
  text({ type: 'mark', data: { name: 'phrase-2', event: 'cleared' } }),
  text({
    callSid: 'c2',
    sampleRate: 16_000,
    mixType: 'stereo',
    metadata: { locale: 'fr-FR', instructions: 'Be kind.' },
  }),
  text({ event: 'hold', data: {} }),
];

const genesysOf = (type: string, parameters: object): string =>
  text({ version: '2', type, seq: 2, serverseq: 1, id: 'i1', position: 'PT1.5S', parameters });
const genesys: readonly WireMessage[] = [
  genesysOf('ping', { rtt: 'PT0.01S' }),
  genesysOf('update', { language: 'de' }),
  genesysOf('discarded', { start: 'PT1S', discarded: 'PT0.4S' }),
  genesysOf('paused', {}),
  genesysOf('resumed', { start: 'PT1S', discarded: 'PT2S' }),
  genesysOf('playback_started', {}),
  genesysOf('playback_completed', {}),
  genesysOf('error', { code: 400, message: 'no' }),
  genesysOf('open', {
    media: [
      { type: 'audio', format: 'PCMU', channels: ['external', 'internal'], rate: 8000 },
      { type: 'audio', format: 'L16', channels: ['external'], rate: 8000 },
    ],
  }),
];

const audiosocket: readonly WireMessage[] = [
  encodeAudiosocketFrame(0xff, Buffer.from([1])),
  encodeAudiosocketFrame(0x10, new Uint8Array(0)),
  encodeAudiosocketFrame(0x12, encodePcm16(tone)),
  encodeAudiosocketFrame(0x18, encodePcm16(tone)),
  encodeAudiosocketFrame(0x19, encodePcm16(tone)),
  encodeAudiosocketFrame(0x01, Buffer.alloc(16, 7)),
];

const byProtocol: Readonly<Record<string, readonly WireMessage[]>> = {
  'openai-realtime': openAi,
  evi,
  twilio: mediaStreams,
  telnyx: mediaStreams,
  plivo: mediaStreams,
  exotel: mediaStreams,
  asterisk,
  vonage,
  jambonz,
  genesys,
  audiosocket,
};

/** Of a protocol of test/support/platforms.ts. */
export function recordedMessages(protocol: string): readonly WireMessage[] {
  const messages = byProtocol[protocol];
  if (messages === undefined) throw new Error(`no messages of ${protocol} were recorded for the fuzzer`);
  return messages;
}

/** Those of all the others: what a client sends that speaks another language. */
export function foreignMessages(protocol: string): readonly WireMessage[] {
  return Object.entries(byProtocol).flatMap(([name, messages]) => (name === protocol ? [] : messages));
}
