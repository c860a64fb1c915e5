/**
 * A value that views follow. Views are told at most once a frame, however often it changes: events come in bursts.
 */
import { useEffect, useState } from 'preact/hooks';

export class Observable<T> {
  #value: T;
  #followers = new Set<() => void>();
  #frame: number | null = null;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    // A hidden tab paints no frames; its views are told when it is seen again.
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      for (const follow of [...this.#followers]) follow();
    });
  }

  change(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  follow(follow: () => void): () => void {
    this.#followers.add(follow);
    return () => void this.#followers.delete(follow);
  }
}

/** The value now; the view is drawn anew when it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  const [value, setValue] = useState(observable.value);
  useEffect(() => {
    const take = (): void => setValue(() => observable.value);
    take();
    return observable.follow(take);
  }, [observable]);
  return value;
}
