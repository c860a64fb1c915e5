"""How well scores part pauses from ends."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from examples import Example


def area(scores: np.ndarray, ends: np.ndarray) -> float:
    """Chance that an end scores above a pause."""
    positives, negatives = int(ends.sum()), int((~ends).sum())
    return float((rankdata(scores)[ends].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def areas_by_corpus(scores: np.ndarray, picks: list[Example], kind: str = "pause") -> dict[str, float]:
    """Ends against `kind`, for every corpus that has both."""
    result = {}
    for corpus in sorted({pick.corpus for pick in picks}):
        chosen = np.array([pick.corpus == corpus and pick.kind in ("end", kind) for pick in picks])
        ends = np.array([pick.is_end for pick in picks])
        if ends[chosen].any() and not ends[chosen].all():
            result[corpus] = area(scores[chosen], ends[chosen])
    return result
