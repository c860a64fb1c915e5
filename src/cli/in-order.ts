/**
 * Work on many inputs at once with results in the order of the inputs, each as soon as it and those before it are there.
 *
 * At most `concurrency` inputs are in work or wait to be taken. A source that pauses, as a person typing does, delays
 * nothing that is finished.
 */
import { BoundedQueue } from '../core/bounded-queue.js';
import { CancelledError } from '../core/errors.js';

export interface InOrderOptions<T, R> {
  /** 2 or more. */
  readonly concurrency: number;
  /** Opens the inputs; the signal aborts when nobody wants results any more. */
  readonly source: (signal: AbortSignal) => Iterable<T> | AsyncIterable<T>;
  readonly work: (item: T) => Promise<R>;
}

/** The results; throws what the source or `work` throws, at its place in the order. */
export async function* inOrder<T, R>({ concurrency, source, work }: InOrderOptions<T, R>): AsyncGenerator<R> {
  const stop = new AbortController();
  // The consumer holds one result more than the queue.
  const results = new BoundedQueue<Promise<R>>({ capacity: concurrency - 1, policy: 'wait' });
  const feed = async (): Promise<void> => {
    for await (const item of source(stop.signal)) {
      let start = (): void => undefined;
      const result = new Promise<R>((resolve) => {
        start = () => resolve(work(item));
      });
      // A failure is met where the result is taken; results behind it are not.
      result.catch(() => undefined);
      await results.push(result, stop.signal);
      start();
    }
  };
  const feeding = feed().then(
    () => results.close(),
    (error: unknown) => results.close(error as Error),
  );
  try {
    for await (const result of results) yield await result;
  } finally {
    stop.abort(new CancelledError('scope-ended'));
    await feeding;
  }
}
