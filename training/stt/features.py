"""Log-mel features, exactly as the server computes them (the golden file `test/golden/mel-80.json` ties both together).

16 kHz mono, -1..1. Frame t covers samples [160 t, 160 t + 400): periodic Hann window, zero-padded to 512, |X|^2, 80 triangular
filters (HTK mel, 20..7600 Hz, peak 1, over bin centres), ln(max(energy, 1e-10)). No pre-emphasis, dither or normalisation:
the acoustic model normalises inside its graph.
"""

from __future__ import annotations

import numpy as np
from scipy.fft import rfft

SAMPLE_RATE_HZ = 16000
WINDOW_SAMPLES = 400
HOP_SAMPLES = 160
FFT_SIZE = 512
MEL_BANDS = 80
LOWEST_HZ, HIGHEST_HZ = 20.0, 7600.0
ENERGY_FLOOR = 1e-10
SILENCE_VALUE = float(np.log(ENERGY_FLOOR))
"""Feature value that stands for an absent frame."""

_WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW_SAMPLES) / WINDOW_SAMPLES)).astype(np.float32)


def mel_filters(warp: float = 1.0) -> np.ndarray:
    """[257, 80] filter matrix; `warp` scales the frequency axis (vocal tract length perturbation, 1 = none)."""
    mel = lambda hz: 2595.0 * np.log10(1.0 + hz / 700.0)
    edges_mel = np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), MEL_BANDS + 2)
    edges = 700.0 * (10.0 ** (edges_mel / 2595.0) - 1.0)
    bins = np.arange(FFT_SIZE // 2 + 1) * SAMPLE_RATE_HZ / FFT_SIZE * warp
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins[:, None] - left) / (centre - left)
    falling = (right - bins[:, None]) / (right - centre)
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


_PLAIN_FILTERS = mel_filters()


def log_mel(signal: np.ndarray, filters: np.ndarray = _PLAIN_FILTERS) -> np.ndarray:
    """[frames, 80] float32; a signal shorter than one window gives no frames."""
    if len(signal) < WINDOW_SAMPLES:
        return np.zeros((0, MEL_BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(signal.astype(np.float32, copy=False), WINDOW_SAMPLES)[::HOP_SAMPLES]
    spectrum = rfft(frames * _WINDOW, n=FFT_SIZE, axis=-1)
    power = spectrum.real**2 + spectrum.imag**2
    return np.log(np.maximum(power @ filters, ENERGY_FLOOR)).astype(np.float32)
