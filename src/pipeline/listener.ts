/**
 * One caller's ears: audio in, turns out.
 *
 * It runs VAD over the caller's audio, steps the turn machine and carries out what the machine asks: opening and closing
 * utterances for the recogniser and the voice emotion stage, and telling its owner when to hold, resume or interrupt the
 * assistant. Frames are worked through in order by one task; everything it starts lives in the scope it is given.
 * Endpointing runs on time: when audio stops coming, the missing time counts as silence.
 */
import { modelSampleRateHz, type AudioFrame } from '../audio/audio-frame.js';
import { FrameResampler } from '../audio/frame-resampler.js';
import type { AudioWindow } from '../audio/rechunker.js';
import { AttuneError, isCancelled, toAttuneError } from '../core/errors.js';
import type { Scope } from '../core/scope.js';
import { measureFinalCadence } from '../dsp/final-cadence.js';
import { SnrMeter } from '../dsp/snr-meter.js';
import type { SpeakerBaseline, VoiceEmotion } from '../stages/emotion/voice-emotion.js';
import type { SttHypothesis, SttUtterance } from '../stages/stt/stt.js';
import type { VadStream } from '../stages/vad/vad.js';
import type { Abilities } from './abilities.js';
import { CallerAudio } from './caller-audio.js';
import { ExpectedTurn, isEndProbable } from './expected-turn.js';
import type { HeardUtterance } from './heard-utterance.js';
import { judgeOverlap } from './overlap.js';
import type { OwnVoice } from './own-voice.js';
import { ImpressionPace } from './impression-pace.js';
import { QuietTime, quietTickMs } from './quiet-time.js';
import { idleTurn, isHolding, stepTurn, type TurnAction, type TurnInput, type TurnState } from './turn-machine.js';
import type { TurnPolicy } from './turn-policy.js';
import { TurnEndListening } from './turn-end-listening.js';
import { VoiceListening } from './voice-listening.js';

export type ListenerEvent =
  | { readonly type: 'hold' }
  | { readonly type: 'resume' }
  | { readonly type: 'interrupt' }
  | { readonly type: 'speech-started'; readonly utteranceId: string; readonly startMs: number }
  | { readonly type: 'partial'; readonly utteranceId: string; readonly hypothesis: SttHypothesis }
  | {
      readonly type: 'voice-emotion';
      readonly utteranceId: string;
      readonly voice: VoiceEmotion;
      readonly speechMs: number;
    }
  /** The pause may well be the end; what it would be if it were. At most once in a pause, and not under load. */
  | {
      readonly type: 'turn-expected';
      readonly hypothesis: SttHypothesis;
      /** Null as in `HeardUtterance`. */
      readonly voice: Promise<VoiceEmotion | null>;
      readonly speechMs: number;
      readonly snrDb: number | null;
    }
  /** It was not: the caller goes on, or what was said is forgotten. */
  | { readonly type: 'turn-unexpected' }
  | { readonly type: 'utterance-ended'; readonly utterance: HeardUtterance }
  | { readonly type: 'degraded'; readonly component: string; readonly error: AttuneError };

export interface ListenerSettings {
  /** Null: no automatic turns; everything between two commits is one utterance. */
  readonly policy: TurnPolicy | null;
  readonly language: string;
  readonly hotwords: readonly string[];
  readonly emotionEnabled: boolean;
}

export interface ListenerOptions {
  readonly callId: string;
  readonly abilities: Abilities;
  readonly settings: ListenerSettings;
  readonly scope: Scope;
  readonly newUtteranceId: () => string;
  /** Asked for every window: can the caller hear the assistant now? */
  readonly isReplyAudible: () => boolean;
  /** What the caller hears of the assistant; its echo is no speech. Lent. */
  readonly ownVoice: OwnVoice;
  /** Told synchronously, in order; must not throw. */
  readonly onEvent: (event: ListenerEvent) => void;
}

