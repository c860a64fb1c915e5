/**
 * What is deployed with containers and cannot be run in a test: it parses, its parts fit each other, and the board shows
 * metrics that exist.
 */
import t from 'tap';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { optionNames, variableOf } from '../../src/server/option-table.js';
import { sourceFiles } from './source-files.js';

interface Service {
  readonly build?: string;
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8')) as Compose;
const dockerfile = readFileSync('Dockerfile', 'utf8');

/** Metrics that prom-client itself adds, as far as the board shows them. */
const metricsOfNode = ['process_resident_memory_bytes', 'nodejs_heap_size_used_bytes', 'process_cpu_seconds_total'];

t.test('the server runs without a profile, its neighbours only with theirs', async (t) => {
  const profiles = Object.entries(compose.services).map(([name, { profiles = [] }]) => [name, ...profiles]);
  t.same(profiles, [
    ['server'],
    ['llm', 'llm'],
    ['llm-model', 'llm'],
    ['prometheus', 'metrics'],
    ['grafana', 'metrics'],
  ]);
  t.match(compose.services['server']?.healthcheck?.test.join(' '), '/ready');
});

t.test('services name images with versions, neighbours and files that exist', async (t) => {
  for (const [name, service] of Object.entries(compose.services)) {
    t.ok(service.build !== undefined || /:[^:]*\d/.test(service.image ?? ''), `${name} has an image with a version`);
    const { depends_on: neighbours = [] } = service;
    for (const neighbour of Array.isArray(neighbours) ? (neighbours as string[]) : Object.keys(neighbours)) {
      t.ok(compose.services[neighbour], `${name} depends on ${neighbour}`);
    }
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0] ?? '';
      t.ok(source.startsWith('.') ? existsSync(source) : source in compose.volumes, `${name} mounts ${source}`);
    }
  }
});

t.test('every ATTUNE_* variable of the container belongs to an option', async (t) => {
  const known = optionNames.map(variableOf);
  const used = [
    ...Object.keys(compose.services['server']?.environment ?? {}),
    ...(dockerfile.match(/ATTUNE_[A-Z_]+/g) ?? []),
  ];
  t.ok(used.length > 0);
  t.same(
    used.filter((name) => !known.includes(name)),
    [],
  );
});

t.test('the image is built in stages, without development packages, and does not run as root', async (t) => {
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const names = stages.map((stage) => /^\S+ AS (\S+)/.exec(stage)?.[1]);
  t.same(names, ['build', 'dependencies', 'server']);
  t.match(stages[1], 'npm ci --omit=dev');
  t.match(stages[1], /onnxruntime-node\/bin\/napi-v6[^]*rm -rf/);
  const last = stages[2] ?? '';
  t.notMatch(last, /npm (ci|install)/);
  t.match(last, /^USER node$/m);
  t.match(last, /^HEALTHCHECK /m);
  t.match(last, /^CMD \["node", "bin\/attune.js", "serve"\]$/m);
  for (const [, stage] of dockerfile.matchAll(/--from=(\S+)/g)) t.ok(names.includes(stage), `stage ${stage}`);
});

t.test('what the Dockerfile copies exists and is not ignored', async (t) => {
  const ignored = readFileSync('.dockerignore', 'utf8');
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) => paths.split(' '));
  for (const path of copied) {
    t.ok(existsSync(path), `${path} exists`);
    t.match(ignored, `\n!${path}\n`);
  }
  t.ok(existsSync('node_modules/onnxruntime-node/bin/napi-v6/linux'), 'the folder that is pruned is where it was');
});

t.test('Prometheus asks the server, and Grafana asks Prometheus', async (t) => {
  const prometheus = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as {
    readonly scrape_configs: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[];
  };
  const targets = prometheus.scrape_configs.flatMap((job) => job.static_configs.flatMap((config) => config.targets));
  t.same(targets, ['server:8787']);
  const source = parse(readFileSync('deploy/grafana/datasource.yml', 'utf8')) as {
    readonly datasources: readonly { readonly url: string; readonly uid: string }[];
  };
  t.match(source.datasources, [{ uid: 'prometheus', url: 'http://prometheus:9090' }]);
});

t.test('every metric on the board exists', async (t) => {
  interface Board {
    readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
  }
  const board = JSON.parse(readFileSync('deploy/grafana/attune.json', 'utf8')) as Board;
  const sources = sourceFiles()
    .map(({ text }) => text)
    .join('\n');
  for (const { title, targets } of board.panels) {
    for (const { expr } of targets) {
      const names = expr.match(/\b(attune|process|nodejs)_[a-z0-9_]+/g) ?? [];
      t.ok(names.length > 0, `${title} asks for a metric`);
      for (const name of names) {
        const base = name.replace(/_(bucket|sum|count)$/, '');
        const exists = sources.includes(`'${base}'`) || sources.includes(`'${base.replace(/^attune_/, '')}'`);
        t.ok(exists || metricsOfNode.includes(name), `${title}: ${name}`);
      }
    }
  }
});
