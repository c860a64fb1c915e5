"""What a voice emotion model is judged by: unweighted average recall, calibration error, a temperature."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar


def masked_softmax(logits: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Probabilities over the categories the clip's corpus has; rows [n, 8]."""
    logits = np.where(allowed, logits, -1e9)
    exponent = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponent / exponent.sum(axis=1, keepdims=True)


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


def fit_temperature(logits: np.ndarray, allowed: np.ndarray, labels: np.ndarray) -> float:
    """The divisor of the logits with the least negative log likelihood."""

    def loss(log_temperature: float) -> float:
        probabilities = masked_softmax(logits / np.exp(log_temperature), allowed)
        return float(-np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))
