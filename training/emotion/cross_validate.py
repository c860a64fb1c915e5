"""Measures calibration on every training speaker: by stand-ins that never heard them, calibrated on the speakers of the other folds.

  python training/emotion/cross_validate.py --work DIR --stand-ins frames-a summary-a … --measures FILE [--folds 0 1 2]

`--stand-ins` are names given to `train.py --fold`, each trained for all the folds. The dev split is not read. What comes out says how
well this way of calibrating works for people never met, on five times the speakers that dev has; the shipped networks are others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from clips import FOLDS, ClipStore, speaker_folds
from export import CHANNELS, load
from measures import (Judged, error_by_chance, expected_calibration_error, fit_sharpness, judge, restricted, sharpened,
                      unweighted_recall)

CORPORA = ("ravdess", "nemo", "emodb")
FITTED_HEARD = (0, 2, 8)
FITTED_COPIES = (0, 1, 2)
MEASURED_HEARD = (0, 16)
Condition = tuple[str, int, int]
"""Corpus, copy, utterances heard."""


def judge_fold(work: Path, store: ClipStore, names: Sequence[str], fold: int) -> dict[Condition, Judged]:
    """What the fold's stand-ins say of its speakers before calibration, by condition."""
    clips = store.select("train")
    folds = speaker_folds(clips)
    model = load(work, [f"{name}-{fold}" for name in names])
    judged = {}
    for corpus in CORPORA:
        for copy_index in FITTED_COPIES:
            picks = [clip for clip in clips if clip.copy == copy_index and folds.get(clip.speaker) == fold and clip.speaker.startswith(corpus)]
            for heard in sorted({*FITTED_HEARD, *MEASURED_HEARD}):
                if picks:
                    judged[corpus, copy_index, heard] = judge(model.pooled, store, picks, heard)
    return judged


def figures(parts: Sequence[tuple[np.ndarray, np.ndarray]]) -> dict[str, float]:
    probabilities, labels = (np.concatenate(part) for part in zip(*parts))
    chance, chance_high = error_by_chance(probabilities)
    return {"clips": len(labels), "uar": unweighted_recall(labels, probabilities.argmax(axis=1)),
            "ece": expected_calibration_error(probabilities, labels), "eceByChance": chance, "eceByChanceHigh": chance_high}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--stand-ins", nargs="+", required=True, help="names given to train.py --fold")
    parser.add_argument("--measures", type=Path, required=True)
    parser.add_argument("--folds", nargs="+", type=int, default=list(range(FOLDS)), help="folds that the stand-ins were trained for")
    options = parser.parse_args()
    torch.set_num_threads(1)
    store = ClipStore(options.work)
    by_fold = {fold: judge_fold(options.work, store, options.stand_ins, fold) for fold in options.folds}
    sharpness = {fold: fit_sharpness([judged for other, conditions in by_fold.items() if other != fold
                                      for (_, _, heard), judged in conditions.items() if heard in FITTED_HEARD]) for fold in by_fold}
    result: dict[str, dict] = {"sharpness": {fold: factors.tolist() for fold, factors in sharpness.items()}}
    for channel, copy_index in CHANNELS:
        for heard in MEASURED_HEARD:
            parts = {corpus: [(restricted(sharpened(one.outputs, one.trust, sharpness[fold]), one.allowed), one.labels)
                              for fold, conditions in by_fold.items()
                              if (one := conditions.get((corpus, copy_index, heard))) is not None] for corpus in CORPORA}
            condition = f"{channel}, {heard} utterances heard"
            for corpus in CORPORA:
                result[f"{corpus}, {condition}"] = figures(parts[corpus])
            result[f"all corpora, {condition}"] = figures([part for corpus in CORPORA for part in parts[corpus]])
    options.measures.write_text(json.dumps(result, indent=1))
    for name, value in result.items():
        print(name, value if name == "sharpness" else {key: round(figure, 3) for key, figure in value.items()})


if __name__ == "__main__":
    main()
