/**
 * The responder that needs nothing: no model, no network, no key. The default when no language model is configured.
 *
 * It holds a modest conversation by rules (embedded/): small talk, time, sums, requests with questions, tools. It says
 * what it cannot do instead of inventing. Stateless: everything it knows of a conversation is read from the messages of
 * the request, and the same request always gets the same answer, but for the time of day.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import { withActs } from './embedded/act-phrasings.js';
import { replay } from './embedded/conversation-replay.js';
import type { ReplySentence } from './embedded/dialogue-state.js';
import { personaOf } from './embedded/persona.js';
import { argumentsFrom, readableName } from './embedded/tool-arguments.js';
import { sayToolResults } from './embedded/tool-result.js';
import { bestToolFor, toolAskedFor } from './embedded/tool-words.js';
import { introductionOf } from './embedded/turn-context.js';
import { Utterance, wordsOf } from './embedded/utterance.js';
import type { DialogueMessage, Responder, ResponderEvent, ResponderRequest, ToolDefinition } from './responder.js';

export interface EmbeddedResponderOptions {
  readonly clock: Clock;
  /** IANA name of the zone whose time is told; the machine's by default. */
  readonly timeZone?: string;
}

/** A reply is spoken, or a tool is called. */
type Plan =
  | { readonly kind: 'say'; readonly sentences: readonly ReplySentence[] }
  | { readonly kind: 'call'; readonly tool: ToolDefinition; readonly argumentsJson: string };

const refusals = ['never mind', 'forget it', '=no', '=stop', '^cancel', 'not needed', 'goodbye'];
const missingArgumentLead = 'For that I need to know the';

export class EmbeddedResponder implements Responder {
  readonly name = 'embedded';
  readonly #clock: Clock;
  readonly #timeZone: string | undefined;

  constructor(options: EmbeddedResponderOptions) {
    this.#clock = options.clock;
    this.#timeZone = options.timeZone;
  }

  /** Yields word by word without waiting; never fails. Usage counts words. Aborting throws the signal's reason. */
  async *respond(
    request: ResponderRequest,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<ResponderEvent> {
    signal.throwIfAborted();
    const plan = this.#planFor(request);
    const inputTokens = request.messages.reduce(
      (sum, message) => sum + ('text' in message ? wordsOf(message.text).length : 0),
      0,
    );
    if (plan.kind === 'call') {
      const { tool, argumentsJson } = plan;
      yield { type: 'tool-call', callId: `call_${randomUUID()}`, name: tool.name, argumentsDelta: argumentsJson };
      yield { type: 'ended', reason: 'completed', usage: { inputTokens, outputTokens: wordsOf(argumentsJson).length } };
      return;
    }
    const limit = request.maxOutputTokens ?? Infinity;
    let outputTokens = 0;
    for (const { intent, text } of plan.sentences) {
      if (outputTokens >= limit) break;
      yield { type: 'intent', intent };
      for (const word of text.split(' ')) {
        if (outputTokens >= limit) break;
        signal.throwIfAborted();
        yield { type: 'text', delta: outputTokens === 0 ? word : ` ${word}` };
        outputTokens += 1;
      }
    }
    const wordCount = plan.sentences.reduce((sum, { text }) => sum + text.split(' ').length, 0);
    yield {
      type: 'ended',
      reason: outputTokens < wordCount ? 'max-output-tokens' : 'completed',
      usage: { inputTokens, outputTokens },
    };
  }

  #planFor(request: ResponderRequest): Plan {
    const outputs = latestToolOutputs(request.messages);
    if (outputs.length > 0) return { kind: 'say', sentences: sayToolResults(outputs) };
    return toolPlanFor(request) ?? { kind: 'say', sentences: this.#sentencesFor(request) };
  }

  #sentencesFor(request: ResponderRequest): readonly ReplySentence[] {
    const persona = personaOf(request.instructions, request.locale);
    const earlierReplies = request.messages.flatMap((message) => (message.role === 'assistant' ? [message.text] : []));
    const step = replay({ request, wallTimeMs: this.#clock.wallTimeMs(), timeZone: this.#timeZone });
    const language: ReplySentence[] =
      persona.foreignLanguage === null || earlierReplies.length > 0
        ? []
        : [
            {
              intent: 'apologise',
              text: `I should speak ${persona.foreignLanguage}, but without a language model I only know English.`,
            },
          ];
    if (step === null) {
      const introduction = introductionOf(persona);
      return [...language, { intent: 'greet', text: `Hello, ${introduction}. How can I help you?` }];
    }
    if (request.messages.at(-1)?.role === 'assistant') return [{ intent: 'question', text: 'Are you still there?' }];
    const { variation } = step.context;
    return [...language, ...withActs(step.sentences, { acts: request.acts, variation })];
  }
}

/** What the request asks to call, or the question for a missing argument; undefined when no tool is meant. */
function toolPlanFor(request: ResponderRequest): Plan | undefined {
  const { tools, toolChoice, messages } = request;
  if (tools.length === 0 || toolChoice === 'none') return undefined;
  const said = requestWords(messages);
  const utterance = new Utterance(said.join(' '));
  const answer = said.length > 1 ? new Utterance(said.at(-1) ?? '') : null;
  const named = typeof toolChoice === 'object' ? tools.find(({ name }) => name === toolChoice.name) : undefined;
  const forced = named ?? (toolChoice === 'required' ? bestToolFor(tools, utterance)?.tool : undefined);
  const tool = forced ?? toolAskedFor(tools, utterance)?.tool;
  if (!tool || messages.at(-1)?.role === 'assistant' || (answer?.strengthOf(refusals) ?? 0) > 0) return undefined;
  const { values, missing } = argumentsFrom(tool.parameters, utterance, answer);
  if (missing.length > 0 && !forced) {
    const text = `${missingArgumentLead} ${missing.map(readableName).join(' and the ')}. What is it?`;
    return { kind: 'say', sentences: [{ intent: 'question', text }] };
  }
  return { kind: 'call', tool, argumentsJson: JSON.stringify(values) };
}

/** The caller's last words, with those before them when they answer a question for a missing argument. */
function requestWords(messages: readonly DialogueMessage[]): readonly string[] {
  const words: string[] = [];
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at]!;
    if (message.role === 'user') words.unshift(message.text);
    else if (message.role !== 'assistant' || !message.text.startsWith(missingArgumentLead)) break;
  }
  return words;
}

/** Outputs of the tools whose results nothing was said about yet. */
function latestToolOutputs(messages: readonly DialogueMessage[]): string[] {
  const start = messages.findLastIndex((message) => message.role !== 'tool-result' && message.role !== 'tool-call');
  return messages.slice(start + 1).flatMap((message) => (message.role === 'tool-result' ? [message.output] : []));
}
