/**
 * The direction of imports is what keeps the layers apart; the rules live in layers.ts. The second test
 * shows that the rules see what they must: type-only imports, cycles and a client that reaches inside.
 */
import t from 'tap';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { importRules } from './layers.js';

async function violationsIn(baseDir: string): Promise<readonly string[]> {
  const { output } = await cruise(
    ['src'],
    {
      baseDir,
      validate: true,
      ruleSet: { forbidden: [...importRules] },
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
    },
    undefined,
    { tsConfig: extractTsConfig('tsconfig.json') },
  );
  const { summary } = output as ICruiseResult;
  t.ok(summary.totalCruised > 1, 'modules were read');
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort();
}

t.test('imports go only to the left and never in a circle', async (t) => {
  t.same(await violationsIn(process.cwd()), []);
});

t.test('the rules notice type-only imports, cycles and clients that reach inside', async (t) => {
  const root = t.testdir({
    src: {
      core: {
        'clock.ts': `import type { Frame } from '../audio/frame.js';\nexport type Clock = Frame;\n`,
      },
      audio: {
        'frame.ts': `export interface Frame { readonly rate: number }\n`,
      },
      dsp: {
        'one.ts': `import { two } from './two.js';\nexport const one = (): number => two();\n`,
        'two.ts': `import { one } from './one.js';\nexport const two = (): number => one();\n`,
      },
      lab: {
        'caller.ts': `import type { Session } from '../session/session.js';\nexport type Caller = Session;\n`,
      },
      session: {
        'session.ts': `export interface Session { readonly id: string }\n`,
      },
      protocols: {
        'codec.ts': `import type { Session } from '../session/session.js';\nexport type Codec = Session;\n`,
      },
    },
  });
  t.same(await violationsIn(root), [
    'clients-stay-outside: src/lab/caller.ts → src/session/session.ts',
    'core-looks-only-left: src/core/clock.ts → src/audio/frame.ts',
    'no-cycles: src/dsp/one.ts → src/dsp/two.ts',
    'protocols-see-only-session-events: src/protocols/codec.ts → src/session/session.ts',
  ]);
});
