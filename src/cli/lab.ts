/**
 * `attune lab`: measures voice agents from the sound of their calls.
 */
import type { Command } from 'commander';
import { register as registerAnalyse } from './lab-analyse.js';

export function register(program: Command): void {
  const lab = program.command('lab').description('measure a voice agent from the recording of its calls');
  registerAnalyse(lab);
}
