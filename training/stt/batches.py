"""Builds training batches: which clips together, augmented features, phones and, where known, frame targets.

A batch is a function of (seed, epoch, index), so training resumes in the middle of an epoch. Clips are grouped by length up to
a number of seconds per batch; very short clips are joined into utterances of one speaker first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import Dataset

from alignment import IGNORED, state_tokens
from augmentation import WARPS, Augmenter, mask_features
from corpus_store import CorpusStore, Utterance
from features import HOP_SAMPLES, SAMPLE_RATE_HZ, SILENCE_VALUE, WINDOW_SAMPLES, log_mel

SUBSAMPLING = 4
LONGEST_SECONDS = 16.0
SHARES = {"flite": 0.3, "espeak": 0.3, "grid_s1": 0.7, "speechocean762": 1.5, "fsdd_8k_digits": 3.0}
"""How often an epoch uses a corpus, a part of it or several times; 1 where not named."""
JOIN_BELOW_SECONDS = 1.0


@dataclass
class Batch:
    """features [batch, frames, 80]; lengths in encoder frames; states and fixed targets for the frame-level head."""

    features: torch.Tensor
    lengths: torch.Tensor
    tokens: torch.Tensor
    token_counts: torch.Tensor
    states: list[list[int]]
    fixed_targets: torch.Tensor
    has_fixed: list[bool]
    seconds: float


def encoder_frames(mel_frames: int) -> int:
    """Encoder frames that a clip of so many mel frames gives."""
    return -(-mel_frames // SUBSAMPLING)


def plan_epoch(utterances: list[Utterance], seed: int, batch_seconds: float, only_corpus: str | None = None) -> list[list[list[int]]]:
    """Batches of items; an item is a list of utterance indices that are joined into one clip."""
    chance = np.random.default_rng(seed)
    items: list[tuple[float, list[int]]] = []
    short: dict[str, list[int]] = {}
    for index, utterance in enumerate(utterances):
        seconds = utterance.samples / SAMPLE_RATE_HZ
        share = 1.0 if only_corpus else SHARES.get(utterance.corpus, 1.0)
        times = int(share + chance.random())
        if utterance.split != "train" or seconds > LONGEST_SECONDS or times == 0:
            continue
        if only_corpus is not None and utterance.corpus != only_corpus:
            continue
        if seconds < JOIN_BELOW_SECONDS and not utterance.segments:
            short.setdefault(utterance.speaker, []).extend([index] * times)
        else:
            items.extend([(seconds, [index])] * times)
    for indices in short.values():
        chance.shuffle(indices)
        while indices:
            group = [indices.pop() for _ in range(min(len(indices), int(chance.integers(1, 9))))]
            items.append((sum(utterances[i].samples for i in group) / SAMPLE_RATE_HZ, group))
    items.sort(key=lambda item: item[0] * chance.uniform(0.9, 1.1))
    batches: list[list[list[int]]] = []
    current: list[list[int]] = []
    for seconds, item in items:
        if current and seconds * (len(current) + 1) > batch_seconds:
            batches.append(current)
            current = []
        current.append(item)
    if current:
        batches.append(current)
    chance.shuffle(batches)
    return batches


class Batches(Dataset[Batch]):
    """One epoch's batches from number `first` on, to be read by a loader with `batch_size=None`."""

    def __init__(self, stores: list[CorpusStore], plan: list[list[list[int]]], corpora: Path, seed: int, *, first: int = 0) -> None:
        self._clips = [(store, utterance) for store in stores for utterance in store.utterances]
        self._plan = plan
        self._corpora = corpora
        self._seed = seed
        self._first = first
        self._augmenter: Augmenter | None = None

    def __len__(self) -> int:
        return len(self._plan) - self._first

    def _item(self, indices: list[int], chance: np.random.Generator) -> tuple[np.ndarray, list[int], list[int], np.ndarray | None]:
        parts: list[np.ndarray] = []
        tokens: list[int] = []
        word_starts: list[int] = []
        assert self._augmenter is not None
        lead = int(chance.integers(0, 4800))
        parts.append(np.zeros(lead, np.float32))
        for index in indices:
            store, utterance = self._clips[index]
            parts.append(store.signal(utterance))
            if len(indices) > 1:
                parts.append(np.zeros(int(chance.integers(800, 6400)), np.float32))
            word_starts.extend(start + len(tokens) for start in utterance.word_starts)
            tokens.extend(utterance.tokens)
        signal = np.concatenate(parts)
        signal = signal + chance.standard_normal(len(signal), dtype=np.float32) * 1e-4
        signal, stretch = self._augmenter.apply(signal, chance)
        features = log_mel(signal, WARPS[chance.integers(len(WARPS))])
        utterance = self._clips[indices[0]][1]
        targets = None
        if len(indices) == 1 and utterance.segments:
            centres = np.arange(encoder_frames(len(features))) * SUBSAMPLING * HOP_SAMPLES + WINDOW_SAMPLES // 2
            which = np.searchsorted((np.array(utterance.ends) + lead) * stretch, centres, side="right")
            targets = np.array([*utterance.segments, 0])[which]
        mask_features(features, chance)
        return features, tokens, word_starts, targets

    def __getitem__(self, index: int) -> Batch:
        if self._augmenter is None:
            self._augmenter = Augmenter(self._corpora)
        chance = np.random.default_rng((self._seed, self._first + index))
        items = [self._item(indices, chance) for indices in self._plan[self._first + index]]
        lengths = [encoder_frames(len(item[0])) for item in items]
        longest = max(lengths)
        features = np.full((len(items), longest * SUBSAMPLING, items[0][0].shape[1]), SILENCE_VALUE, np.float32)
        fixed = np.full((len(items), longest), IGNORED, np.int64)
        for row, (mel, _, _, targets) in enumerate(items):
            features[row, : len(mel)] = mel
            if targets is not None:
                fixed[row, : len(targets)] = targets
        return Batch(
            features=torch.from_numpy(features),
            lengths=torch.tensor(lengths),
            tokens=torch.tensor([token for item in items for token in item[1]]),
            token_counts=torch.tensor([len(item[1]) for item in items]),
            states=[state_tokens(item[1], item[2]) for item in items],
            fixed_targets=torch.from_numpy(fixed),
            has_fixed=[item[3] is not None for item in items],
            seconds=sum(lengths) * SUBSAMPLING * HOP_SAMPLES / SAMPLE_RATE_HZ,
        )
