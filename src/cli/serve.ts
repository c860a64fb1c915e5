/**
 * `attune serve`: runs the server until a signal, then drains it.
 */
import type { Command } from 'commander';
import { SystemClock } from '../core/system-clock.js';
import { AttuneServer } from '../server/attune-server.js';
import { unknownVariables } from '../server/config.js';
import { drainOnSignal } from '../server/drain.js';
import { PinoLogger } from '../server/pino-logger.js';
import { PrometheusMetrics } from '../server/prometheus-metrics.js';
import { addConfigOptions, configFrom, type ConfigFlags } from './config-options.js';

export function register(program: Command): void {
  addConfigOptions(program.command('serve').description('take calls until stopped')).action((flags: ConfigFlags) =>
    serve(flags),
  );
}

/** Settles when the server has drained after a signal. Throws what the configuration, the models or the port say. */
async function serve(flags: ConfigFlags): Promise<void> {
  const config = configFrom(flags);
  const logger = new PinoLogger({ level: config.logLevel, format: config.logFormat });
  for (const variable of unknownVariables()) logger.warn('variable belongs to no option', { variable });
  const metrics = new PrometheusMetrics();
  const server = await AttuneServer.start({ config, clock: new SystemClock(), logger, metrics, exposition: metrics });
  const signal = await drainOnSignal(process, { drain: () => server.drain(), hurry: () => server.hurry() });
  metrics.dispose();
  logger.info('stopped', { signal });
}
