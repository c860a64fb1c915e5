/**
 * What `attune doctor` looks at, one function per question. Each answers; none throws or prints.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { silentLogger } from '../core/logger.js';
import { toAttuneError } from '../core/errors.js';
import { silentMetrics } from '../core/metrics.js';
import { SystemClock } from '../core/system-clock.js';
import { InferenceHost } from '../inference/inference-host.js';
import { ModelManifest } from '../inference/model-manifest.js';
import { installedVersion, optionalSttPackages } from '../stages/stt/on-thread/optional-package.js';
import { sileroModelName } from '../stages/vad/silero-vad.js';
import type { Config } from '../server/option-table.js';
import { recorderPrograms } from './recorder-programs.js';

export interface Finding {
  readonly name: string;
  /** `note` is worth knowing; only `problem` keeps the server from working. */
  readonly verdict: 'ok' | 'note' | 'problem';
  readonly detail: string;
}

/** Oldest Node that package.json allows. */
const oldestNode = { major: 20, minor: 18 };

/** Models, worker threads and a hundred calls fit in this; below it the system may stop the server. */
const comfortableFreeBytes = 1e9;

export function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const recent = major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
  const wanted = `needs ${oldestNode.major}.${oldestNode.minor} or later`;
  return {
    name: 'Node.js',
    verdict: recent ? 'ok' : 'problem',
    detail: `${process.versions.node} on ${process.platform} ${process.arch}${recent ? '' : `, ${wanted}`}`,
  };
}

export function checkProcessor(): Finding {
  const cores = availableParallelism();
  return {
    name: 'processor',
    verdict: cores >= 2 ? 'ok' : 'note',
    detail: `${cores} ${cores === 1 ? 'core' : 'cores'}, ${cpus()[0]?.model.trim() || 'unknown model'}, ${vectorUnit()}`,
  };
}

export function checkMemory(): Finding {
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  return {
    name: 'memory',
    verdict: freemem() >= comfortableFreeBytes ? 'ok' : 'note',
    detail: `${gigabytes(freemem())} free of ${gigabytes(totalmem())}`,
  };
}

export function checkRecorder(): Finding {
  const found = recorderPrograms.filter(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined,
  );
  return found.length > 0
    ? { name: 'microphone', verdict: 'ok', detail: `recorder ${found.join(', ')}` }
    : { name: 'microphone', verdict: 'note', detail: 'no recorder: `attune call --mic` needs sox or alsa-utils' };
}

export function checkPort({ host, port }: Pick<Config, 'host' | 'port'>): Promise<Finding> {
  const name = 'port';
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve({
        name,
        verdict: 'problem',
        detail: `${host}:${port} cannot be listened on (${error.code ?? error.message})`,
      }),
    );
    server.listen(port, host, () =>
      server.close(() => resolve({ name, verdict: 'ok', detail: `${host}:${port} is free` })),
    );
  });
}

/** The packages behind recognisers that Attune does not bring along. */
export function checkOptionalPackages({ sttEngine }: Pick<Config, 'sttEngine'>): readonly Finding[] {
  return Object.entries(optionalSttPackages).map(([engine, wanted]) => {
    const name = `recogniser ${engine}`;
    const installed = installedVersion(wanted.name);
    if (installed === wanted.version) return { name, verdict: 'ok', detail: `${wanted.name} ${installed}` };
    if (installed !== undefined)
      return { name, verdict: 'note', detail: `${wanted.name} ${installed}, written for ${wanted.version}` };
    const detail = `not installed: npm install --no-save ${wanted.name}@${wanted.version}`;
    return { name, verdict: sttEngine === engine ? 'problem' : 'note', detail };
  });
}

export async function checkModels({ modelDir }: Pick<Config, 'modelDir'>): Promise<readonly Finding[]> {
  try {
    const manifest = await ModelManifest.read(modelDir);
    const verdicts = await Promise.all(manifest.models.map((model) => manifest.verify(model)));
    return manifest.models.map((model, index) => {
      const verdict = verdicts[index] ?? 'missing';
      return {
        name: `model ${model.name}`,
        verdict: verdict === 'ok' ? 'ok' : 'problem',
        detail: `${verdict}, ${model.file}`,
      };
    });
  } catch (error) {
    return [{ name: 'models', verdict: 'problem', detail: toAttuneError(error, 'MODEL_MISSING').message }];
  }
}

/** Loads the smallest model once with each provider, by itself, to hear the reason of a refusal. */
export async function checkProviders(config: Config): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const provider of config.providers) {
    const reason = await refusalOf(provider, config);
    const needed = provider === 'cpu' || config.providers.length === 1;
    findings.push({
      name: `provider ${provider}`,
      verdict: reason === undefined ? 'ok' : needed ? 'problem' : 'note',
      detail: reason ?? 'usable',
    });
  }
  return findings;
}

async function refusalOf(provider: string, { modelDir }: Config): Promise<string | undefined> {
  try {
    await using host = new InferenceHost({
      manifest: await ModelManifest.read(modelDir),
      providers: [provider],
      workerCount: 1,
      intraOpThreads: 1,
      clock: new SystemClock(),
      logger: silentLogger,
      metrics: silentMetrics,
    });
    await host.openEngine(sileroModelName, { thread: 0 });
    return undefined;
  } catch (error) {
    // The engine puts what was loaded and the provider's name before the reason.
    return toAttuneError(error, 'PROVIDER_UNAVAILABLE').message.split(`${provider}: `).at(-1)?.split('\n')[0];
  }
}

/** The best instructions for 8-bit matrix products that Linux tells of. */
function vectorUnit(): string {
  if (process.platform !== 'linux') return 'vector instructions not known';
  let flags: string;
  try {
    flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
  } catch {
    return 'vector instructions not known';
  }
  const known = { avx512_vnni: 'AVX-512 VNNI', avx_vnni: 'AVX-VNNI', avx512f: 'AVX-512', avx2: 'AVX2' };
  const best = Object.entries(known).find(([flag]) => flags.split(' ').includes(flag));
  return best ? best[1] : 'no AVX2: models run slowly';
}
