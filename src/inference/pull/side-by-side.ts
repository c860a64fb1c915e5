/**
 * A list of tasks, a few of them at a time. The first that fails cancels the others, and nothing outlives the call.
 */
import type { Scope } from '../../core/scope.js';

/** Rejects with the first failure, or with the reason of the scope, once every task has settled. */
export async function sideBySide<T>(
  items: readonly T[],
  { concurrency, scope }: { readonly concurrency: number; readonly scope: Scope },
  work: (item: T, scope: Scope) => Promise<void>,
): Promise<void> {
  await using group = scope.child('side by side');
  const waiting = [...items];
  const failures: unknown[] = [];
  const worker = async (signal: AbortSignal): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      signal.throwIfAborted();
      await work(item, group);
    }
  };
  await Promise.all(
    Array.from({ length: Math.min(concurrency, items.length) }, async () => {
      try {
        await group.run(worker);
      } catch (error) {
        failures.push(error);
        group.cancel('sibling-failed');
      }
    }),
  );
  if (failures.length > 0) throw failures[0] as Error;
}
