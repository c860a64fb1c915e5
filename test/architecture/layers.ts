/**
 * The direction of imports as rules for dependency-cruiser, type-only imports included. A layer may use what stands to
 * the left of it; `lab`, `client` and `console` are clients and know nothing of the server's insides.
 */
import type { IForbiddenRuleType } from 'dependency-cruiser';

const layers = [
  'core',
  'privacy',
  'audio',
  'dsp',
  'inference',
  'stages',
  'memory',
  'pipeline',
  'session',
  'protocols',
  'server',
  'cli',
];

const clientLayers = ['lab', 'client', 'console'];
const openToClients = ['core', 'audio', 'dsp', 'protocols', 'client'];

/** Every folder that may stand directly under src/. */
export const knownFolders: readonly string[] = [...layers, ...clientLayers];

/** The command line is the outermost layer and may use the clients; no other layer may. */
const looksOnlyLeft = layers.slice(0, -1).map((layer, index) => ({
  name: `${layer}-looks-only-left`,
  severity: 'error' as const,
  from: { path: `^src/${layer}/` },
  to: { path: `^src/(${[...layers.slice(index + 1), ...clientLayers].join('|')})/` },
}));

export const importRules: readonly IForbiddenRuleType[] = [
  ...looksOnlyLeft,
  {
    name: 'clients-stay-outside',
    severity: 'error',
    from: { path: `^src/(${clientLayers.join('|')})/` },
    to: { path: '^src/', pathNot: `^src/(${openToClients.join('|')}|$1)/` },
  },
  {
    name: 'protocols-see-only-session-events',
    severity: 'error',
    from: { path: '^src/protocols/' },
    to: { path: '^src/session/', pathNot: '^src/session/(events|settings)\\.ts$' },
  },
  { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
  {
    name: 'sources-stand-alone',
    severity: 'error',
    from: { path: '^src/' },
    to: { path: '^(test|bench|training|examples|docs)/' },
  },
  {
    name: 'declared-packages-only',
    severity: 'error',
    // What the console uses is bundled when it is built.
    from: { path: '^src/', pathNot: '^src/console/' },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm'] },
  },
];
