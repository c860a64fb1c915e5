"""Changes of a training clip: speed, room, noise, level, telephone band, vocal tract length; and masks on features.

Every function takes its random generator, so a batch is a function of its seed. Speed changes pitch and time alike, and returns
the factor so that known phone times can be scaled.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import fftconvolve, resample_poly

from features import SAMPLE_RATE_HZ, mel_filters

SPEEDS = ((1, 1), (10, 9), (20, 19), (20, 21), (10, 11))
"""(up, down) of the resampler: the clip becomes up/down times as long."""
WARPS = [mel_filters(warp) for warp in np.linspace(0.9, 1.1, 9)]


def mu_law(signal: np.ndarray) -> np.ndarray:
    """What a telephone call leaves of a signal: 8 kHz, G.711 mu-law (8 bits), back to 16 kHz."""
    narrow = np.clip(resample_poly(signal, 1, 2), -1, 1)
    compressed = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)
    quantised = np.round(compressed * 127) / 127
    expanded = np.sign(quantised) * np.expm1(np.abs(quantised) * np.log(256)) / 255
    return resample_poly(expanded, 2, 1).astype(np.float32)[: len(signal)]


def _read_archive(path: Path) -> list[np.ndarray]:
    clips = []
    with tarfile.open(path) as archive:
        for member in sorted((m for m in archive.getmembers() if m.isfile()), key=lambda m: m.name):
            content = archive.extractfile(member)
            assert content is not None
            signal, rate = soundfile.read(io.BytesIO(content.read()), dtype="float32", always_2d=True)
            if rate != SAMPLE_RATE_HZ:
                raise SystemExit(f"{path.name}: {member.name} is not at 16 kHz")
            clips.append(signal[:, 0])
    return clips


class Augmenter:
    """Holds noises and room responses in memory; `apply` returns a new clip and how much longer it became."""

    def __init__(self, corpora: Path) -> None:
        self._noises = [clip for clip in _read_archive(corpora / "noise.tar") if len(clip) > SAMPLE_RATE_HZ // 2]
        self._rooms = []
        for response in _read_archive(corpora / "rir.tar"):
            start = int(np.argmax(np.abs(response)))
            tail = response[start : start + SAMPLE_RATE_HZ // 3]
            self._rooms.append((tail / np.sqrt(np.sum(tail**2) + 1e-9)).astype(np.float32))

    def apply(self, signal: np.ndarray, chance: np.random.Generator) -> tuple[np.ndarray, float]:
        up, down = SPEEDS[chance.integers(len(SPEEDS))] if chance.random() < 0.6 else SPEEDS[0]
        if up != down:
            signal = resample_poly(signal, up, down).astype(np.float32)
        if chance.random() < 0.15:
            room = self._rooms[chance.integers(len(self._rooms))]
            signal = fftconvolve(signal, room)[: len(signal)].astype(np.float32)
        level = float(np.sqrt(np.mean(signal**2) + 1e-9))
        if chance.random() < 0.4:
            noise = self._noises[chance.integers(len(self._noises))]
            start = int(chance.integers(len(noise)))
            noise = np.resize(np.roll(noise, -start), len(signal))
            wanted = level * 10 ** (-chance.uniform(5, 28) / 20)
            signal = signal + noise * (wanted / float(np.sqrt(np.mean(noise**2) + 1e-9)))
        loudness = 10 ** (chance.uniform(-38, -14) / 20)
        signal = np.clip(signal * (loudness / level), -1, 1).astype(np.float32)
        if chance.random() < 0.25:
            signal = mu_law(signal)
        return signal, up / down


def mask_features(features: np.ndarray, chance: np.random.Generator) -> None:
    """SpecAugment in place: two bands of up to 16 filters, and a span of up to 0.25 s for every two seconds."""
    mean = float(features.mean())
    for _ in range(2):
        width = int(chance.integers(0, 17))
        start = int(chance.integers(0, features.shape[1] - width))
        features[:, start : start + width] = mean
    for _ in range(int(np.ceil(len(features) / 200))):
        width = min(int(chance.integers(0, 26)), len(features) // 8)
        start = int(chance.integers(0, len(features) - width + 1))
        features[start : start + width] = mean