interface OpenUtterance {
  readonly id: string;
  readonly startSample: number;
  readonly scope: Scope;
  stt: SttUtterance;
  finished: Promise<SttHypothesis> | undefined;
  /** The latest partial text. */
  partial: SttHypothesis | undefined;
  /** What was said up to the pause that begins at `endMs`; null where the recogniser cannot tell. */
  foreseen: { readonly endMs: number; readonly outcome: Promise<SttHypothesis | null> } | undefined;
  /** False while it may still turn out to be nothing: then its partial texts are nobody's business. */
  isAnnounced: boolean;
}

/** A commit needs this much audio, as the OpenAI API has it. */
const minCommitMs = 100;
/** The voice emotion stage hears at most the last seconds of an utterance, and the last few for a passing impression. */
const maxEmotionMs = 8_000;
const maxImpressionMs = 3_000;
/** What the end-of-turn stage wants at least. */
const maxTurnEndMs = 3_000;
const samplesPerMs = modelSampleRateHz / 1000;

export class Listener {
  readonly #options: ListenerOptions;
  readonly #audio: CallerAudio;
  readonly #quiet: QuietTime;
  readonly #vad: VadStream;
  readonly #voice: VoiceListening;
  readonly #turnEnd: TurnEndListening;
  readonly #pace = new ImpressionPace();
  readonly #snr = new SnrMeter();
  #expected = new ExpectedTurn();
  #settings: ListenerSettings;
  #state: TurnState = idleTurn;
  #utterance: OpenUtterance | undefined;
  #bufferStartMs = 0;
  #heardMs = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#settings = options.settings;
    const { abilities, callId, scope } = options;
    this.#audio = new CallerAudio((options.settings.policy?.maxUtteranceMs ?? 60_000) + 5_000);
    this.#quiet = new QuietTime(abilities.clock.nowMs());
    this.#vad = abilities.vad.openStream({ signal: scope.signal, callId });
    this.#voice = new VoiceListening({
      stage: abilities.voiceEmotion,
      clock: abilities.clock,
      callId,
      onFailure: (error) => options.onEvent({ type: 'degraded', component: 'voice-emotion', error }),
    });
    this.#turnEnd = new TurnEndListening({
      stage: abilities.turnEnd,
      clock: abilities.clock,
      callId,
      onFailure: (error) => options.onEvent({ type: 'degraded', component: 'turn-end', error }),
    });
    scope.signal.addEventListener('abort', () => this.#audio.close(), { once: true });
    scope.spawn('listen', () => this.#listen());
    scope.spawn('quiet', (signal) => this.#watchForQuiet(signal));
  }

  /** How the caller usually sounds; null before the first utterance. */
  get voiceBaseline(): SpeakerBaseline | null {
    return this.#voice.baseline;
  }

  /** The caller is known from an earlier call. */
  recallVoice(baseline: SpeakerBaseline): void {
    this.#voice.recall(baseline);
  }

  /** Milliseconds of audio worked through so far. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** Resolves when there is room for the frame. Frames may have any supported rate and size. */
  async accept(frame: AudioFrame, signal: AbortSignal): Promise<void> {
    this.#quiet.noteFrame(this.#options.abilities.clock.nowMs());
    await this.#audio.accept(frame, signal);
  }

  /** Takes effect with the next window; an utterance in progress goes on under the new policy. */
  configure(settings: ListenerSettings): void {
    const automatic = settings.policy !== null;
    if (automatic !== (this.#settings.policy !== null)) this.#forget();
    this.#settings = settings;
  }

  /** Ends the utterance in progress, or makes one of the audio since the last. Throws input_audio_buffer_commit_empty. */
  async commit(): Promise<void> {
    await this.#caughtUp();
    const endMs = this.#heardMs;
    const startMs = this.#utterance ? this.#utterance.startSample / samplesPerMs : this.#bufferStartMs;
    if (endMs - startMs < minCommitMs) {
      throw new AttuneError(
        'input_audio_buffer_commit_empty',
        `the buffer holds ${Math.round(endMs - startMs)} ms of audio, at least ${minCommitMs} ms are needed`,
      );
    }
    if (!this.#utterance) this.#open(startMs);
    this.#rest();
    this.#close({ endMs, speechMs: endMs - startMs });
  }

  /** Forgets the utterance in progress and the audio since the last one, all that was accepted so far. */
  async clear(): Promise<void> {
    await this.#caughtUp();
    this.#forget();
  }

  #forget(): void {
    this.#discard();
    this.#rest();
    this.#expected = new ExpectedTurn();
    this.#options.onEvent({ type: 'turn-unexpected' });
    this.#bufferStartMs = this.#heardMs;
  }

  /** Nothing is decided any more; a reply that was held goes on. */
  #rest(): void {
    if (isHolding(this.#state)) this.#options.onEvent({ type: 'resume' });
    this.#state = idleTurn;
  }

  /** The reply that was audible has ended by itself. */
  replyBecameSilent(): void {
    this.#step({ type: 'reply-silent' });
  }

  /** Transcribes recorded audio outside the call's timeline. Rejects as `SttUtterance.finish` does. */
  async transcribe(frame: AudioFrame, scope: Scope): Promise<SttHypothesis> {
    const resampler = new FrameResampler({ sourceRateHz: frame.sampleRateHz, targetRateHz: modelSampleRateHz });
    const utterance = this.#openStt(scope.signal);
    for (const part of [...resampler.process(frame), ...resampler.flush()]) utterance.accept(part.samples);
    resampler[Symbol.dispose]();
    return utterance.finish();
  }

  async #listen(): Promise<void> {
    for await (const window of this.#audio.windows()) await this.#hear(window);
  }

  async #hear(window: AudioWindow): Promise<void> {
    const endSample = window.startSample + window.samples.length;
    const durationMs = window.samples.length / samplesPerMs;
    if (window.afterGap) this.#vad.reset();
    const { policy } = this.#settings;
    if (policy === null) {
      this.#heardMs = endSample / samplesPerMs;
      if (!this.#utterance) this.#open(window.startSample / samplesPerMs);
      else this.#utterance.stt.accept(window.samples);
      return;
    }
    const { ownVoice } = this.#options;
    ownVoice.hear(window.samples, endSample / samplesPerMs);
    const probability = await this.#probability(window.samples);
    const isEcho = probability >= policy.silenceThreshold && ownVoice.isEcho();
    const speechProbability = isEcho ? 0 : probability;
    if (!isEcho) this.#snr.hear(window.samples, speechProbability);
    this.#heardMs = endSample / samplesPerMs;
    this.#utterance?.stt.accept(window.samples);
    this.#step({
      type: 'window',
      speechProbability,
      endMs: this.#heardMs,
      durationMs: this.#quiet.noteWindow(speechProbability < policy.silenceThreshold, durationMs),
      replyAudible: this.#options.isReplyAudible(),
    });
    if (this.#state.name === 'speaking') this.#glimpse();
  }

  /** A failed VAD run counts as what the caller was doing before, so that one refusal neither cuts nor opens a turn. */
  async #probability(samples: Float32Array): Promise<number> {
    try {
      return await this.#vad.accept(samples);
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#options.onEvent({ type: 'degraded', component: 'vad', error: toAttuneError(error, 'INFERENCE_FAILED') });
      this.#vad.reset();
      return this.#state.name === 'speaking' ? 1 : 0;
    }
  }

  async #watchForQuiet(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.abilities;
    for (;;) {
      await clock.sleep(quietTickMs, signal);
      const durationMs = this.#quiet.look(clock.nowMs(), { counts: !this.#isAtRest && !this.#audio.isBehind });
      if (durationMs > 0) this.#step({ type: 'quiet', durationMs });
    }
  }

  get #isAtRest(): boolean {
    return this.#state.name === 'idle' && this.#state.speechMs === 0;
  }

  async #caughtUp(): Promise<void> {
    await this.#audio.caughtUp(this.#options.abilities.clock, this.#options.scope.signal);
  }

  #step(input: TurnInput): void {
    const { policy, language } = this.#settings;
    // A call that has ended while a window was listened to: nobody would wait for what is begun here.
    if (policy === null || this.#options.scope.signal.aborted) return;
    const before = this.#state;
    const step = stepTurn(before, input, policy, language);
    this.#state = step.state;
    if (before.name !== 'speaking' && step.state.name === 'speaking') this.#reopenIfFinished();
    for (const action of step.actions) this.#carryOut(action);
    const expectation = this.#expected.note(this.#state);
    if (expectation === 'due') this.#expect(policy, language);
    if (expectation === 'over') this.#options.onEvent({ type: 'turn-unexpected' });
  }

  #carryOut(action: TurnAction): void {
    const { onEvent } = this.#options;
    switch (action.type) {
      case 'hold':
      case 'resume':
      case 'interrupt':
        onEvent(action);
        return;
      case 'open':
        this.#open(action.startMs);
        return;
      case 'speech-started':
        if (!this.#utterance) return;
        this.#utterance.isAnnounced = true;
        onEvent({ type: 'speech-started', utteranceId: this.#utterance.id, startMs: action.startMs });
        return;
      case 'measure-cadence':
        this.#measureCadence(action.lastSpeechEndMs);
        return;
      case 'judge':
        this.#judge();
        return;
      case 'discard':
        this.#discard();
        return;
      case 'end':
        this.#close({ endMs: action.endMs, speechMs: action.speechMs });
        return;
    }
  }

  #open(startMs: number): void {
    const scope = this.#options.scope.child('utterance');
    const held = this.#audio.slice({
      startSample: Math.round(startMs * samplesPerMs),
      endSample: Math.round(this.#heardMs * samplesPerMs),
    });
    const utterance: OpenUtterance = {
      id: this.#options.newUtteranceId(),
      startSample: held.startSample,
      scope,
      stt: this.#openStt(scope.signal),
      finished: undefined,
      partial: undefined,
      foreseen: undefined,
      isAnnounced: this.#settings.policy === null,
    };
    this.#utterance = utterance;
    this.#pace.restart(startMs);
    this.#snr.startUtterance();
    utterance.stt.accept(held.samples);
    this.#readPartials(utterance);
  }

  /** The recogniser was finished to judge an overlap, but the caller speaks on: hear the utterance again from its start. */
  #reopenIfFinished(): void {
    const utterance = this.#utterance;
    if (!utterance?.finished) return;
    utterance.finished = undefined;
    utterance.stt = this.#openStt(utterance.scope.signal);
    utterance.stt.accept(this.#speech(utterance, Math.round(this.#heardMs * samplesPerMs), Infinity));
    this.#readPartials(utterance);
  }

  #openStt(signal: AbortSignal): SttUtterance {
    const { language, hotwords } = this.#settings;
    try {
      return this.#options.abilities.stt.open({ signal, callId: this.#options.callId, language, hotwords });
    } catch (error) {
      return refusedUtterance(toAttuneError(error, 'transcription_failed'));
    }
  }

  #readPartials(utterance: OpenUtterance): void {
    const { stt } = utterance;
    utterance.scope.spawn('partials', async () => {
      try {
        for await (const hypothesis of stt.partials) {
          if (this.#utterance !== utterance || utterance.stt !== stt) return;
          utterance.partial = hypothesis;
          if (utterance.isAnnounced) this.#options.onEvent({ type: 'partial', utteranceId: utterance.id, hypothesis });
          this.#step({ type: 'transcript', text: hypothesis.text });
        }
      } catch (error) {
        // The same failure rejects `finish`, where it is reported.
        if (!isCancelled(error)) this.#options.abilities.metrics.count('stt_partials_failed_total');
      }
    });
  }

  /** Asks what was said up to this pause: the endpoint depends on it, and whoever prepares an answer wants to know. */
  #expect(policy: TurnPolicy, language: string): void {
    const utterance = this.#utterance;
    const pause = this.#state;
    if (!utterance || pause.name !== 'pausing' || this.#options.abilities.load.level > 0) return;
    const outcome = utterance.stt.foresee();
    utterance.foreseen = { endMs: pause.lastSpeechEndMs, outcome };
    utterance.scope.spawn('expect', async (signal) => {
      const foreseen = await outcome.catch(() => null);
      const isPausing = (): boolean =>
        this.#utterance === utterance && this.#state.name === 'pausing' && utterance.foreseen?.outcome === outcome;
      if (isPausing() && foreseen) this.#step({ type: 'transcript', text: plainText(foreseen.text) });
      const hypothesis = foreseen ?? utterance.partial;
      if (!isPausing() || !hypothesis || this.#state.name !== 'pausing') return;
      if (!isEndProbable(this.#state, policy, language)) return;
      const endSample = Math.round(pause.lastSpeechEndMs * samplesPerMs);
      this.#options.onEvent({
        type: 'turn-expected',
        hypothesis,
        voice: this.#settings.emotionEnabled
          ? this.#voice.judge(() => this.#speech(utterance, endSample, maxEmotionMs), endSample, signal)
          : Promise.resolve(null),
        speechMs: pause.speechMs,
        snrDb: this.#snr.snrDb,
      });
    });
  }

  #measureCadence(lastSpeechEndMs: number): void {
    const utterance = this.#utterance;
    if (!utterance) return;
    const endSample = Math.round(lastSpeechEndMs * samplesPerMs);
    const finality = measureFinalCadence(this.#speech(utterance, endSample, 1_500)).finality;
    if (this.#settings.emotionEnabled)
      utterance.scope.spawn('voice-emotion', (signal) => this.#tellImpression(utterance, endSample, 'whole', signal));
    this.#step({ type: 'cadence', finality });
    this.#askTurnEnd(utterance, lastSpeechEndMs);
  }

  /** The cadence has set a wait already; the model's answer, if it comes in time, moves it. */
  #askTurnEnd(utterance: OpenUtterance, lastSpeechEndMs: number): void {
    const { policy, language } = this.#settings;
    if (this.#utterance !== utterance || policy?.endpointing.type !== 'adaptive') return;
    if (!this.#turnEnd.knows(language)) return;
    const samples = this.#speech(utterance, Math.round(lastSpeechEndMs * samplesPerMs), maxTurnEndMs);
    utterance.scope.spawn('turn-end', async (signal) => {
      const endProbability = await this.#turnEnd.ask(samples, signal);
      if (endProbability !== null && this.#utterance === utterance)
        this.#step({ type: 'turn-end', lastSpeechEndMs, endProbability });
    });
  }

  /** A passing impression of the voice while the caller speaks, twice a second when the machine allows. */
  #glimpse(): void {
    const utterance = this.#utterance;
    const { clock, load } = this.#options.abilities;
    if (!utterance?.isAnnounced || !this.#settings.emotionEnabled || load.level >= 2) return;
    if (!this.#pace.isDue(this.#heardMs)) return;
    const startedMs = clock.nowMs();
    const endSample = Math.round(this.#heardMs * samplesPerMs);
    utterance.scope.spawn('impression', async (signal) => {
      try {
        await this.#tellImpression(utterance, endSample, 'passing', signal);
      } finally {
        this.#pace.done(clock.nowMs() - startedMs, this.#heardMs);
      }
    });
  }

  async #tellImpression(
    utterance: OpenUtterance,
    endSample: number,
    extent: 'whole' | 'passing',
    signal: AbortSignal,
  ): Promise<void> {
    const voice =
      extent === 'whole'
        ? await this.#voice.judge(() => this.#speech(utterance, endSample, maxEmotionMs), endSample, signal)
        : await this.#voice.glimpse(() => this.#speech(utterance, endSample, maxImpressionMs), endSample, signal);
    if (voice === null || this.#utterance !== utterance) return;
    const speechMs = (endSample - utterance.startSample) / samplesPerMs;
    this.#options.onEvent({ type: 'voice-emotion', utteranceId: utterance.id, voice, speechMs });
  }

  #judge(): void {
    const utterance = this.#utterance;
    if (!utterance) return;
    const finished = utterance.stt.finish();
    utterance.finished = finished;
    utterance.scope.spawn('judge', async () => {
      let text: string | null = null;
      try {
        ({ text } = await finished);
      } catch (error) {
        if (isCancelled(error)) throw error;
      }
      if (this.#utterance !== utterance || utterance.finished !== finished) return;
      if (text !== null) this.#step({ type: 'transcript', text: plainText(text) });
      this.#step({ type: 'verdict', interruption: text === null || judgeOverlap(text) === 'interruption' });
    });
  }

  #discard(): void {
    const utterance = this.#utterance;
    this.#utterance = undefined;
    if (utterance) this.#end(utterance);
  }

  #close(end: { readonly endMs: number; readonly speechMs: number }): void {
    const utterance = this.#utterance;
    if (!utterance) return;
    this.#utterance = undefined;
    this.#bufferStartMs = this.#heardMs;
    const nowMs = this.#options.abilities.clock.nowMs();
    const endSample = Math.round(end.endMs * samplesPerMs);
    const transcript = utterance.finished ?? foreseenOrFinished(utterance, end.endMs);
    const voice = this.#settings.emotionEnabled
      ? this.#voice.conclude(() => this.#speech(utterance, endSample, maxEmotionMs), endSample, utterance.scope.signal)
      : Promise.resolve(null);
    this.#options.scope.spawn('conclude', async () => {
      await Promise.allSettled([transcript, voice]);
      this.#end(utterance);
    });
    this.#options.onEvent({
      type: 'utterance-ended',
      utterance: {
        id: utterance.id,
        startMs: utterance.startSample / samplesPerMs,
        endMs: end.endMs,
        speechMs: end.speechMs,
        speechEndAtMs: nowMs - Math.max(0, this.#heardMs - end.endMs) - Math.max(0, nowMs - this.#quiet.lastFrameAtMs),
        endpointAtMs: nowMs,
        snrDb: this.#snr.snrDb,
        transcript,
        voice,
      },
    });
  }

  #end(utterance: OpenUtterance): void {
    utterance.scope.cancel('scope-ended');
    this.#options.scope.spawn('end-utterance', () => utterance.scope[Symbol.asyncDispose]());
  }

  /** The utterance's audio up to `endSample`, at most its last `maxMs`. */
  #speech(utterance: OpenUtterance, endSample: number, maxMs: number): Float32Array {
    const startSample = Math.max(utterance.startSample, endSample - maxMs * samplesPerMs);
    return this.#audio.slice({ startSample, endSample }).samples;
  }
}

/** What was said up to this pause needs no second run when the turn has ended in it. */
function foreseenOrFinished({ foreseen, stt }: OpenUtterance, endMs: number): Promise<SttHypothesis> {
  if (foreseen?.endMs !== endMs) return stt.finish();
  return foreseen.outcome.then(
    (hypothesis) => hypothesis ?? stt.finish(),
    () => stt.finish(),
  );
}

/** As partial texts are: lower case, without marks. */
function plainText(text: string): string {
  return text.toLowerCase().replace(/[.,?!]/gu, '');
}

/** Stands in for an utterance the recogniser would not open, so that its failure is told where a turn ends. */
function refusedUtterance(error: AttuneError): SttUtterance {
  return {
    accept: () => undefined,
    partials: noPartials(),
    foresee: () => Promise.resolve(null),
    finish: () => Promise.reject(error),
  };
}

async function* noPartials(): AsyncGenerator<SttHypothesis> {}
