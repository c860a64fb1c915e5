"""The prepared features in memory, and how examples, callers' baselines and batches are drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model import BASELINE_WIDTH, CATEGORIES, FRAME_WIDTH, MEL_BANDS, PROSODY_WIDTH, SUMMARY_WIDTH, WINDOW_FRAMES

CORPUS_CATEGORIES = {
    "ravdess": set(CATEGORIES),
    "nemo_pl": {"neutral", "sad", "angry", "happy", "fearful", "surprised"},
    "emodb": {"neutral", "sad", "angry", "happy", "fearful", "disgusted"},
    "emodb_orig4": {"neutral", "sad", "angry", "happy", "fearful", "disgusted"},
    "cremad": {"neutral", "sad", "angry", "happy", "fearful", "disgusted"},
    "ased": {"neutral", "sad", "angry", "happy", "fearful"},
    "turev": {"calm", "sad", "angry", "happy"},
    "savee": set(CATEGORIES) - {"calm"},
    "urdu": {"neutral", "sad", "angry", "happy"},
    "emovo": set(CATEGORIES) - {"calm"},
    "casia": set(CATEGORIES) - {"calm", "disgusted"},
    "tess": set(CATEGORIES) - {"calm"},
}
"""Categories a corpus could have shown; the others are left out of its measures."""
ALIKE = {
    "angry": {"disgusted"}, "disgusted": {"angry"}, "fearful": {"surprised"}, "happy": {"surprised"}, "surprised": {"happy", "fearful"},
    "sad": {"calm"}, "neutral": set(), "calm": {"neutral"},
}
"""What a clip of this label may also have been called where the corpus offered no such name: neither right nor wrong in the loss.

