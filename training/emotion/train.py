"""Trains the voice emotion network and exports it.

  python training/emotion/train.py --work DIR --output models/emotion-voice.onnx [--licence permissive] [--minutes 15] [--threads 1]

The epoch and the temperature are chosen on training speakers kept aside (`HELD_SPEAKERS` in prepare.py); the dev split is only
measured. Measures go to `<work>/measures.json`, the weights to `<work>/weights.pt`.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch.nn import functional

from clips import Clip, ClipStore, by_caller, measuring_batch, training_batch
from measures import expected_calibration_error, fit_temperature, masked_softmax, reliability, unweighted_recall
from model import BASELINE_WIDTH, FRAME_WIDTH, MEL_BANDS, PROSODY_WIDTH, WINDOW_FRAMES, CalibratedNet, VoiceEmotionNet

INPUTS = ("frames", "mask", "prosody", "baseline", "baseline_seconds")
SELECTION_HEARD = (0, 8)
"""Selection averages over a caller never heard and one heard for eight utterances."""


def tensors(batch: object) -> list[torch.Tensor]:
    return [torch.from_numpy(getattr(batch, name)) for name in INPUTS]


def set_population(net: VoiceEmotionNet, store: ClipStore, clips: list[Clip]) -> None:
    summaries = np.stack([clip.summary for clip in clips])
    sample = np.concatenate([store.window(clip, 0, clip.frames)[:, :MEL_BANDS] for clip in clips[:: max(1, len(clips) // 500)]])
    net.set_population(torch.from_numpy(summaries.mean(axis=0)), torch.from_numpy(sample.std(axis=0)),
                       torch.from_numpy(summaries[:, MEL_BANDS:].std(axis=0) + 1e-6))


@torch.no_grad()
def logits_of(net: VoiceEmotionNet, store: ClipStore, clips: list[Clip], heard: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(logits, allowed, labels); the callers' earlier utterances are drawn with a fixed seed."""
    chance = np.random.default_rng(5)
    groups = by_caller(store.clips)
    logits, allowed, labels = [], [], []
    for start in range(0, len(clips), 64):
        batch = measuring_batch(store, clips[start : start + 64], groups, heard, chance)
        logits.append(net(*tensors(batch)).numpy())
        allowed.append(batch.allowed)
        labels.append(batch.labels)
    return np.concatenate(logits), np.concatenate(allowed), np.concatenate(labels)


def corpus_recalls(net: VoiceEmotionNet, store: ClipStore, clips: list[Clip], heard: int) -> dict[str, float]:
    recalls = {}
    for corpus in sorted({clip.corpus for clip in clips}):
        logits, allowed, labels = logits_of(net, store, [clip for clip in clips if clip.corpus == corpus], heard)
        recalls[corpus] = unweighted_recall(labels, np.where(allowed, logits, -1e9).argmax(axis=1))
    return recalls


def selection_measure(net: VoiceEmotionNet, store: ClipStore, held: list[Clip]) -> float:
    return float(np.mean([list(corpus_recalls(net, store, held, heard).values()) for heard in SELECTION_HEARD]))


