/**
 * A whole server on a free port of the loopback, with real models, for tests with real clients.
 */
import { silentLogger } from '../../src/core/logger.js';
import { SystemClock } from '../../src/core/system-clock.js';
import { AttuneServer } from '../../src/server/attune-server.js';
import { loadConfig } from '../../src/server/config.js';
import { PrometheusMetrics } from '../../src/server/prometheus-metrics.js';

export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  /** `ws://127.0.0.1:PORT/v1/realtime?model=attune` */
  readonly url: string;
  readonly server: AttuneServer;
  readonly metrics: PrometheusMetrics;
}

export const testApiKey = 'test-key';

/** @param flags options of `attune serve`, as text; without any, nothing is written to the home of whoever tests */
export async function startServer(
  flags: Readonly<Record<string, string>> = {},
  { consoleFolder }: { readonly consoleFolder?: string } = {},
): Promise<RunningServer> {
  const config = loadConfig({
    flags: {
      port: '0',
      apiKeys: testApiKey,
      providers: 'cpu',
      memory: 'off',
      auditLog: 'off',
      eviPath: 'off',
      // What else the machine does is no reason to refuse a test's calls.
      shedLoad: 'off',
      ...flags,
    },
    environment: {},
  });
  const metrics = new PrometheusMetrics();
  const server = await AttuneServer.start({
    config,
    clock: new SystemClock(),
    logger: silentLogger,
    metrics,
    exposition: metrics,
    ...(consoleFolder === undefined ? {} : { consoleFolder }),
  });
  return {
    port: server.port,
    url: `ws://127.0.0.1:${server.port}/v1/realtime?model=attune`,
    server,
    metrics,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
