/**
 * The one place that touches @huggingface/tokenizers: text in, token ids out.
 *
 * The package's type files import each other without extensions, which NodeNext does not resolve; the part used here is
 * declared by hand instead of being `any` everywhere.
 */
import * as library from '@huggingface/tokenizers';

export interface SubwordTokenizer {
  encode(text: string): { readonly ids: readonly number[] };
}

const { Tokenizer } = library as unknown as {
  readonly Tokenizer: new (definition: object, config: object) => SubwordTokenizer;
};

/** @param definition the parsed tokenizer.json of a model; its added tokens and post-processor apply. */
export function createSubwordTokenizer(definition: object): SubwordTokenizer {
  return new Tokenizer(definition, {});
}
