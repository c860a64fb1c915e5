"""Calibrates the trained network, measures it and exports it.

  python training/turn-end/export.py --work DIR --net NAME --output models/turn-end.onnx --measures FILE

The calibration is fitted on the training speakers kept aside, their pauses weighing as much as their ends. The dev split is only
measured. What the probabilities are worth to callers is measured by `attune evaluate turn-end`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from scipy.optimize import minimize

from examples import Example, ExampleStore
from measures import area, areas_by_corpus
from model import FRAME_WIDTH, WINDOW_FRAMES, TurnEndNet
from train import statistics_of

CHANNELS = (("clean", 0), ("mu-law", 1))


def load(work: Path, name: str) -> TurnEndNet:
    stored = torch.load(work / f"{name}.pt")
    net = TurnEndNet(stored["judges"], stored["hidden"])
    net.load_state_dict(stored["state"])
    return net.eval()


@torch.no_grad()
def logits_of(net: TurnEndNet, store: ExampleStore, picks: list[Example]) -> np.ndarray:
    return net.logit(net.standardised(statistics_of(net, store, picks))).squeeze(1).numpy()


def calibrate(net: TurnEndNet, store: ExampleStore) -> None:
    held = [example for example in store.select("train", held=True) if example.kind != "cut"]
    logits, ends = logits_of(net, store, held), np.array([example.is_end for example in held])
    weights = np.where(ends, 0.5 / ends.sum(), 0.5 / (~ends).sum())

    def loss(values: np.ndarray) -> float:
        judged = (values[0] * logits + values[1]) * np.where(ends, 1, -1)
        return float((weights * np.logaddexp(0, -judged)).sum())

    slope, offset = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    net.slope.fill_(float(slope))
    net.offset.fill_(float(offset))


def figures(net: TurnEndNet, store: ExampleStore, picks: list[Example]) -> dict[str, object]:
    scores = logits_of(net, store, picks)
    rows: dict[str, object] = {}
    for channel, copy in CHANNELS:
        at = np.array([pick.copy == copy for pick in picks])
        chosen = [pick for pick in picks if pick.copy == copy]
        finality = np.array([pick.finality for pick in chosen])
        rows[channel] = {
            "counts": {corpus: {kind: sum(pick.corpus == corpus and pick.kind == kind for pick in chosen) for kind in ("pause", "cut", "end")}
                       for corpus in sorted({pick.corpus for pick in chosen})},
            "auc, ends against pauses": areas_by_corpus(scores[at], chosen),
            "auc, ends against cuts": areas_by_corpus(scores[at], chosen, "cut"),
        }
        if copy == 0:
            rows[channel]["auc of the cadence, ends against pauses"] = areas_by_corpus(finality, chosen)
    real = np.array([pick.kind != "cut" for pick in picks])
    rows["all"] = area(scores[real], np.array([pick.is_end for pick in picks])[real])
    return rows


def export(net: TurnEndNet, path: Path) -> None:
    mask = torch.ones(2, WINDOW_FRAMES)
    mask[1, :130] = 0
    example = (torch.randn(2, WINDOW_FRAMES, FRAME_WIDTH) * mask.unsqueeze(2), mask)
    torch.onnx.export(net, example, str(path), input_names=["frames", "mask"], output_names=["probability"], opset_version=17,
                      dynamic_axes={name: {0: "batch"} for name in ("frames", "mask", "probability")}, dynamo=False)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = net(*example).numpy()
    feeds = {name: value.numpy() for name, value in zip(("frames", "mask"), example)}
    together = session.run(None, feeds)[0]
    alone = np.concatenate([session.run(None, {name: value[row : row + 1] for name, value in feeds.items()})[0] for row in range(2)])
    print("export: torch differs by", np.abs(together - expected).max(), "single differs by", np.abs(together - alone).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--net", required=True, help="name given to train.py")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--measures", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    store = ExampleStore(options.work)
    net = load(options.work, options.net)
    calibrate(net, store)
    result = {
        "parameters": sum(parameter.numel() for parameter in net.parameters()),
        "slope": float(net.slope),
        "offset": float(net.offset),
        "held": figures(net, store, store.select("train", held=True)),
        "dev": figures(net, store, store.select("dev")),
    }
    options.measures.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    if options.output is not None:
        export(net, options.output)


if __name__ == "__main__":
    main()
