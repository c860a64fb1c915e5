/**
 * A transcript writer that knows no names and no marks but the full stop at the end.
 */
import { CapitalList } from '../../src/stages/stt/written-form/capital-list.js';
import { PunctuationModel } from '../../src/stages/stt/written-form/punctuation-model.js';
import { TranscriptWriter } from '../../src/stages/stt/written-form/transcript-writer.js';

export function plainWriter(): TranscriptWriter {
  return new TranscriptWriter({ capitals: new CapitalList(''), punctuation: new PunctuationModel(weightlessModel()) });
}

/** A punctuation file whose scores are all 0. */
export function weightlessModel(): Uint8Array {
  const bits = 2;
  const header = JSON.stringify({ bits, marks: ['comma', 'period', 'question'], scale: 1 }).padEnd(64);
  const bytes = new Uint8Array(12 + header.length + 3 * (1 << bits));
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('APUN'));
  view.setUint32(4, 1, true);
  view.setUint32(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), 12);
  return bytes;
}
