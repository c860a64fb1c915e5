"""Writes `test/golden/mel-80.json`: a signal given by formula and its first ten log-mel frames, to check other implementations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from features import log_mel

SAMPLES = 3200
DESCRIPTION = (
    "x[n] = f32(0.3 sin(2 pi 220 n/16000) + 0.2 sin(2 pi 1234.5 n/16000) + 0.1 sin(2 pi 5600 n/16000) + 0.05 u[n]), "
    "n = 0..3199; u[n] = s[n+1] / 2^31 - 1 with s[0] = 1, s[n+1] = (1664525 s[n] + 1013904223) mod 2^32"
)


def golden_signal() -> np.ndarray:
    """The signal of DESCRIPTION, computed in double precision and rounded to float32."""
    state, noise = 1, np.empty(SAMPLES)
    for n in range(SAMPLES):
        state = (1664525 * state + 1013904223) % 2**32
        noise[n] = state / 2**31 - 1
    n = np.arange(SAMPLES)
    tones = sum(level * np.sin(2 * np.pi * hz * n / 16000) for level, hz in ((0.3, 220), (0.2, 1234.5), (0.1, 5600)))
    return (tones + 0.05 * noise).astype(np.float32)


def main() -> None:
    signal = golden_signal()
    frames = log_mel(signal)[:10]
    golden = {
        "description": DESCRIPTION,
        "sampleRateHz": 16000,
        "samples": SAMPLES,
        "firstSamples": [float(value) for value in signal[:8]],
        "frames": [[round(float(value), 5) for value in frame] for frame in frames],
    }
    path = Path(__file__).resolve().parents[2] / "test" / "golden" / "mel-80.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(golden) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
