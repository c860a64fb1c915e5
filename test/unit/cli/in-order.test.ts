/**
 * Many at once, in order: results keep the order of the inputs, the work is bounded, failures and early ends are clean.
 */
import t from 'tap';
import { inOrder } from '../../../src/cli/in-order.js';

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

t.test('results come in the order of the inputs, whichever is done first', async (t) => {
  const gates = [gate(), gate(), gate()];
  const found: number[] = [];
  const work = async (index: number): Promise<number> => {
    await gates[index]!.opened;
    return index;
  };
  const reading = (async () => {
    for await (const result of inOrder({ concurrency: 3, source: () => [0, 1, 2], work })) found.push(result);
  })();
  gates[2]!.open();
  gates[1]!.open();
  await settled();
  t.same(found, [], 'the first is not there yet');
  gates[0]!.open();
  await reading;
  t.same(found, [0, 1, 2]);
});

t.test('no more than `concurrency` inputs are taken up', async (t) => {
  const started: number[] = [];
  const first = gate();
  const work = async (index: number): Promise<number> => {
    started.push(index);
    if (index === 0) await first.opened;
    return index;
  };
  const results = inOrder({ concurrency: 3, source: () => [0, 1, 2, 3, 4, 5], work });
  const firstResult = results.next();
  await settled();
  t.same(started, [0, 1, 2]);
  first.open();
  t.same(await firstResult, { done: false, value: 0 });
  const rest: number[] = [];
  for await (const result of results) rest.push(result);
  t.same(rest, [1, 2, 3, 4, 5]);
});

t.test('a result is given while the source has not brought the next input', async (t) => {
  const next = gate();
  async function* source(): AsyncGenerator<string> {
    yield 'a';
    await next.opened;
    yield 'b';
  }
  const results = inOrder({ concurrency: 8, source, work: async (text: string) => text.toUpperCase() });
  t.same(await results.next(), { done: false, value: 'A' });
  next.open();
  t.same(await results.next(), { done: false, value: 'B' });
  t.ok((await results.next()).done);
});

t.test('a failure is thrown at its place, and a failing source after what it brought', async (t) => {
  const results = inOrder({
    concurrency: 4,
    source: () => [1, 2, 3],
    work: async (value: number) => {
      if (value === 2) throw new Error('two');
      return value;
    },
  });
  t.same(await results.next(), { done: false, value: 1 });
  await t.rejects(results.next(), { message: 'two' });
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    throw new Error('broken pipe');
  }
  const some = inOrder({ concurrency: 4, source: broken, work: async (value: number) => value });
  t.same(await some.next(), { done: false, value: 1 });
  await t.rejects(some.next(), { message: 'broken pipe' });
});

t.test('who stops reading stops the source', async (t) => {
  let stopped: AbortSignal | undefined;
  let count = 0;
  function* endless(): Generator<number> {
    for (;;) yield (count += 1);
  }
  const source = (signal: AbortSignal): Iterable<number> => {
    stopped = signal;
    return endless();
  };
  for await (const value of inOrder({ concurrency: 2, source, work: async (value: number) => value })) {
    if (value === 3) break;
  }
  t.ok(stopped?.aborted);
  const countAtEnd = count;
  await settled();
  t.equal(count, countAtEnd);
});
