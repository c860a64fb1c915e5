"""The course of a training as a picture: losses, phone error rates, and word error rates where they were measured."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402


def draw_curves(history: list[dict[str, float]], path: Path, word_errors: list[tuple[float, float]] | None = None) -> None:
    """`history` as the checkpoint keeps it; `word_errors`: hours of audio seen and word error rate on the tune clips."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4))
    for name in ("ctc", "frame", "middle", "sequence"):
        points = [(point["hours"], point[name]) for point in history if name in point]
        if points:
            left.plot(*zip(*points), label=name)
    left.set(xlabel="hours of audio seen", ylabel="training loss", ylim=(-2, 4))
    for name in sorted({key for point in history for key in point if key.startswith("per ")}):
        points = [(point["hours"], point[name]) for point in history if name in point]
        right.plot(*zip(*points), marker="o", alpha=0.5, label=f"phones, greedy: {name[4:]}")
    if word_errors:
        right.plot(*zip(*word_errors), marker="s", color="black", label="words: tune clips")
    starts = [point["hours"] for point in history if "sequence" in point]
    for axes in (left, right):
        if starts:
            axes.axvline(starts[0], color="grey", linestyle=":", label="sequence loss begins")
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend(fontsize="small")
    right.set(xlabel="hours of audio seen", ylabel="error rate", ylim=(0, 1))
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90)
    pyplot.close(figure)
