/**
 * The clips in `audio-fixtures/`: short recordings of synthetic callers with what is said in them and when.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readAudioFile } from '../audio/audio-file.js';
import { AttuneError } from '../core/errors.js';

const fixture = z.looseObject({
  file: z.string(),
  transcript: z.string(),
  sampleRateHz: z.number(),
  /** Where speech begins and ends in the file. */
  speechStartMs: z.number(),
  speechEndMs: z.number(),
});

const index = z.looseObject({ clips: z.array(fixture) });

export type Fixture = z.infer<typeof fixture>;

export interface FixtureAudio extends Fixture {
  readonly name: string;
  /** Mono, at `sampleRateHz`. */
  readonly samples: Float32Array;
}

export class AudioFixtures {
  readonly #folder: string;
  readonly #fixtures: readonly Fixture[];

  private constructor(folder: string, fixtures: readonly Fixture[]) {
    this.#folder = folder;
    this.#fixtures = fixtures;
  }

  /** Throws FILE_UNREADABLE. */
  static async read(folder: string): Promise<AudioFixtures> {
    const file = path.join(folder, 'index.json');
    try {
      return new AudioFixtures(folder, index.parse(JSON.parse(await readFile(file, 'utf8'))).clips);
    } catch (error) {
      throw new AttuneError('FILE_UNREADABLE', `the index of the audio fixtures cannot be read`, {
        field: file,
        cause: error,
      });
    }
  }

  get names(): readonly string[] {
    return this.#fixtures.map(nameOf);
  }

  /** Throws FILE_UNREADABLE for a name that is not in the index, and what reading audio throws. */
  async load(name: string): Promise<FixtureAudio> {
    const found = this.#fixtures.find((one) => nameOf(one) === name);
    if (!found) throw new AttuneError('FILE_UNREADABLE', `there is no audio fixture '${name}'`, { field: name });
    const audio = await readAudioFile(path.join(this.#folder, found.file), { sampleRateHz: 'original' });
    return { ...found, name, samples: audio.samples, sampleRateHz: audio.sampleRateHz };
  }
}

function nameOf(one: Fixture): string {
  return path.basename(one.file, path.extname(one.file));
}
