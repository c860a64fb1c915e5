/**
 * Scope: cancellation reaches children, disposal waits, failures are told once, nothing leaks.
 */
import t from 'tap';
import { CancelledError, isCancelled } from '../../../src/core/errors.js';
import { Scope } from '../../../src/core/scope.js';
import { ManualClock } from '../../support/manual-clock.js';

const quiet = (): void => undefined;

t.test('cancelling reaches children and keeps the first reason', async (t) => {
  const parent = new Scope('parent', quiet);
  const child = parent.child('child');
  parent.cancel('barge-in');
  parent.cancel('shutdown');
  t.match(child.signal.reason, new CancelledError('barge-in'));
  t.equal(
    (parent.child('late').signal.reason as CancelledError).reason,
    'barge-in',
    'a child of a cancelled scope is born cancelled',
  );
  await parent[Symbol.asyncDispose]();
});

t.test('disposing waits for what still unwinds', async (t) => {
  const clock = new ManualClock();
  const scope = new Scope('scope', quiet);
  let unwound = false;
  scope.spawn('slow', async (signal) => {
    await clock.sleep(1_000, signal).catch(quiet);
    await clock.sleep(50, new AbortController().signal);
    unwound = true;
  });
  let disposed = false;
  const disposing = scope[Symbol.asyncDispose]().then(() => (disposed = true));
  await clock.advance(49);
  t.notOk(disposed);
  await clock.advance(1);
  await disposing;
  t.ok(unwound);
});

t.test('a failed task cancels its siblings and is told once; a cancelled one is not', async (t) => {
  const failures: string[] = [];
  const scope = new Scope('scope', (label) => failures.push(label));
  const clock = new ManualClock();
  scope.spawn('waits', (signal) => clock.sleep(1_000, signal));
  scope.spawn('fails', () => Promise.reject(new Error('broken')));
  await clock.settle();
  t.same(failures, ['scope/fails']);
  t.equal((scope.signal.reason as CancelledError).reason, 'sibling-failed');
  t.ok(
    isCancelled(await scope.run(() => Promise.resolve()).catch((error: unknown) => error)),
    'nothing starts in a cancelled scope',
  );
  await scope[Symbol.asyncDispose]();
});
