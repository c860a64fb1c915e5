"""The prepared features in memory, and how much each example counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model import FRAME_WIDTH, WINDOW_FRAMES

ONSET_FRAMES = 40
"""Where an utterance begins inside the window, its first moments are not shown, as `OnnxTurnEnd` has it: only pauses of readings come so
soon, and a caller's one word is an end."""
LEAST_FRAMES = 50
CUT_SHARE = 0.25
"""Of the negatives of a corpus that has real pauses, the share that is broken off artificially."""


@dataclass(frozen=True)
class Example:
    first_frame: int
    frames: int
    split: str
    speaker: str
    corpus: str
    kind: str
    hold_ms: int
    room_ms: int
    copy: int
    held: bool
    finality: float

    @property
    def is_end(self) -> bool:
        return self.kind == "end"


class ExampleStore:
    def __init__(self, work: Path) -> None:
        counts = np.fromfile(work / "features.counts.i32", dtype="<i4")
        finality = np.fromfile(work / "features.finality.f32", dtype="<f4")
        stored = np.memmap(work / "features.frames.f32", dtype="<f4", mode="r").reshape(-1, FRAME_WIDTH)
        self._frames = np.empty(stored.shape, np.float16)
        for at in range(0, len(stored), 1 << 18):
            self._frames[at : at + (1 << 18)] = stored[at : at + (1 << 18)]
        starts = np.concatenate([[0], np.cumsum(counts)])
        self.examples: list[Example] = []
        for index, line in enumerate((work / "examples.tsv").read_text().splitlines()):
            _, _, split, speaker, corpus, kind, hold, room, copy, held, *_ = line.split("\t")
            hidden = ONSET_FRAMES if counts[index] < WINDOW_FRAMES else 0
            if counts[index] - hidden >= LEAST_FRAMES:
                self.examples.append(Example(int(starts[index]) + hidden, int(counts[index]) - hidden, split, speaker, corpus, kind, int(hold), int(room),
                                             int(copy), held == "1", float(finality[index])))

    def select(self, split: str, *, held: bool = False) -> list[Example]:
        return [example for example in self.examples if example.split == split and example.held == held]

    def batch(self, picks: list[Example], lengths: list[int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Frames [batch, 250, 83] with padding in front and their mask; of each example its last `lengths` frames."""
        frames = np.zeros((len(picks), WINDOW_FRAMES, FRAME_WIDTH), np.float32)
        mask = np.zeros((len(picks), WINDOW_FRAMES), np.float32)
        for row, pick in enumerate(picks):
            count = min(pick.frames, WINDOW_FRAMES, lengths[row] if lengths else WINDOW_FRAMES)
            end = pick.first_frame + pick.frames
            frames[row, WINDOW_FRAMES - count :] = self._frames[end - count : end]
            mask[row, WINDOW_FRAMES - count :] = 1
        return frames, mask


def weights_of(examples: list[Example]) -> np.ndarray:
    """A corpus counts by the root of its size, and its ends as much as all the rest; mean 1."""
    weights = np.zeros(len(examples))
    kinds = np.array([example.kind for example in examples])
    corpora = np.array([example.corpus for example in examples])
    for corpus in set(corpora):
        inside = corpora == corpus
        share = np.sqrt(inside.sum())
        pauses, cuts, ends = (inside & (kinds == kind) for kind in ("pause", "cut", "end"))
        cut_share = CUT_SHARE if pauses.sum() >= 100 else cuts.sum() / max(1, cuts.sum() + pauses.sum())
        for part, of_it in ((ends, 0.5), (pauses, 0.5 * (1 - cut_share)), (cuts, 0.5 * cut_share)):
            if part.any():
                weights[part] = share * of_it / part.sum()
    return weights / weights.mean()
