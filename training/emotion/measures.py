"""What a voice emotion model is judged by: unweighted average recall, calibration error, and the sharpness that lowers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import numpy as np
import torch
from scipy.optimize import minimize

from clips import Clip, ClipStore, by_caller, measuring_batch
from model import SHRINKAGE_SECONDS

INPUTS = ("frames", "mask", "summary", "baseline", "baseline_seconds")
BATCH = 64


@dataclass(frozen=True)
class Judged:
    """Rows by clip: what the net said [n, 8], which categories the corpus has [n, 8], labels [n], trust in the baseline [n] 0…1."""

    outputs: np.ndarray
    allowed: np.ndarray
    labels: np.ndarray
    trust: np.ndarray


@torch.no_grad()
def judge(net: Callable[..., torch.Tensor], store: ClipStore, clips: list[Clip], heard: int) -> Judged:
    """The callers' `heard` earlier utterances are drawn with a fixed seed."""
    chance = np.random.default_rng(5)
    groups = by_caller(store.clips)
    parts: list[tuple[np.ndarray, ...]] = []
    for start in range(0, len(clips), BATCH):
        batch = measuring_batch(store, clips[start : start + BATCH], groups, heard, chance)
        outputs = net(*(torch.from_numpy(getattr(batch, name)) for name in INPUTS)).numpy()
        seconds = batch.baseline_seconds[:, 0]
        parts.append((outputs, batch.allowed, batch.labels, seconds / (seconds + SHRINKAGE_SECONDS)))
    return Judged(*(np.concatenate(column) for column in zip(*parts)))


def corpus_recalls(net: Callable[..., torch.Tensor], store: ClipStore, clips: list[Clip], heard: int) -> dict[str, float]:
    """UAR by corpus, all eight categories competing, as they do for a caller."""
    recalls = {}
    for corpus in sorted({clip.corpus for clip in clips}):
        judged = judge(net, store, [clip for clip in clips if clip.corpus == corpus], heard)
        recalls[corpus] = unweighted_recall(judged.labels, judged.outputs.argmax(axis=1))
    return recalls


def restricted(probabilities: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Probabilities over the allowed categories alone; rows [n, 8]."""
    kept = np.where(allowed, probabilities, 0)
    return kept / kept.sum(axis=1, keepdims=True)


def unweighted_recall(labels: np.ndarray, predictions: np.ndarray) -> float:
    """Mean over the categories present of the share found."""
    return float(np.mean([(predictions[labels == label] == label).mean() for label in np.unique(labels)]))


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 10) -> list[dict[str, float]]:
    """Bins of equal width over the highest probability: clips, mean confidence, share right."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    return [{"clips": int((index == b).sum()), "confidence": float(confidence[index == b].mean()), "accuracy": float(right[index == b].mean())}
            for b in range(bins) if (index == b).any()]


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    rows = reliability(probabilities, labels)
    return sum(row["clips"] * abs(row["confidence"] - row["accuracy"]) for row in rows) / len(labels)


def error_by_chance(probabilities: np.ndarray, bins: int = 10) -> tuple[float, float]:
    """The calibration error of a perfectly calibrated model with these probabilities: mean, and what it passes in 5 of 100 draws."""
    chance = np.random.default_rng(1)
    confidence = probabilities.max(axis=1)
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    errors = [np.abs(np.bincount(index, confidence - (chance.random(len(index)) < confidence), bins)).sum() / len(index) for _ in range(1000)]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def sharpened(pooled: np.ndarray, trust: np.ndarray, sharpness: np.ndarray) -> np.ndarray:
    """Probabilities of pooled log probabilities [n, 8], as `CalibratedNet` makes them."""
    scaled = pooled * (sharpness[0] + trust[:, None] * (sharpness[1] - sharpness[0]))
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fit_sharpness(parts: list[Judged]) -> np.ndarray:
    """[for a caller never heard, for one known well]: the factors on pooled log probabilities with the least log loss, parts equal."""

    def loss(sharpness: np.ndarray) -> float:
        total = 0.0
        for part in parts:
            scaled = part.outputs * (sharpness[0] + part.trust[:, None] * (sharpness[1] - sharpness[0]))
            scaled = np.where(part.allowed, scaled, -1e9)
            log_sum = np.log(np.exp(scaled - scaled.max(axis=1, keepdims=True)).sum(axis=1)) + scaled.max(axis=1)
            total += float((log_sum - scaled[np.arange(len(part.labels)), part.labels]).mean())
        return total

    return minimize(loss, np.ones(2), bounds=[(0.2, 4)] * 2, method="L-BFGS-B").x.astype(np.float32)