def fit(store: ClipStore, options: argparse.Namespace) -> VoiceEmotionNet:
    chance = np.random.default_rng(options.seed)
    torch.manual_seed(options.seed)
    training = store.select("train", held=False)
    held = [clip for clip in store.select("train", held=True) if clip.copy < 2]
    groups = by_caller(training)
    net = VoiceEmotionNet()
    set_population(net, store, training)
    if options.start is not None:
        net.load_state_dict(torch.load(options.start))
    average = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.02)
    steps_per_epoch = len(training) // 2 // options.batch
    best, best_measure = copy.deepcopy(net), 0.0
    started = time.monotonic()
    step = 0
    for epoch in range(1000):
        order = chance.permutation(len(training))
        net.train()
        losses = []
        for at in range(steps_per_epoch):
            progress = (time.monotonic() - started) / (60 * options.minutes)
            if progress >= 1:
                break
            for group in optimiser.param_groups:
                group["lr"] = options.rate * min(1, (step + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * progress))
            picks = [training[int(index)] for index in order[at * options.batch : (at + 1) * options.batch]]
            batch = training_batch(store, picks, groups, chance)
            logits = net(*tensors(batch)).masked_fill(~torch.from_numpy(batch.allowed), -1e4)
            targets = torch.from_numpy(batch.labels)
            smooth = torch.from_numpy(batch.allowed).float()
            smooth = 0.05 * smooth / smooth.sum(dim=1, keepdim=True) + 0.95 * functional.one_hot(targets, logits.shape[1])
            loss = -(smooth * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
            optimiser.step()
            decay = min(0.998, (step + 1) / (step + 10))
            with torch.no_grad():
                for kept, new in zip(average.state_dict().values(), net.state_dict().values()):
                    if kept.dtype.is_floating_point:
                        kept.lerp_(new, 1 - decay)
            losses.append(loss.item())
            step += 1
        average.eval()
        measure = selection_measure(average, store, held)
        if measure > best_measure:
            best, best_measure = copy.deepcopy(average), measure
        print(f"epoch {epoch}  loss {np.mean(losses or [0]):.3f}  held UAR {measure:.3f}  {time.monotonic() - started:.0f} s", flush=True)
        if time.monotonic() - started >= 60 * options.minutes:
            return best.eval()
    return best.eval()


def calibrate(net: VoiceEmotionNet, store: ClipStore) -> None:
    held = [clip for clip in store.select("train", held=True) if clip.copy < 2]
    parts = [logits_of(net, store, held, heard) for heard in SELECTION_HEARD]
    logits, allowed, labels = (np.concatenate(part) for part in zip(*parts))
    net.temperature.fill_(fit_temperature(logits, allowed, labels))


def measure(net: VoiceEmotionNet, store: ClipStore) -> dict[str, object]:
    result: dict[str, object] = {"temperature": net.temperature.item(), "parameters": sum(p.numel() for p in net.parameters())}
    for channel, copy_index in (("clean", 0), ("mu-law", 1)):
        for heard in (0, 4, 16):
            for corpus in ("ravdess", "nemo_pl", "emodb", "emodb_orig4"):
                clips = store.select("dev", copy=copy_index, corpus=corpus)
                if not clips:
                    continue
                logits, allowed, labels = logits_of(net, store, clips, heard)
                probabilities = masked_softmax(logits / net.temperature.item(), allowed)
                result[f"{corpus}, {channel}, {heard} utterances heard"] = {
                    "clips": len(clips),
                    "uar": unweighted_recall(labels, probabilities.argmax(axis=1)),
                    "ece": expected_calibration_error(probabilities, labels),
                    "reliability": reliability(probabilities, labels),
                    "confusion": np.bincount(labels * 8 + probabilities.argmax(axis=1), minlength=64).reshape(8, 8).tolist(),
                    "sure": [{"threshold": t, "kept": float((probabilities.max(axis=1) >= t).mean()),
                              "accuracy": float((probabilities.argmax(axis=1) == labels)[probabilities.max(axis=1) >= t].mean())}
                             for t in (0.3, 0.35, 0.4, 0.5) if (probabilities.max(axis=1) >= t).any()],
                }
    return result


def export(net: VoiceEmotionNet, path: Path) -> None:
    calibrated = CalibratedNet(net).eval()
    example = (torch.randn(2, WINDOW_FRAMES, FRAME_WIDTH), torch.ones(2, WINDOW_FRAMES), torch.randn(2, PROSODY_WIDTH),
               torch.zeros(2, BASELINE_WIDTH), torch.zeros(2, 1))
    torch.onnx.export(calibrated, example, str(path), input_names=list(INPUTS), output_names=["probabilities"], opset_version=17,
                      dynamic_axes={name: {0: "batch"} for name in (*INPUTS, "probabilities")}, dynamo=False)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        expected = calibrated(*example).numpy()
    feeds = {name: value.numpy() for name, value in zip(INPUTS, example)}
    together = session.run(None, feeds)[0]
    alone = np.concatenate([session.run(None, {name: value[row : row + 1] for name, value in feeds.items()})[0] for row in range(2)])
    print("export: torch differs by", np.abs(together - expected).max(), "single differs by", np.abs(together - alone).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--licence", choices=("all", "permissive"), default="all", help="permissive leaves CC BY-NC-SA corpora out")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    store = ClipStore(options.work, options.licence == "permissive")
    net = fit(store, options)
    calibrate(net, store)
    torch.save(net.state_dict(), options.work / "weights.pt")
    export(net, options.output)
    result = measure(net, store)
    (options.work / "measures.json").write_text(json.dumps(result, indent=1))
    for name, value in result.items():
        print(name, {k: round(v, 3) for k, v in value.items() if k in ("clips", "uar", "ece")} if isinstance(value, dict) else value)


if __name__ == "__main__":
    main()
