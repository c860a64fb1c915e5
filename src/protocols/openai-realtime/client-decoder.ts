/**
 * Wire messages of a client to session events.
 *
 * Keeps the wire's session object and the input timeline, nothing else. Every refusal names the field and carries the
 * client's `event_id`, which some clients need to go on.
 */
import type { z } from 'zod';
import { AttuneError, toAttuneError } from '../../core/errors.js';
import type { ClientEvent, ReplyRequest } from '../../session/events.js';
import { parseJsonObject } from '../json-object.js';
import { ProtocolError, type WireMessage } from '../protocol.js';
import { decodeBase64 } from '../base64-bytes.js';
import { InputAudio } from './audio-wire.js';
import { clientMessages, isClientMessageType, type ClientMessageType, type responseSchema } from './client-message.js';
import { newItemOf } from './item-wire.js';
import {
  maxTokensOf,
  mergeSession,
  modalityOf,
  settingsOf,
  toolChoiceOf,
  toolsOf,
  voiceName,
  type WireSession,
} from './session-object.js';
import { parseWire } from '../wire-validation.js';

type Message<T extends ClientMessageType> = z.infer<(typeof clientMessages)[T]>;

export class ClientDecoder {
  readonly #audio: InputAudio;
  #session: WireSession;

  constructor(session: WireSession) {
    this.#session = session;
    this.#audio = new InputAudio(session.audio.input.format);
  }

  /** The effective session, as it is to be echoed. */
  get session(): WireSession {
    return this.#session;
  }

  /** Throws ProtocolError. */
  decode(message: WireMessage): readonly ClientEvent[] {
    let clientEventId: string | null = null;
    try {
      const wire = parseText(message);
      clientEventId = typeof wire['event_id'] === 'string' ? wire['event_id'] : null;
      return [{ clientEventId, ...this.#eventOf(wire) }];
    } catch (error) {
      throw new ProtocolError(toAttuneError(error, 'invalid_event'), clientEventId);
    }
  }

  #eventOf(wire: Readonly<Record<string, unknown>>): DecodedEvent {
    const { type } = wire;
    if (typeof type !== 'string')
      throw new AttuneError('missing_required_parameter', "Missing required parameter: 'type'.", { field: 'type' });
    if (!isClientMessageType(type))
      throw new AttuneError('invalid_event', `There is no client event of type '${type.slice(0, 80)}'.`, {
        field: 'type',
      });
    const read = <T extends ClientMessageType>(name: T): Message<T> =>
      parseWire(clientMessages[name] as unknown as z.ZodType<Message<T>>, wire, '');
    switch (type) {
      case 'session.update':
        return this.#update(read(type).session);
      case 'input_audio_buffer.append':
        return { type: 'audio', frame: this.#audio.decode(decodeBase64(read(type).audio, 'audio')) };
      case 'input_audio_buffer.commit':
        return { type: 'input.commit' };
      case 'input_audio_buffer.clear':
        return { type: 'input.clear' };
      case 'conversation.item.create': {
        const { item, previous_item_id } = read(type);
        return { type: 'item.create', item: newItemOf(item, 'item'), after: previous_item_id ?? null };
      }
      case 'conversation.item.retrieve':
        return { type: 'item.retrieve', itemId: read(type).item_id };
      case 'conversation.item.delete':
        return { type: 'item.delete', itemId: read(type).item_id };
      case 'conversation.item.truncate': {
        const { item_id, audio_end_ms } = read(type);
        return { type: 'item.truncate', itemId: item_id, audioEndMs: audio_end_ms };
      }
      case 'attune.call.hold':
        return { type: 'call.hold' };
      case 'attune.call.take_back':
        return { type: 'call.take-back' };
      case 'response.create':
        return { type: 'reply.create', request: replyRequestOf(read(type).response ?? undefined) };
      case 'response.cancel':
        return { type: 'reply.cancel', replyId: read(type).response_id ?? null };
    }
  }

  #update(update: Readonly<Record<string, unknown>>): DecodedEvent {
    this.#session = mergeSession(this.#session, update);
    this.#audio.format = this.#session.audio.input.format;
    return { type: 'settings.update', patch: settingsOf(this.#session) };
  }
}

type DecodedEvent = ClientEvent extends infer E ? (E extends ClientEvent ? Omit<E, 'clientEventId'> : never) : never;

function parseText(message: WireMessage): Readonly<Record<string, unknown>> {
  if (typeof message !== 'string')
    throw new AttuneError('invalid_event', 'Binary messages are not part of this protocol; send JSON text.');
  return parseJsonObject(message);
}

function replyRequestOf(wire: z.infer<typeof responseSchema> | undefined): ReplyRequest {
  const voice = wire?.audio?.output?.voice;
  return {
    inConversation: wire?.conversation !== 'none',
    input:
      wire?.input?.map((entry, index) =>
        entry.type === 'item_reference' ? reference(entry.id) : newItemOf(entry, `response.input.${index}`),
      ) ?? null,
    instructions: wire?.instructions ?? null,
    modality: wire?.output_modalities === undefined ? null : modalityOf(wire.output_modalities),
    voice: voice === undefined ? null : voiceName(voice),
    tools: wire?.tools === undefined ? null : toolsOf(wire.tools),
    toolChoice: wire?.tool_choice === undefined ? null : toolChoiceOf(wire.tool_choice),
    ...(wire?.max_output_tokens === undefined ? {} : { maxOutputTokens: maxTokensOf(wire.max_output_tokens) }),
    metadata: wire?.metadata ?? null,
  };
}

function reference(id: string): NonNullable<ReplyRequest['input']>[number] & { readonly kind: 'reference' } {
  return { kind: 'reference', id };
}
