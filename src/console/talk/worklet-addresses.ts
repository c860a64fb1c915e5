/**
 * Takes the place of the client's file of this name when the console is built, which bundles the sources themselves.
 */
import capture from '../../client/capture-worklet.ts?worker&url';
import playback from '../../client/playback-worklet.ts?worker&url';

export const workletAddresses = { capture, playback };
