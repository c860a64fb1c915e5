/**
 * How hard the machine has to work for all calls together, in steps: 0 is usual, and each further one gives something up. What
 * that is, whoever gives it up says.
 */
export type LoadLevel = 0 | 1 | 2 | 3 | 4;

/** What everybody reads; whoever measures the load sets it. */
export interface Load {
  readonly level: LoadLevel;
}
