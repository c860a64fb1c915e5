/**
 * Tells what the caller hears of the assistant from what the client is told: the way to know its echo.
 */
import type { OwnVoice } from '../pipeline/own-voice.js';
import { silencesAssistant, type SessionEvent } from './events.js';

export function followPlayback(voice: OwnVoice, event: SessionEvent): void {
  if (silencesAssistant(event)) voice.stop();
  else if (event.type === 'reply.audio') voice.play(event.samples, event.sampleRateHz);
  else if (event.type === 'reply.held') voice.pause();
  else if (event.type === 'reply.resumed') voice.resume();
}
