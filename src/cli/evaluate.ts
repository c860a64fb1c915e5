/**
 * `attune evaluate`: how good a model is on recordings whose truth is known. One subcommand for each ability.
 */
import type { Command } from 'commander';
import { addEmotionEvaluation } from './evaluate-emotion.js';
import { addSentimentEvaluation } from './evaluate-sentiment.js';
import { addSttEvaluation } from './evaluate-stt.js';
import { addTurnEndEvaluation } from './evaluate-turn-end.js';

export function register(program: Command): void {
  const command = program.command('evaluate').description('measure how good a model is on labelled recordings');
  addSttEvaluation(command);
  addEmotionEvaluation(command);
  addSentimentEvaluation(command);
  addTurnEndEvaluation(command);
}
