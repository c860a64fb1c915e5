"""Word error rates of several checkpoints on the `tune` clips, and the picture of the training with them.

`python word_error_curve.py stt-en-65h stt-en` measures the named checkpoints of the work folder with the server's decoder
(`tune-decoder.ts`, chunks of 2.56 s) and draws `results/stt-en.png` from the last one's history. Needs node.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from curves import draw_curves
from prepare import add_folders

HERE = Path(__file__).resolve().parent


def word_error_rate(name: str, options: argparse.Namespace) -> float:
    """Share of wrong words, 0 and more."""
    with tempfile.TemporaryDirectory() as folder:
        dump = ["evaluate.py", "--name", name, "--split", "tune", "--chunk", "64", "--dump", folder, "--work", str(options.work)]
        subprocess.run([sys.executable, *dump, "--corpora", str(options.corpora)], cwd=HERE, check=True, stdout=subprocess.DEVNULL)
        tune = ["node", "--import=./bin/typescript-loader.js", "training/stt/tune-decoder.ts", folder]
        printed = subprocess.run(tune, cwd=HERE.parents[1], check=True, capture_output=True, text=True).stdout
    found = re.match(r"([\d.]+) %", printed)
    assert found, printed
    return float(found[1]) / 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_folders(parser)
    parser.add_argument("names", nargs="+", help="checkpoints in the order of their training")
    options = parser.parse_args()
    points = []
    for name in options.names:
        state = torch.load(options.work / f"{name}.pt", map_location="cpu", weights_only=True)
        points.append((state["audio_seconds"] / 3600, word_error_rate(name, options)))
        print(f"{name}: {points[-1][0]:.1f} h, word error rate {points[-1][1]:.3f}", flush=True)
    draw_curves(state["history"], HERE / "results" / f"{options.names[-1]}.png", points)


if __name__ == "__main__":
    main()
