"""Draws the reliability diagram of the model card from what `export.py` measured.

  python training/emotion/picture.py --measures FILE --output models/cards/emotion-voice-reliability.png
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

SERIES = (
    ("ravdess, clean, 0 utterances heard, named", "RAVDESS, unknown caller", "o"),
    ("ravdess, clean, 16 utterances heard, named", "RAVDESS, known caller", "s"),
    ("ravdess, mu-law, 16 utterances heard, named", "RAVDESS, known caller, telephone", "^"),
    ("nemo_pl, clean, 16 utterances heard, named", "nEMO, known caller", "d"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measures", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    measures = json.loads(options.measures.read_text())
    figure, axes = pyplot.subplots(figsize=(5, 4.2), dpi=100)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for key, title, marker in SERIES:
        rows = [row for row in measures[key]["reliability"] if row["clips"] >= 5]
        axes.plot([row["confidence"] for row in rows], [row["accuracy"] for row in rows], marker=marker, markersize=4,
                  linewidth=1, label=f"{title} (ECE {measures[key]['ece']:.3f})")
    axes.set(xlabel="probability of the most probable category", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(fontsize=7, loc="upper left", frameon=False)
    figure.tight_layout()
    figure.savefig(options.output)


if __name__ == "__main__":
    main()
