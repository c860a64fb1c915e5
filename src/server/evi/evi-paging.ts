/**
 * Pages of lists, as EVI's REST interface numbers them: from 0, ten things a page unless asked otherwise.
 */
import { z } from 'zod';
import { parseWire } from '../../protocols/wire-validation.js';

const pageQuery = z.object({
  page_number: z.coerce.number().int().min(0).max(1_000_000).default(0),
  page_size: z.coerce.number().int().min(1).max(100).default(10),
});

export interface PageOf<T> {
  readonly items: readonly T[];
  /** Fields of the answer that say which page it is. */
  readonly place: { readonly page_number: number; readonly page_size: number; readonly total_pages: number };
}

/** Throws invalid_value for a number that is none. */
export function pageOf<T>(all: readonly T[], query: URLSearchParams): PageOf<T> {
  const given = Object.fromEntries([...query].filter(([name]) => name.startsWith('page_')));
  const { page_number: number, page_size: size } = parseWire(pageQuery, given, '');
  return {
    items: all.slice(number * size, (number + 1) * size),
    place: { page_number: number, page_size: size, total_pages: Math.ceil(all.length / size) },
  };
}

/** `ascending_order=true`, oldest first; newest first otherwise. */
export function ordered<T>(
  oldestFirst: readonly T[],
  query: URLSearchParams,
  usually: 'ASC' | 'DESC',
): { readonly items: readonly T[]; readonly direction: 'ASC' | 'DESC' } {
  const said = query.get('ascending_order');
  const direction = said === null ? usually : said === 'true' ? 'ASC' : 'DESC';
  return { items: direction === 'ASC' ? oldestFirst : oldestFirst.toReversed(), direction };
}
