/**
 * Sound in which the tiny networks of ctc-exports read text: levels for the waveform network, tones for the mel network.
 */

/** Symbols of waveform.onnx, by number: the level in tenths. */
export const waveformSymbols = ['<pad>', '<s>', '|', 'H', 'I', 'Y', 'O', 'U'] as const;
/** Symbols of mel.onnx, by number. */
export const melSymbols = ['<unk>', '▁yes', '▁no', 'pe', '<blk>'] as const;

const frameSamples = 320;

/** Vocabulary file of the waveform network. */
export function vocabJson(): string {
  return JSON.stringify(Object.fromEntries(waveformSymbols.map((symbol, id) => [symbol, id])));
}

/** Vocabulary file of the mel network. */
export function tokensTxt(): string {
  return melSymbols.map((symbol, id) => `${symbol} ${id}`).join('\n');
}

/** "HI YOU" as levels: `framesPerSymbol` frames of 20 ms a letter, as many blanks after each. */
export function levelsOf(text: string, framesPerSymbol = 5): Float32Array {
  const ids = [...text].flatMap((letter) => [
    (waveformSymbols as readonly string[]).indexOf(letter === ' ' ? '|' : letter),
    0,
  ]);
  return Float32Array.from(
    { length: ids.length * framesPerSymbol * frameSamples },
    (_, n) => ids[Math.floor(n / (framesPerSymbol * frameSamples))]! / 10,
  );
}

/** Band centres in Hz of the first five bands (Slaney's scale is linear here, 37.24 Hz a band). */
const bandStepHz = 37.24;

/** Symbols of the mel network as tones of 400 ms, each with a blank after it. */
export function tonesOf(symbols: readonly (typeof melSymbols)[number][]): Float32Array {
  const tones = symbols.flatMap((symbol) => [symbol, '<blk>'] as const);
  const toneSamples = 6_400;
  return Float32Array.from({ length: tones.length * toneSamples }, (_, n) => {
    const band = melSymbols.indexOf(tones[Math.floor(n / toneSamples)]!);
    return 0.5 * Math.sin((2 * Math.PI * bandStepHz * (band + 1) * n) / 16_000);
  });
}
