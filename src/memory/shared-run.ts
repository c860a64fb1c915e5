/**
 * Work that many ask for and one run of which serves them all: those who ask while it is under way share the next run,
 * because what they did before came too late for this one. At most one run is under way and one is to come.
 */
export class SharedRun {
  readonly #work: () => Promise<void>;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Settles as a run that began after this call. */
  ask(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#running = this.#work();
        return this.#running;
      });
    return this.#next;
  }

  /** Resolves when no run is under way, however it ended. */
  idle(): Promise<void> {
    return this.#running.catch(() => undefined);
  }
}
