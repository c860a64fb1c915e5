/**
 * BoundedQueue: the three policies, purge, close and one stale frame that must not appear.
 */
import t from 'tap';
import { BoundedQueue } from '../../../src/core/bounded-queue.js';
import { CancelledError } from '../../../src/core/errors.js';
import { ManualClock } from '../../support/manual-clock.js';

const never = new AbortController().signal;
const clock = new ManualClock();

async function drain<T>(queue: BoundedQueue<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of queue) items.push(item);
  return items;
}

t.test('wait: the producer is parked until there is room, and order is kept', async (t) => {
  const queue = new BoundedQueue<number>({ capacity: 2, policy: 'wait' });
  let pushed = 0;
  const producer = (async () => {
    for (const item of [1, 2, 3]) {
      await queue.push(item, never);
      pushed += 1;
    }
    queue.close();
  })();
  await clock.settle();
  t.equal(pushed, 2);
  t.same(await drain(queue), [1, 2, 3]);
  await producer;
});

t.test('wait: an item heavier than the queue still passes when it is empty', async (t) => {
  const queue = new BoundedQueue<number>({ capacity: 10, policy: 'wait', weigh: (item) => item });
  await queue.push(50, never);
  t.equal(queue.size, 50);
});

t.test('drop-oldest: forgets and counts', (t) => {
  const queue = new BoundedQueue<number>({ capacity: 2, policy: 'drop-oldest' });
  for (const item of [1, 2, 3, 4]) queue.offer(item);
  t.equal(queue.droppedCount, 2);
  t.same(queue.purge(), [3, 4]);
  t.end();
});

t.test('reject: throws QUEUE_FULL', (t) => {
  const queue = new BoundedQueue<number>({ capacity: 1, policy: 'reject' });
  queue.offer(1);
  t.throws(() => queue.offer(2), { code: 'QUEUE_FULL' });
  t.end();
});

t.test('cancel, then purge: no stale item slips in', async (t) => {
  const queue = new BoundedQueue<string>({ capacity: 1, policy: 'wait' });
  const turn = new AbortController();
  queue.offer('heard');
  const parked = t.rejects(queue.push('stale', turn.signal), new CancelledError('barge-in'));
  await clock.settle();
  turn.abort(new CancelledError('barge-in'));
  queue.purge();
  await parked;
  t.equal(queue.size, 0);
});

t.test('close delivers what waits, then ends; with an error it throws', async (t) => {
  const queue = new BoundedQueue<number>({ capacity: 5, policy: 'wait' });
  queue.offer(1);
  queue.close();
  t.same(await drain(queue), [1]);
  t.throws(() => queue.offer(2), { code: 'QUEUE_CLOSED' });
  const failed = new BoundedQueue<number>({ capacity: 5, policy: 'wait' });
  failed.close(new Error('broken'));
  await t.rejects(drain(failed), { message: 'broken' });
});
