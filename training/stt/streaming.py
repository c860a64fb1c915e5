"""Runs the exported model chunk by chunk with onnxruntime, as the server does; used to check and to evaluate the exported file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime

from batches import SUBSAMPLING, encoder_frames
from features import SILENCE_VALUE, log_mel


class StreamingModel:
    """One onnxruntime session; `log_probabilities` streams a batch of signals of any lengths through it."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.metadata = self.session.get_modelmeta().custom_metadata_map
        self.context = int(self.metadata["context_frames"])

    def start(self, batch: int) -> dict[str, np.ndarray]:
        """State of `batch` streams that have heard nothing."""
        layers, left, width, kernel = (int(self.metadata[name]) for name in ("layers", "left", "width", "kernel"))
        return {
            "attention_cache": np.zeros((batch, layers, left, 2 * width), np.float32),
            "conv_cache": np.zeros((batch, layers, width, kernel - 1), np.float32),
            "cached_frames": np.zeros(batch, np.int64),
        }

    def step(self, features: np.ndarray, state: dict[str, np.ndarray]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """(log_probs of one chunk, next state)."""
        log_probs, attention_cache, conv_cache, cached_frames = self.session.run(None, {"features": features, **state})
        return log_probs, {"attention_cache": attention_cache, "conv_cache": conv_cache, "cached_frames": cached_frames}

    def requests(self, signal: np.ndarray, chunk: int) -> Iterator[dict[str, np.ndarray]]:
        """Everything that the session is fed with, chunk by chunk, for one signal."""
        features, state = self._padded([log_mel(signal)], chunk), self.start(1)
        for start in range(0, features.shape[1] - self.context, chunk * SUBSAMPLING):
            part = features[:, start : start + self.context + chunk * SUBSAMPLING]
            yield {"features": part, **state}
            _, state = self.step(part, state)

    def _padded(self, mels: list[np.ndarray], chunk: int) -> np.ndarray:
        """[rows, context + whole chunks, bands]; absent frames before the start and after the end."""
        chunks = -(-max(encoder_frames(len(mel)) for mel in mels) // chunk)
        features = np.full((len(mels), self.context + chunks * chunk * SUBSAMPLING, mels[0].shape[1]), SILENCE_VALUE, np.float32)
        for row, mel in enumerate(mels):
            features[row, self.context : self.context + len(mel)] = mel
        return features

    def log_probabilities(self, signals: list[np.ndarray], chunk: int) -> list[np.ndarray]:
        """[frames, vocabulary] of every signal; the end is padded with absent frames to a whole chunk, then cut."""
        mels = [log_mel(signal) for signal in signals]
        lengths = [encoder_frames(len(mel)) for mel in mels]
        features = self._padded(mels, chunk)
        state, parts = self.start(len(mels)), []
        for start in range(0, features.shape[1] - self.context, chunk * SUBSAMPLING):
            log_probs, state = self.step(features[:, start : start + self.context + chunk * SUBSAMPLING], state)
            parts.append(log_probs)
        joined = np.concatenate(parts, axis=1)
        return [joined[row, :length] for row, length in enumerate(lengths)]
