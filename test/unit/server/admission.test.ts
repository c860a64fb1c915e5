/**
 * Whether one call more can be taken: what the server is doing, how hard it has to work, how many calls there are; in that order.
 */
import t from 'tap';
import type { LoadLevel } from '../../../src/core/load-level.js';
import { Admission } from '../../../src/server/admission.js';
import type { Readiness } from '../../../src/server/health.js';
import { ManualClock } from '../../support/manual-clock.js';
import { accessOf, tenantsOfKeys } from '../../support/tenants.js';

interface Case {
  readonly state: Readiness['state'];
  readonly level: LoadLevel;
  readonly callCount: number;
  readonly code: string | null;
}

const cases: readonly Case[] = [
  { state: 'ready', level: 0, callCount: 7, code: null },
  { state: 'ready', level: 0, callCount: 8, code: 'TOO_MANY_CALLS' },
  { state: 'ready', level: 3, callCount: 7, code: null },
  { state: 'ready', level: 4, callCount: 0, code: 'SERVER_BUSY' },
  { state: 'starting', level: 0, callCount: 0, code: 'SERVER_STARTING' },
  { state: 'draining', level: 4, callCount: 8, code: 'SERVER_DRAINING' },
];

for (const { state, level, callCount, code } of cases) {
  t.test(`${state}, load ${level}, ${callCount} of 8 calls: ${code ?? 'taken'}`, (t) => {
    const admission = new Admission({
      endpoints: [],
      access: accessOf(tenantsOfKeys(), { clock: new ManualClock() }),
      maxCalls: 8,
      readiness: { state } as Readiness,
      load: { level },
    });
    if (code === null) t.doesNotThrow(() => admission.assertRoom(callCount));
    else t.throws(() => admission.assertRoom(callCount), { code });
    t.end();
  });
}
