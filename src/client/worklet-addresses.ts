/**
 * Where the modules of the audio thread lie: beside this one, each a file without imports, so that bundlers take them along.
 */

export const workletAddresses = {
  capture: new URL('./capture-worklet.js', import.meta.url),
  playback: new URL('./playback-worklet.js', import.meta.url),
};
