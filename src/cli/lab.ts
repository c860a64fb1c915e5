/**
 * `attune lab`: measures voice agents from the sound of their calls.
 */
import type { Command } from 'commander';
import { register as registerAnalyse } from './lab-analyse.js';
import { register as registerCall } from './lab-call.js';
import { register as registerCompare } from './lab-compare.js';
import { register as registerLoad } from './lab-load.js';

export function register(program: Command): void {
  const lab = program.command('lab').description('measure a voice agent from the recording of its calls');
  registerCall(lab);
  registerLoad(lab);
  registerAnalyse(lab);
  registerCompare(lab);
}
