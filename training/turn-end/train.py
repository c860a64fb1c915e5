"""Trains the end-of-turn network; `export.py` makes the model of it.

  python training/turn-end/train.py --work DIR --name NAME [--epochs 80] [--seed 1]

The numbers below were chosen by cross-validation over the training speakers, and speakers kept aside (`is_held` in prepare.py) are only
measured; the dev split is never looked at here. The weights go to `<work>/<name>.pt`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch

from examples import Example, ExampleStore, weights_of
from measures import areas_by_corpus
from model import WINDOW_FRAMES, TurnEndNet

LABEL_SMOOTHING = 0.05
WEIGHT_DECAY = 0.3
SHORTEST_CONTEXT_FRAMES = 50
FULL_SHARE = 0.3
"""Of the examples, how many keep all that was said before; the others keep 0.5 to 2.5 s, for length tells corpora and classes apart."""


def set_population(net: TurnEndNet, store: ExampleStore, examples: list[Example]) -> None:
    frames, mask = (torch.from_numpy(part) for part in store.batch(examples[:: max(1, len(examples) // 500)]))
    levelled = net.levelled(frames, mask)[mask > 0]
    net.mel_mean.copy_(levelled.mean(dim=0))
    net.mel_sd.copy_(levelled.std(dim=0) + 1e-3)


@torch.no_grad()
def statistics_of(net: TurnEndNet, store: ExampleStore, examples: list[Example], chance: np.random.Generator | None = None) -> torch.Tensor:
    parts = []
    for at in range(0, len(examples), 128):
        picks = examples[at : at + 128]
        lengths = None
        if chance is not None:
            lengths = [WINDOW_FRAMES if chance.random() < FULL_SHARE else int(chance.integers(SHORTEST_CONTEXT_FRAMES, WINDOW_FRAMES)) for _ in picks]
        frames, mask = (torch.from_numpy(part) for part in store.batch(picks, lengths))
        parts.append(net.statistics(frames, mask))
    return torch.cat(parts)


def fit(store: ExampleStore, options: argparse.Namespace) -> TurnEndNet:
    torch.manual_seed(options.seed)
    chance = np.random.default_rng(options.seed)
    training, held = store.select("train"), store.select("train", held=True)
    net = TurnEndNet(options.judges, options.hidden, options.dropout)
    set_population(net, store, training)
    looks = [statistics_of(net, store, training, chance) for _ in range(options.looks)]
    net.mean.copy_(torch.cat(looks).mean(dim=0))
    net.sd.copy_(torch.cat(looks).std(dim=0) + 1e-3)
    looks = [net.standardised(look) for look in looks]
    heard = net.standardised(statistics_of(net, store, held))
    weights = torch.from_numpy(weights_of(training)).float().unsqueeze(1)
    labels = torch.tensor([example.is_end for example in training]).float().unsqueeze(1)
    targets = labels * (1 - LABEL_SMOOTHING) + LABEL_SMOOTHING / 2
    optimiser = torch.optim.AdamW(net.judges.parameters(), lr=options.rate, weight_decay=WEIGHT_DECAY)
    for epoch in range(options.epochs):
        net.train()
        for group in optimiser.param_groups:
            group["lr"] = options.rate * (0.5 + 0.5 * np.cos(np.pi * epoch / options.epochs))
        look = looks[epoch % len(looks)]
        for picks in torch.randperm(len(training)).split(1024):
            losses = [torch.nn.functional.binary_cross_entropy_with_logits(judge(look[picks]), targets[picks], weight=weights[picks])
                      for judge in net.judges]
            optimiser.zero_grad()
            torch.stack(losses).sum().backward()
            optimiser.step()
        if (epoch + 1) % options.measure_every == 0:
            net.eval()
            with torch.no_grad():
                areas = areas_by_corpus(net.logit(heard).squeeze(1).numpy(), held)
            shown = "  ".join(f"{corpus} {value:.3f}" for corpus, value in areas.items())
            print(f"epoch {epoch + 1}  loss {torch.stack(losses).mean().item():.3f}  held AUC {shown}", flush=True)
    return net.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--epochs", type=int, default=80)
    parser.add_argument("--measure-every", type=int, default=20)
    parser.add_argument("--looks", type=int, default=2, help="random lengths that each example is heard at")
    parser.add_argument("--judges", type=int, default=5)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--dropout", type=float, default=0.4)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    net = fit(ExampleStore(options.work), options)
    torch.save({"judges": options.judges, "hidden": options.hidden, "state": net.state_dict()}, options.work / f"{options.name}.pt")


if __name__ == "__main__":
    main()
