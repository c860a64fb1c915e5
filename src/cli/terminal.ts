/**
 * The one place that prints. Results go to standard output, complaints to standard error; colours only where a person
 * reads. With `--json` a command prints objects, one per line, and nothing else on standard output.
 */
import chalk from 'chalk';
import Table from 'cli-table3';

export class Terminal {
  constructor() {
    // A reader like `head` may leave early; that is the end of the output and not a failure.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exitCode ??= 0;
    });
  }

  /** True when standard output is a terminal, so that lines may be rewritten. */
  get interactive(): boolean {
    return process.stdout.isTTY;
  }

  print(line = ''): void {
    process.stdout.write(`${line}\n`);
  }

  /** Without a line end. */
  write(text: string): void {
    process.stdout.write(text);
  }

  /** To standard error. */
  complain(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  /** True when standard error is a terminal, so that a line of it may be rewritten. */
  get rewritesComplaints(): boolean {
    return process.stderr.isTTY;
  }

  /** Puts `line` in the place of standard error's last line, which has not ended; empty takes it away. */
  rewriteComplaint(line: string): void {
    process.stderr.write(`\r\x1b[2K${line}`);
  }

  /** One object on one line. */
  json(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const table = new Table({
      head: head.map((title) => chalk.bold(title)),
      style: { head: [], border: [], compact: true },
    });
    table.push(...rows.map((row) => [...row]));
    this.print(table.toString());
  }

  bold(text: string): string {
    return chalk.bold(text);
  }

  dim(text: string): string {
    return chalk.dim(text);
  }

  accent(text: string): string {
    return chalk.cyan(text);
  }

  good(text: string): string {
    return chalk.green(text);
  }

  warn(text: string): string {
    return chalk.yellow(text);
  }

  bad(text: string): string {
    return chalk.red(text);
  }
}

export const terminal = new Terminal();
