/**
 * What the page and the playing audio thread say to each other.
 */
import type { PlayedItem } from './jitter-buffer.js';

export type PlaybackCommand =
  /** At the device's rate; ownership goes with the message. */
  | { readonly type: 'push'; readonly itemId: string; readonly samples: Float32Array }
  | { readonly type: 'end'; readonly itemId: string }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'clear' };

export type PlaybackReport =
  | { readonly type: 'position'; readonly item: PlayedItem; readonly gapCount: number }
  | { readonly type: 'finished'; readonly item: PlayedItem }
  /** Answers `clear`: what was broken off, and where. */
  | { readonly type: 'cleared'; readonly items: readonly PlayedItem[] };
