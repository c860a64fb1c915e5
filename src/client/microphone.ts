/**
 * The microphone: asks for it, brings its sound to the wire's rate on the audio thread, and says why when it cannot.
 */
import { AttuneError } from '../core/errors.js';

export interface MicrophoneOptions {
  readonly context: AudioContext;
  /** Address of the capturing worklet's module. */
  readonly workletUrl: string | URL;
  readonly constraints?: MediaTrackConstraints;
  /** 20 ms of sound at 24 kHz; the array is the receiver's. */
  readonly onFrame: (samples: Float32Array) => void;
  /** The device went away, or its permission was taken back. */
  readonly onLost: () => void;
}

/** Loudness is one of the things Attune listens for, so the browser is asked not to level it. */
const defaultConstraints: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: false,
};

export class Microphone {
  /** What goes to the server, for pictures of it. */
  readonly analyser: AnalyserNode;
  readonly #stream: MediaStream;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #node: AudioWorkletNode;

  private constructor(options: MicrophoneOptions, stream: MediaStream) {
    const { context, onFrame, onLost } = options;
    this.#stream = stream;
    this.#source = context.createMediaStreamSource(stream);
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = 2_048;
    this.#node = new AudioWorkletNode(context, 'attune-capture', { outputChannelCount: [1] });
    this.#node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => onFrame(data);
    // Its output is silence; only what leads to the speakers is run everywhere.
    this.#source.connect(this.analyser).connect(this.#node).connect(context.destination);
    for (const track of stream.getAudioTracks()) track.addEventListener('ended', onLost);
  }

  /** Throws MICROPHONE_DENIED, MICROPHONE_MISSING or MICROPHONE_UNAVAILABLE. */
  static async open(options: MicrophoneOptions): Promise<Microphone> {
    // Absent on pages that came over plain HTTP from another machine.
    const devices = (navigator as Partial<Navigator>).mediaDevices;
    if (devices === undefined) throw new AttuneError('MICROPHONE_UNAVAILABLE', 'This page may not use a microphone');
    await options.context.audioWorklet.addModule(options.workletUrl);
    try {
      const stream = await devices.getUserMedia({ audio: { ...defaultConstraints, ...options.constraints } });
      return new Microphone(options, stream);
    } catch (error) {
      throw microphoneError(error);
    }
  }

  /** Gives the device back. */
  close(): void {
    this.#node.port.onmessage = null;
    this.#source.disconnect();
    this.#node.disconnect();
    for (const track of this.#stream.getTracks()) track.stop();
  }
}

function microphoneError(error: unknown): AttuneError {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError')
    return new AttuneError('MICROPHONE_DENIED', 'The microphone was not allowed', { cause: error });
  if (name === 'NotFoundError' || name === 'OverconstrainedError')
    return new AttuneError('MICROPHONE_MISSING', 'There is no microphone', { cause: error });
  return new AttuneError('MICROPHONE_UNAVAILABLE', 'The microphone could not be opened', { cause: error });
}
