/**
 * What can be pulled: third-party models with their homes, licences, files and digests, as `models/catalogue.json` or
 * another catalogue lists them. Reads and judges the list; fetches nothing.
 *
 * A catalogue may come from anywhere, so nothing in it is taken on trust: a file lands inside the model's folder, an
 * address is HTTPS (or stays on this machine), and a size bounds what is downloaded.
 */
import { z } from 'zod';
import { AttuneError } from '../core/errors.js';
import { isFetchable } from './pull/address.js';
import { nearestOf } from './pull/nearest-name.js';
import { sha256Text, pulledFolderName, pulledFilePath } from './pulled-model.js';

const catalogueFile = z.strictObject({
  /** What the file is to the engine, as `encoder` or `tokens`. */
  role: z.string().regex(/^[a-z][a-z0-9-]*$/u),
  path: pulledFilePath,
  url: z.string().refine(isFetchable, 'must be https, or http on this machine, without a user name'),
  /** Null when nobody published one: then the home or the person pulling must supply it. */
  sha256: sha256Text.nullable(),
  bytes: z.number().int().positive(),
});

const catalogueModel = z.strictObject({
  name: pulledFolderName,
  /** One line: which model, whose, how large. */
  what: z.string().min(1),
  engine: z.enum(['ctc', 'transformers', 'sherpa']),
  /** BCP 47 tags. */
  languages: z.array(z.string().min(2)).min(1),
  licence: z.strictObject({
    /** SPDX identifier, or `LicenseRef-…` for a licence that has none. */
    id: z.string().regex(/^[A-Za-z0-9.+-]+$/u),
    url: z.string().refine(isFetchable, 'must be https'),
    meaning: z.string().min(1),
  }),
  homepage: z.string().refine(isFetchable, 'must be https'),
  /** `hugging-face` publishes digests of its own; of `other` homes nothing is known. */
  home: z.enum(['hugging-face', 'other']),
  /** For the engine alone; copied to `model.json` as it is. */
  options: z.record(z.string(), z.json()),
  files: z
    .array(catalogueFile)
    .min(1)
    .refine((files) => areDistinct(files.map(({ path }) => path)), 'two files have the same path'),
});

const catalogueSchema = z.strictObject({
  models: z
    .array(catalogueModel)
    .refine((models) => areDistinct(models.map(({ name }) => name)), 'two models have the same name'),
});

export type CatalogueFile = z.infer<typeof catalogueFile>;
export type CatalogueModel = z.infer<typeof catalogueModel>;

export class ModelCatalogue {
  readonly models: readonly CatalogueModel[];

  private constructor(models: readonly CatalogueModel[]) {
    this.models = models;
  }

  /** @param source file or address, for the message. Throws CATALOGUE_INVALID naming the first field that is wrong. */
  static parse(text: string, source: string): ModelCatalogue {
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch (error) {
      throw new AttuneError('CATALOGUE_INVALID', `${source} is not JSON`, { field: source, cause: error });
    }
    const result = catalogueSchema.safeParse(content);
    if (result.success) return new ModelCatalogue(result.data.models);
    const [issue] = result.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw new AttuneError('CATALOGUE_INVALID', `${source} cannot be used: ${field}: ${issue?.message ?? 'unknown'}`, {
      field,
      cause: result.error,
    });
  }

  /** Throws MODEL_UNKNOWN with the names that come nearest. */
  find(name: string): CatalogueModel {
    const model = this.models.find((candidate) => candidate.name === name);
    if (model) return model;
    const names = this.models.map((candidate) => candidate.name);
    const near = nearestOf(name, names);
    const known = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${names.join(', ')}`;
    throw new AttuneError('MODEL_UNKNOWN', `the catalogue has no model '${name}'; ${known}`, { field: name });
  }
}

function areDistinct(values: readonly string[]): boolean {
  // Some file systems do not tell upper from lower case.
  return new Set(values.map((value) => value.toLowerCase())).size === values.length;
}
