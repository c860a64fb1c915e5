"""Calibration (Platt scaling, thresholds) on the calibration slice, and the measures of every table."""

import numpy as np
from scipy.optimize import minimize


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def platt(logits: np.ndarray, truth: np.ndarray, pull=20.0) -> np.ndarray:
    """Slope and offset per label, by log-loss; `pull` examples' worth of pull towards (1, 0) steadies the rare labels."""
    rows = []
    for label in range(truth.shape[1]):
        x, y = logits[:, label], truth[:, label]

        def loss(p: np.ndarray) -> float:
            z = p[0] * x + p[1]
            return float(np.sum(np.logaddexp(0, z) - y * z) + pull * ((p[0] - 1) ** 2 + 0.1 * p[1] ** 2) / 2)

        rows.append(minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.2, 3), (-3, 3)]).x)
    return np.array(rows)


def thresholds(probabilities: np.ndarray, truth: np.ndarray, prior=0.3, weight=6.0) -> np.ndarray:
    """The cut per label with the best F1 on the slice, smoothed: `weight` imagined positives, found with F1 `2 * prior`."""
    cuts = np.linspace(0.04, 0.7, 67)
    chosen = []
    for label in range(truth.shape[1]):
        p, y = probabilities[:, label], truth[:, label] > 0.5
        scores = []
        for cut in cuts:
            found = p >= cut
            hits = (found & y).sum()
            f1 = 2 * hits / max(1, found.sum() + y.sum())
            closeness = np.exp(-(((cut - prior) / 0.12) ** 2))
            scores.append((f1 * y.sum() + weight * closeness * 2 * prior) / (y.sum() + weight))
        chosen.append(cuts[int(np.argmax(np.convolve(np.pad(scores, 2, mode="edge"), np.ones(5) / 5, "valid")))])
    return np.array(chosen)


def f1_per_label(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    found, truth = found > 0.5, truth > 0.5
    return 2 * (found & truth).sum(0) / np.maximum(1, found.sum(0) + truth.sum(0))


def expected_calibration_error(probabilities: np.ndarray, truth: np.ndarray, bins=15) -> float:
    """Over all (sentence, label) decisions: mean distance of stated probability and observed share, equal-width bins."""
    p, y = probabilities.ravel(), truth.ravel()
    index = np.minimum((p * bins).astype(int), bins - 1)
    return float(sum(abs(p[index == b].sum() - y[index == b].sum()) for b in range(bins)) / len(p))


def macro_f1_of_classes(found: np.ndarray, truth: np.ndarray, classes: int) -> float:
    return float(np.mean([2 * ((found == c) & (truth == c)).sum() / max(1, (found == c).sum() + (truth == c).sum()) for c in range(classes)]))


def log_loss(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Mean over all (sentence, label) decisions, in nats."""
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return float(-np.mean(truth * np.log(p) + (1 - truth) * np.log(1 - p)))
