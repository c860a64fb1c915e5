"""Trains one voice emotion network; `export.py` makes the model of one or several.

  python training/emotion/train.py --work DIR --name NAME [--kind functionals] [--licence permissive] [--without CORPUS,…] [--minutes 15] [--seed 1]
  python training/emotion/train.py --work DIR --name NAME --fold 0 [--kind functionals] [--minutes 2]

The epoch is chosen on training speakers kept aside (`HELD_SPEAKERS` in prepare.py); the dev split is never looked at here. The
weights go to `<work>/<name>.pt`. The second form trains a stand-in for `cross_validate.py`, on all training speakers but those of a
fold, to the last step, and writes `<work>/<name>-<fold>.pt`.
"""

from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path

import numpy as np
import torch

from clips import FOLDS, Clip, ClipStore, by_caller, functional_batch, speaker_folds, training_batch
from measures import INPUTS, corpus_recalls
from model import MEL_BANDS, PROSODY_WIDTH, FunctionalNet, VoiceEmotionNet

SELECTION_HEARD = (0, 8)
"""Selection averages over a caller never heard and one heard for eight utterances."""
LABEL_SMOOTHING = 0.05
WEIGHT_DECAY = {"frames": 0.02, "functionals": 0.3}
AVERAGE_DECAY = 0.998
"""Per step, of the running mean of the weights that is kept."""


def set_population(net: VoiceEmotionNet | FunctionalNet, store: ClipStore, clips: list[Clip]) -> None:
    summaries = np.stack([clip.summary for clip in clips])
    if isinstance(net, FunctionalNet):
        net.mean.copy_(torch.from_numpy(summaries[:, MEL_BANDS:].mean(axis=0)))
        net.sd.copy_(torch.from_numpy(summaries[:, MEL_BANDS:].std(axis=0) + 1e-5))
        return
    summaries = summaries[:, : MEL_BANDS + PROSODY_WIDTH]
    sample = np.concatenate([store.window(clip, 0, clip.frames)[:, :MEL_BANDS] for clip in clips[:: max(1, len(clips) // 500)]])
    net.set_population(torch.from_numpy(summaries.mean(axis=0)), torch.from_numpy(sample.std(axis=0)),
                       torch.from_numpy(summaries[:, MEL_BANDS:].std(axis=0) + 1e-6))


def corpus_weights(clips: list[Clip], levelling: float) -> np.ndarray:
    """Chances of being drawn. Levelling 0: every clip the same; 1: every corpus; between them small corpora are seen more than they are large."""
    sizes = {corpus: sum(clip.corpus == corpus for clip in clips) for corpus in {clip.corpus for clip in clips}}
    weights = np.array([sizes[clip.corpus] ** -levelling for clip in clips])
    return weights / weights.sum()


def loss_of(net: VoiceEmotionNet | FunctionalNet, store: ClipStore, picks: list[Clip], groups: dict[tuple[str, int], list[Clip]],
            chance: np.random.Generator) -> torch.Tensor:
    functional = isinstance(net, FunctionalNet)
    batch = functional_batch(picks, groups, chance) if functional else training_batch(store, picks, groups, chance)
    with torch.autocast("cpu", torch.bfloat16):
        logits = net(*(torch.from_numpy(getattr(batch, name)) for name in INPUTS))
    judged = torch.from_numpy(batch.judged)
    logits = logits.float().masked_fill(~judged, -1e4)
    truth = torch.nn.functional.one_hot(torch.from_numpy(batch.labels), logits.shape[1])
    target = LABEL_SMOOTHING * judged / judged.sum(dim=1, keepdim=True) + (1 - LABEL_SMOOTHING) * truth
    return -(target * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()


def fit(store: ClipStore, without: set[str], options: argparse.Namespace) -> VoiceEmotionNet | FunctionalNet:
    chance = np.random.default_rng(options.seed)
    torch.manual_seed(options.seed)
    usable = [clip for clip in store.select("train") if clip.corpus not in without]
    if options.fold is None:
        training = [clip for clip in usable if not clip.held]
        held = [clip for clip in usable if clip.held and clip.copy < 2]
    else:
        folds = speaker_folds(usable)
        training, held = [clip for clip in usable if folds.get(clip.speaker) != options.fold], []
    groups, weights = by_caller(training), corpus_weights(training, options.levelling)
    functional = options.kind == "functionals"
    net = FunctionalNet(options.hidden, options.dropout, options.exaggeration) if functional else VoiceEmotionNet()
    set_population(net, store, training)
    average = copy.deepcopy(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=WEIGHT_DECAY[options.kind])
    best, best_measure, losses = copy.deepcopy(net), 0.0, []
    started, step, next_look = time.monotonic(), 0, 1 / options.looks
    net.train()
    while (progress := (time.monotonic() - started) / (60 * options.minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1, (step + 1) / 100) * (0.5 + 0.5 * np.cos(np.pi * progress))
        picks = [training[int(index)] for index in chance.choice(len(training), options.batch, p=weights)]
        loss = loss_of(net, store, picks, groups, chance)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        step += 1
        with torch.no_grad():
            decay = min(AVERAGE_DECAY, step / (step + 9))
            for kept, new in zip(average.state_dict().values(), net.state_dict().values()):
                if kept.dtype.is_floating_point:
                    kept.lerp_(new, 1 - decay)
        losses.append(loss.item())
        if held and progress >= next_look:
            average.eval()
            measure = float(np.mean([list(corpus_recalls(average, store, held, heard).values()) for heard in SELECTION_HEARD]))
            print(f"step {step}  loss {np.mean(losses):.3f}  held UAR {measure:.3f}  {time.monotonic() - started:.0f} s", flush=True)
            if measure >= best_measure:
                best, best_measure = copy.deepcopy(average), measure
            losses, next_look = [], next_look + 1 / options.looks
    return (best if held else average).eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--kind", choices=("frames", "functionals"), default="frames", help="which of the two networks of model.py")
    parser.add_argument("--licence", choices=("all", "permissive"), default="all", help="permissive leaves all corpora out that are not CC0")
    parser.add_argument("--without", default="", help="corpora to leave out, to be measured on as strangers")
    parser.add_argument("--fold", type=int, choices=range(FOLDS), help="train a stand-in without this fold of the speakers")
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--looks", type=int, default=16, help="how often the held speakers are measured")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--levelling", type=float, default=0.5, help="0: a corpus counts by its clips; 1: all corpora count the same")
    parser.add_argument("--hidden", type=int, default=128, help="width of a functionals' network")
    parser.add_argument("--dropout", type=float, default=0.6, help="of a functionals' network's hidden layer")
    parser.add_argument("--exaggeration", type=float, default=0, help="of a functionals' network: see model.py")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    store = ClipStore(options.work, permissive_only=options.licence == "permissive")
    net = fit(store, set(options.without.split(",")), options)
    name = options.name if options.fold is None else f"{options.name}-{options.fold}"
    torch.save(net.state_dict(), options.work / f"{name}.pt")


if __name__ == "__main__":
    main()
