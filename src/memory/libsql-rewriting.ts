/**
 * One look at a libSQL file by the thread that writes it anew: what to do, and whether something stood in the way.
 */

export interface RewritingRequest {
  readonly file: string;
  /** False: the file was written anew already, only its log is still to be emptied. */
  readonly rewrite: boolean;
}

/** What is done; a lock of somebody else stood in the way of the rest. */
export interface RewritingResult {
  readonly isRewritten: boolean;
  readonly isLogEmpty: boolean;
}
