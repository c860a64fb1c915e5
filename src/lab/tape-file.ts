/**
 * Writes a call's tape as a stereo WAV: caller left, answer right.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeWav } from '../audio/wav-writer.js';
import type { CallTape } from './call-tape.js';

/** Makes the folder when it is missing. Rejects with the system's error. */
export async function writeTape(tape: CallTape, file: string): Promise<void> {
  const { caller, answer } = tape.channels();
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, encodeWav({ channels: [caller, answer], sampleRateHz: tape.sampleRateHz }));
}