Everything else is wrong even if the corpus never shows it: an angry Pole is not calm. Without that, categories that one corpus alone
has become names for that corpus's opposite, and every foreign voice is called calm or surprised.
"""
FRAMES_PER_SECOND = 100
MEL_RANGE = 16.0
"""Natural log units below the loudest value where the extractor puts its floor (`melRangeNeper`)."""


FOLDS = 6
"""Parts into which the training speakers are dealt to judge everybody by networks that never heard them."""

PITCH_AT = np.array([0, *range(PROSODY_WIDTH + 105, PROSODY_WIDTH + 110)])
DECIBELS_AT = 5
LEVEL_AT = PROSODY_WIDTH + 104
"""Places in the summary that a higher voice, a louder voice, and a louder voice in log units move."""


@dataclass(frozen=True)
class Clip:
    first_frame: int
    frames: int
    summary: np.ndarray
    split: str
    speaker: str
    label: int
    corpus: str
    licence: str
    copy: int
    held: bool


class ClipStore:
    def __init__(self, work: Path, *, permissive_only: bool = False) -> None:
        counts = np.fromfile(work / "features.counts.i32", dtype="<i4")
        summaries = np.fromfile(work / "features.summary.f32", dtype="<f4").reshape(-1, BASELINE_WIDTH)
        self.frames = np.memmap(work / "features.frames.f32", dtype="<f4", mode="r").reshape(-1, FRAME_WIDTH)
        starts = np.concatenate([[0], np.cumsum(counts)])
        self.clips: list[Clip] = []
        lines = (work / "clips.tsv").read_text().splitlines()
        for index, line in enumerate(lines):
            _, _, split, speaker, label, corpus, licence, copy, held = line.split("\t")
            if counts[index] < 30 or (permissive_only and not licence.startswith("CC0")):
                continue
            self.clips.append(Clip(int(starts[index]), int(counts[index]), summaries[index], split, speaker,
                                   CATEGORIES.index(label), corpus, licence, int(copy), held == "1"))

    def select(self, split: str, *, held: bool | None = None, copy: int | None = None, corpus: str | None = None) -> list[Clip]:
        return [clip for clip in self.clips
                if clip.split == split and (held is None or clip.held == held) and (copy is None or clip.copy == copy)
                and (corpus is None or clip.corpus == corpus)]

    def window(self, clip: Clip, first: int, length: int) -> np.ndarray:
        start = clip.first_frame + first
        return self.frames[start : start + length]


def by_caller(clips: list[Clip]) -> dict[tuple[str, int], list[Clip]]:
    """Clips of one speaker over one channel: the only ones a baseline may come from."""
    groups: dict[tuple[str, int], list[Clip]] = {}
    for clip in clips:
        groups.setdefault((clip.speaker, clip.copy), []).append(clip)
    return groups


def speaker_folds(clips: list[Clip]) -> dict[str, int]:
    """The fold of every speaker of the measured corpora: as many of each in each, women and men (RAVDESS's even and odd actors) together.

    Speakers of further corpora are in none: every stand-in hears them.
    """
    folds = {}
    for prefix in ("ravdess", "nemo", "emodb"):
        for place, speaker in enumerate(sorted({clip.speaker for clip in clips if clip.speaker.startswith(prefix)})):
            folds[speaker] = (place // 2 + 3 * (place % 2) if prefix == "ravdess" else place) % FOLDS
    return folds


def draw_baseline(group: list[Clip], target: Clip, count: int, chance: np.random.Generator) -> tuple[np.ndarray, float]:
    """Duration-weighted mean over `count` other utterances of the caller, and their seconds; what the server accumulates."""
    picks = [group[int(index)] for index in chance.permutation(len(group))[: count + 1]]
    picks = [pick for pick in picks if pick is not target][:count]
    seconds = np.array([pick.frames / FRAMES_PER_SECOND for pick in picks], dtype=np.float32)
    if seconds.sum() == 0:
        return np.zeros(BASELINE_WIDTH, dtype=np.float32), 0.0
    mean = (np.stack([pick.summary for pick in picks]) * seconds[:, None]).sum(axis=0) / seconds.sum()
    return mean.astype(np.float32), float(min(seconds.sum(), 60.0))


@dataclass
class Batch:
    frames: np.ndarray
    mask: np.ndarray
    summary: np.ndarray
    baseline: np.ndarray
    baseline_seconds: np.ndarray
    labels: np.ndarray
    allowed: np.ndarray
    """Categories the corpus has."""
    judged: np.ndarray
    """Categories the loss counts for this clip."""

    @staticmethod
    def empty(size: int, *, frames: bool = True) -> "Batch":
        width = WINDOW_FRAMES if frames else 0
        return Batch(np.zeros((size, width, FRAME_WIDTH), np.float32), np.zeros((size, width), np.float32),
                     np.zeros((size, SUMMARY_WIDTH), np.float32), np.zeros((size, BASELINE_WIDTH), np.float32),
                     np.zeros((size, 1), np.float32), np.zeros(size, np.int64), np.zeros((size, len(CATEGORIES)), bool),
                     np.zeros((size, len(CATEGORIES)), bool))

    def put(self, row: int, clip: Clip, features: np.ndarray, first: int, baseline: tuple[np.ndarray, float]) -> None:
        self.frames[row, first : first + len(features)] = features
        self.mask[row, first : first + len(features)] = 1
        self.describe(row, clip, baseline)

    def describe(self, row: int, clip: Clip, baseline: tuple[np.ndarray, float]) -> None:
        self.summary[row] = clip.summary[MEL_BANDS:]
        self.baseline[row], self.baseline_seconds[row] = baseline
        self.labels[row] = clip.label
        self.allowed[row] = [category in CORPUS_CATEGORIES[clip.corpus] for category in CATEGORIES]
        alike = ALIKE[CATEGORIES[clip.label]]
        self.judged[row] = [known or category not in alike for known, category in zip(self.allowed[row], CATEGORIES)]

    def move(self, row: int, gain: float, shift: float) -> None:
        """The same voice louder by `gain` natural log units of energy and higher by `shift` semitones, and usually so."""
        decibels = gain * 10 / np.log(10)
        for values, offset in ((self.summary[row], 0), (self.baseline[row], MEL_BANDS)):
            values[offset + PITCH_AT] += shift
            values[offset + DECIBELS_AT] += decibels
            values[offset + LEVEL_AT] += gain


def functional_batch(picks: list[Clip], groups: dict[tuple[str, int], list[Clip]], chance: np.random.Generator) -> Batch:
    """As `training_batch` for a net that reads no frames: level, pitch, and a random amount of the caller heard before."""
    batch = Batch.empty(len(picks), frames=False)
    for row, clip in enumerate(picks):
        known = chance.random() < 0.65
        heard = int(chance.integers(1, 17)) if known else 0
        batch.describe(row, clip, draw_baseline(groups[clip.speaker, clip.copy], clip, heard, chance))
        batch.move(row, chance.normal(0, 0.6 if known else 1.2), chance.normal(0, 1.5))
    return batch


def low_pass(chance: np.random.Generator) -> np.ndarray:
    """What a line or a resampler takes from each mel band, natural log units: nothing, the part above a telephone's edge, or the top.

    Resamplers differ by tens of dB between 3.5 and 4.2 kHz; a network that has seen one of them alone mistakes another for a feeling.
    """
    kind = chance.random()
    if kind < 0.4:
        return np.zeros(MEL_BANDS, np.float32)
    edge = chance.uniform(56, 66) if kind < 0.8 else chance.uniform(75, 79)
    return (np.clip(np.arange(MEL_BANDS) - edge, 0, None) * chance.uniform(0.5, 4)).astype(np.float32)


def vocal_tract(chance: np.random.Generator) -> np.ndarray:
    """A matrix [80, 80] that stretches the mel axis by up to a tenth: another speaker saying the same."""
    at = np.clip(np.arange(MEL_BANDS) * chance.uniform(0.9, 1.1), 0, MEL_BANDS - 1)
    low = np.minimum(at.astype(int), MEL_BANDS - 2)
    warp = np.zeros((MEL_BANDS, MEL_BANDS), np.float32)
    warp[low, np.arange(MEL_BANDS)] = 1 - (at - low)
    warp[low + 1, np.arange(MEL_BANDS)] += at - low
    return warp


def training_batch(store: ClipStore, picks: list[Clip], groups: dict[tuple[str, int], list[Clip]], chance: np.random.Generator) -> Batch:
    """Random crop, place in the window, masks, vocal tract and pitch, and a random amount of the caller heard before."""
    batch = Batch.empty(len(picks))
    for row, clip in enumerate(picks):
        length = min(clip.frames, WINDOW_FRAMES)
        if chance.random() < 0.5:
            length = max(min(length, 80), int(length * chance.uniform(0.6, 1)))
        features = np.array(store.window(clip, int(chance.integers(clip.frames - length + 1)), length))
        warp = vocal_tract(chance)
        features[:, :MEL_BANDS] = features[:, :MEL_BANDS] @ warp
        loss = low_pass(chance)
        floor = features[:, :MEL_BANDS].max() - MEL_RANGE
        features[:, :MEL_BANDS] = np.maximum(features[:, :MEL_BANDS] - loss, np.minimum(features[:, :MEL_BANDS], floor))
        for _ in range(2):
            width = int(chance.integers(1, 13))
            start = int(chance.integers(0, MEL_BANDS - width + 1))
            features[:, start : start + width] = features[:, start : start + width].mean()
        width = int(chance.integers(1, 2 + length // 6))
        start = int(chance.integers(0, length - width + 1))
        features[start : start + width, :MEL_BANDS] = features[:, :MEL_BANDS].mean()
        known = chance.random() < 0.65
        baseline = (np.zeros(BASELINE_WIDTH, np.float32), 0.0)
        if known:
            baseline = draw_baseline(groups[clip.speaker, clip.copy], clip, int(chance.integers(1, 13)), chance)
            usual = baseline[0][:MEL_BANDS]
            usual[:] = usual @ warp
            usual[:] = np.maximum(usual - loss, np.minimum(usual, floor))
        batch.put(row, clip, features, int(chance.integers(WINDOW_FRAMES - length + 1)), baseline)
        shift = chance.normal(0, 1.5)
        batch.frames[row, :, MEL_BANDS] += shift * batch.frames[row, :, MEL_BANDS + 1]
        gain = chance.normal(0, 0.6 if known else 1.2)
        batch.frames[row, :, :MEL_BANDS] += gain
        batch.baseline[row, :MEL_BANDS] += gain
        batch.move(row, gain, shift)
    return batch


def measuring_batch(store: ClipStore, picks: list[Clip], groups: dict[tuple[str, int], list[Clip]], heard: int,
                    chance: np.random.Generator) -> Batch:
    """The middle of each clip, the caller known by `heard` earlier utterances."""
    batch = Batch.empty(len(picks))
    for row, clip in enumerate(picks):
        length = min(clip.frames, WINDOW_FRAMES)
        features = store.window(clip, (clip.frames - length) // 2, length)
        baseline = draw_baseline(groups[clip.speaker, clip.copy], clip, heard, chance)
        batch.put(row, clip, features, 0, baseline)
    return batch
