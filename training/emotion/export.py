"""Joins trained networks into one calibrated model, measures it and exports it.

  python training/emotion/export.py --work DIR --nets NAME … --output models/emotion-voice.onnx --measures FILE [--licence permissive]
  python training/emotion/export.py --work DIR --nets NAME … --stranger nemo_pl --measures FILE

The second form measures, in four categories and on every speaker, a corpus that the networks were trained without. The sharpness is
fitted on the training speakers kept aside. The dev split is only measured.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from clips import Clip, ClipStore
from measures import INPUTS, Judged, expected_calibration_error, fit_sharpness, judge, reliability, restricted, unweighted_recall
from model import BASELINE_WIDTH, CATEGORIES, FRAME_WIDTH, SUMMARY_WIDTH, WINDOW_FRAMES, CalibratedNet, FunctionalNet, VoiceEmotionNet

FOUR = ("neutral", "happy", "sad", "angry")
CHANNELS = (("clean", 0), ("mu-law", 1))


def load(work: Path, names: list[str]) -> CalibratedNet:
    nets: tuple[list[VoiceEmotionNet], list[FunctionalNet]] = ([], [])
    for name in names:
        state = torch.load(work / f"{name}.pt")
        net = FunctionalNet(len(state["layers.1.weight"])) if "layers.1.weight" in state else VoiceEmotionNet()
        net.load_state_dict(state)
        nets[isinstance(net, FunctionalNet)].append(net)
    return CalibratedNet(*nets).eval()


def calibrate(model: CalibratedNet, store: ClipStore, without: set[str]) -> None:
    held = [clip for clip in store.select("train", held=True) if clip.corpus not in without]
    parts = [judge(model.pooled, store, held, heard) for heard in (0, 2, 8)]
    model.sharpness.copy_(torch.from_numpy(fit_sharpness(parts)))


def figures(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, object]:
    guesses, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    return {
        "clips": len(labels),
        "uar": unweighted_recall(labels, guesses),
        "ece": expected_calibration_error(probabilities, labels),
        "reliability": reliability(probabilities, labels),
        "confusion": np.bincount(labels * 8 + guesses, minlength=64).reshape(8, 8).tolist(),
        "sure": [{"threshold": t, "kept": float((confidence >= t).mean()), "accuracy": float((guesses == labels)[confidence >= t].mean())}
                 for t in (0.3, 0.35, 0.4, 0.5) if (confidence >= t).any()],
    }


def rows_of(model: CalibratedNet, store: ClipStore, clips: list[Clip], *, four: bool) -> dict[str, object]:
    """`named`: only categories the corpus has; `free`: all eight compete, as they do for a caller."""
    rows: dict[str, object] = {}
    together: list[tuple[np.ndarray, np.ndarray]] = []
    for channel, copy_index in CHANNELS:
        for heard in (0, 4, 16):
            for corpus in sorted({clip.corpus for clip in clips}):
                picks = [clip for clip in clips if clip.copy == copy_index and clip.corpus == corpus]
                judged: Judged = judge(model, store, picks, heard)
                allowed = judged.allowed & np.array([category in FOUR for category in CATEGORIES]) if four else judged.allowed
                rows[f"{corpus}, {channel}, {heard} utterances heard, named"] = figures(restricted(judged.outputs, allowed), judged.labels)
                rows[f"{corpus}, {channel}, {heard} utterances heard, free"] = figures(judged.outputs, judged.labels)
                if four or corpus != "emodb_orig4":
                    together.append((restricted(judged.outputs, allowed), judged.labels))
    rows["all corpora and conditions"] = figures(*(np.concatenate(part) for part in zip(*together)))
    return rows


def export(model: CalibratedNet, path: Path) -> None:
    example = (torch.randn(2, WINDOW_FRAMES, FRAME_WIDTH), torch.ones(2, WINDOW_FRAMES), torch.randn(2, SUMMARY_WIDTH),
               torch.zeros(2, BASELINE_WIDTH), torch.zeros(2, 1))
    torch.onnx.export(model, example, str(path), input_names=list(INPUTS), output_names=["probabilities"], opset_version=17,
                      dynamic_axes={name: {0: "batch"} for name in (*INPUTS, "probabilities")}, dynamo=False)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = model(*example).numpy()
    feeds = {name: value.numpy() for name, value in zip(INPUTS, example)}
    together = session.run(None, feeds)[0]
    alone = np.concatenate([session.run(None, {name: value[row : row + 1] for name, value in feeds.items()})[0] for row in range(2)])
    print("export: torch differs by", np.abs(together - expected).max(), "single differs by", np.abs(together - alone).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--nets", nargs="+", required=True, help="names given to train.py")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--measures", type=Path, required=True)
    parser.add_argument("--licence", choices=("all", "permissive"), default="all")
    parser.add_argument("--stranger", default="", help="corpus the networks have not seen; emodb means both its copies")
    options = parser.parse_args()
    torch.set_num_threads(1)
    store = ClipStore(options.work, permissive_only=options.licence == "permissive")
    unseen = {"emodb", "emodb_orig4"} if options.stranger == "emodb" else {options.stranger}
    model = load(options.work, options.nets)
    calibrate(model, store, unseen)
    if options.stranger == "":
        result = rows_of(model, store, store.select("dev"), four=False)
    else:
        corpus = "emodb_orig4" if options.stranger == "emodb" else options.stranger
        names = {CATEGORIES.index(name) for name in FOUR}
        result = rows_of(model, store, [clip for clip in store.clips if clip.corpus == corpus and clip.label in names], four=True)
    result["sharpness"] = model.sharpness.tolist()
    result["parameters"] = sum(p.numel() for p in model.parameters())
    options.measures.write_text(json.dumps(result, indent=1))
    for name, value in result.items():
        print(name, {k: round(v, 3) for k, v in value.items() if k in ("clips", "uar", "ece")} if isinstance(value, dict) else value)
    if options.output is not None:
        export(model, options.output)


if __name__ == "__main__":
    main()
