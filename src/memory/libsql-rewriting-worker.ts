/**
 * The thread that writes a libSQL file anew. Started by `LibsqlMemoryStore` only; stateless.
 *
 * Deleted cells are overwritten with zeros, but copies that a page split left behind are not, so the pages are built
 * anew from what is there (`VACUUM`) and take the place of the old ones when the log is folded into the file and emptied.
 * The time this takes grows with the file: hence a thread.
 */
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client';
import { answerRequests } from '../inference/worker-thread.js';
import { isLocked } from './libsql-lock.js';
import type { RewritingRequest, RewritingResult } from './libsql-rewriting.js';

/** Nobody but this thread stands still. */
const busyTimeoutMs = 100;

answerRequests<RewritingRequest, RewritingResult>(async ({ file, rewrite }) => ({
  result: await rewritten(file, rewrite),
}));

async function rewritten(file: string, rewrite: boolean): Promise<RewritingResult> {
  const client = createClient({ url: pathToFileURL(file).href, concurrency: 1 });
  let isRewritten = !rewrite;
  try {
    await client.execute(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    if (rewrite) await client.executeMultiple('VACUUM');
    isRewritten = true;
    // One row: busy, pages in the log, pages folded into the file.
    const { rows } = await client.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    return { isRewritten, isLogEmpty: Number(rows[0]?.[0]) === 0 };
  } catch (error) {
    if (!isLocked(error)) throw error;
    return { isRewritten, isLogEmpty: false };
  } finally {
    client.close();
  }
}
