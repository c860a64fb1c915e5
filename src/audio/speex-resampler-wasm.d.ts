/**
 * The part of the WebAssembly build of the Speex resampler that Attune calls; the package ships no types.
 * Names and meanings as in speex_resampler.h. Addresses are byte offsets into the module's memory.
 */
declare module '@echogarden/speex-resampler-wasm' {
  export interface SpeexResamplerModule {
    /** The module's memory; the view is replaced whenever memory grows, so read it anew after every call. */
    readonly HEAPF32: Float32Array;
    readonly HEAPU32: Uint32Array;
    _malloc(byteLength: number): number;
    _free(address: number): void;
    _speex_resampler_init(
      channelCount: number,
      sourceRateHz: number,
      targetRateHz: number,
      quality: number,
      errorAddress: number,
    ): number;
    _speex_resampler_destroy(state: number): void;
    _speex_resampler_process_float(
      state: number,
      channel: number,
      inputAddress: number,
      inputCountAddress: number,
      outputAddress: number,
      outputCountAddress: number,
    ): number;
    _speex_resampler_get_input_latency(state: number): number;
    _speex_resampler_skip_zeros(state: number): number;
    _speex_resampler_reset_mem(state: number): number;
  }
  export default function loadSpeexResampler(): Promise<SpeexResamplerModule>;
}
