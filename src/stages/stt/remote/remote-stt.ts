/**
 * Speech to text by a transcription server on the network.
 */
import { DrivenStt } from '../driven/driven-stt.js';
import { RemoteEngine } from './remote-engine.js';
import type { RemoteSttOptions } from './remote-stt-options.js';

/** Every language is tried: the server knows which it has. Throws OPTION_INVALID. Nothing is sent yet. */
export function remoteStt(options: RemoteSttOptions): DrivenStt {
  return new DrivenStt(new RemoteEngine(options), {
    name: `remote ${options.model}`,
    languages: null,
    maxUtteranceMs: options.maxUtteranceMs,
    hotwords: options.hotwords ?? [],
    writer: options.writer,
  });
}
