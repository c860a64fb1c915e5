/**
 * What the process that runs a load and its workers say to each other.
 */
import type { AudioClip } from '../../audio/audio-file.js';
import type { CallPlace } from '../measured-call.js';
import type { CallFindings } from '../report/lab-report.js';

/** The work of one process at one level. */
export interface WorkerJob {
  readonly place: CallPlace;
  readonly calls: readonly { readonly name: string; readonly seed: number; readonly startAfterMs: number }[];
  /** Every line a caller may say; call n begins with another one than call n + 1. */
  readonly lines: readonly AudioClip[];
  readonly turns: number;
  readonly turnEveryMs: number;
  /** Folder for the tapes; null to keep none. */
  readonly tapeFolder: string | null;
}

export interface WorkerResult {
  readonly findings: readonly CallFindings[];
  readonly refused: readonly string[];
  readonly loop: { readonly p99Ms: number; readonly maxMs: number };
}

export type WorkerMessage =
  | { readonly type: 'call-started' }
  | { readonly type: 'call-ended' }
  | { readonly type: 'turn'; readonly latencyMs: number | null }
  | { readonly type: 'done'; readonly result: WorkerResult }
  | { readonly type: 'failed'; readonly message: string };
