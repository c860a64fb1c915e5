"""The prepared corpus on disk: one flat file of 16-bit samples and one JSON line per utterance.

Owns the layout of the work folder (`<name>.s16`, `<name>.jsonl`); knows nothing of training. Samples are 16 kHz mono; an
utterance's line holds its offset and count in samples, so a reader maps the file and never loads it whole.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np


@dataclass
class Utterance:
    """One transcribed clip. `ends` are the end samples of the aligned `segments` (tokens with silence 0) when these are known."""

    offset: int
    samples: int
    split: str
    corpus: str
    speaker: str
    file: str
    transcript: str
    tokens: list[int]
    word_starts: list[int]
    segments: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


class CorpusWriter:
    """Appends utterances; a store is complete once `close` has renamed its files into place."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._final = [folder / f"{name}.s16", folder / f"{name}.jsonl"]
        self._partial = [path.with_suffix(path.suffix + ".partial") for path in self._final]
        self._samples = open(self._partial[0], "wb")
        self._lines = open(self._partial[1], "w", encoding="utf-8")
        self.offset = 0

    def add(self, signal: np.ndarray, **described: object) -> None:
        """Appends one clip (float, -1..1) with the fields of `Utterance` other than offset and samples."""
        np.clip(np.rint(signal * 32767), -32768, 32767).astype("<i2").tofile(self._samples)
        utterance = Utterance(offset=self.offset, samples=len(signal), **described)
        self._lines.write(json.dumps(asdict(utterance)) + "\n")
        self.offset += len(signal)

    def close(self) -> None:
        self._samples.close()
        self._lines.close()
        for partial, final in zip(self._partial, self._final):
            os.replace(partial, final)


class CorpusStore:
    """Read access to one prepared store; `signal` returns float32 in -1..1."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.s16"
        self._samples: np.memmap | None = None
        with open(folder / f"{name}.jsonl", encoding="utf-8") as lines:
            self.utterances = [Utterance(**json.loads(line)) for line in lines]

    def signal(self, utterance: Utterance) -> np.ndarray:
        if self._samples is None:
            self._samples = np.memmap(self.path, dtype="<i2", mode="r")
        part = self._samples[utterance.offset : utterance.offset + utterance.samples]
        return part.astype(np.float32) / 32768.0
