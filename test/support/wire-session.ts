/**
 * What a session of the OpenAI Realtime API begins with in tests of its codec.
 */
import type { WireSessionDefaults } from '../../src/protocols/openai-realtime/session-object.js';

export const wireSession: WireSessionDefaults = {
  id: 'sess_1',
  model: 'attune',
  voice: 'slt',
  locale: 'en-US',
  emotion: true,
  purpose: 'unspecified',
  instructions: '',
  expiresAtS: 1,
  type: 'realtime',
};
