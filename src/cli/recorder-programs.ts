/**
 * The programs that can record a microphone here, best first: what node-record-lpcm16 knows to start.
 */

export const recorderPrograms = ['sox', 'rec', 'arecord'] as const;

export type RecorderProgram = (typeof recorderPrograms)[number];
