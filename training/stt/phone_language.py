"""A dense trigram over phones, for the denominator of the sequence loss.

Counted on the phone sequences of training transcripts, interpolated by Witten-Bell: a history's weight on its own counts is
n / (n + distinct successors). Index 0 stands for the start of an utterance in histories; its end is kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from phones import TOKENS


@dataclass(frozen=True)
class PhoneTrigram:
    """`successor` [p, q, r]: probability of phone r after p q (0 for r = 0); `end` [p, q]: that the utterance ends there."""

    successor: np.ndarray
    end: np.ndarray


def estimate(sequences: Iterable[list[int]], size: int = len(TOKENS)) -> PhoneTrigram:
    """`sequences` hold tokens 1 .. size - 1. Successors and end of a history sum to 1."""
    counts = np.zeros((size, size, size))
    for tokens in sequences:
        padded = np.array([0, 0, *tokens, 0])
        np.add.at(counts, (padded[:-2], padded[1:-1], padded[2:]), 1)
    unigrams = counts.sum((0, 1)) + 0.5
    lower = np.broadcast_to(unigrams / unigrams.sum(), (size, size))
    for order in (counts.sum(0), counts):
        total = order.sum(-1, keepdims=True)
        distinct = (order > 0).sum(-1, keepdims=True)
        lower = (order + distinct * lower) / np.maximum(total + distinct, 1) + np.where(total > 0, 0.0, lower)
    successor = np.array(lower, np.float32)
    end = successor[:, :, 0].copy()
    successor[:, :, 0] = 0
    return PhoneTrigram(successor, end)
