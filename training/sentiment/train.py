"""Trains the sentiment network on one CPU thread.

    python train.py --work WORK_FOLDER [--epochs 9] [--seed 1] [--name model]

Each pass shows every sentence in one of its four forms (written or spoken, names masked or filled in), drops words at
random, and keeps the weights' running average, which is what is saved. Writes NAME.pt and NAME.log.json.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from measures import f1_per_label, macro_f1_of_classes, platt, sigmoid, thresholds
from model import SentimentModel


def logits_of(model: SentimentModel, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    model.eval()
    emotions, polarity = [], []
    with torch.no_grad():
        for start in range(0, len(ids), 512):
            batch = torch.from_numpy(ids[start : start + 512].astype(np.int64))
            batch = batch[:, : max(1, int((batch > 0).sum(1).max()))]
            e, p = model(batch, (batch > 0).float())
            emotions.append(e.numpy())
            polarity.append(p.numpy())
    return np.concatenate(emotions), np.concatenate(polarity)


def batches(rows: np.ndarray, lengths: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Batches of similar length in random order."""
    order = rng.permutation(rows)
    order = order[np.argsort(lengths[order] + rng.uniform(0, 4, len(order)), kind="stable")]
    parts = [order[start : start + size] for start in range(0, len(order), size)]
    rng.shuffle(parts)
    return parts


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--dropout", type=float, default=0.4)
    parser.add_argument("--word-drop", type=float, default=0.1)
    parser.add_argument("--vector-norm", type=float, default=4.0)
    parser.add_argument("--blocks", type=int, default=1)
    parser.add_argument("--width", type=int, default=192)
    parser.add_argument("--name", default="model")
    parser.add_argument("--teacher", default="teacher.npy", help="file of soft emotion targets for the fit rows, `none` for hard labels")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)

    data = np.load(options.work / "examples.npz")
    ids, sets = data["ids"], data["sets"]
    emotions, polarity = data["emotions"], data["polarity"]
    vectors = np.load(options.work / "word_vectors.npy")
    trained = np.flatnonzero(np.isin(sets, ["fit", "polarity", "calls", "lexicon"]))
    slices = {name: np.flatnonzero(sets == name) for name in ("calibration", "dev", "polarity_dev")}
    has_emotion = ~np.isnan(emotions[:, 0])
    targets = np.nan_to_num(emotions)
    # Patterned phrases are learned by heart within a pass or two; doubtful targets keep the network from certainty.
    targets[sets == "calls"] = 0.02 + 0.78 * targets[sets == "calls"]
    polarity[sets == "calls"] = 0.05 + 0.85 * polarity[sets == "calls"]
    if options.teacher != "none":
        soft = np.load(options.work / options.teacher)
        targets[sets == "fit"] = 0.5 * targets[sets == "fit"] + 0.5 * soft

    model = SentimentModel(len(vectors), emotions.shape[1], dropout=options.dropout, blocks=options.blocks, width=options.width)
    with torch.no_grad():
        model.tokens.weight.copy_(torch.from_numpy(vectors) * options.vector_norm)
        base = np.clip(emotions[sets == "fit"].mean(0), 1e-4, 1)
        model.emotions.bias.copy_(torch.from_numpy(np.log(base / (1 - base))))
    decayed = [p for n, p in model.named_parameters() if p.ndim > 1 and "bigrams" not in n and "tokens" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim == 1]
    tables = [model.tokens.weight, model.bigrams.weight]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": others, "weight_decay": 0.0}, {"params": tables, "weight_decay": 0.01}],
        lr=options.rate, betas=(0.9, 0.98), fused=True,
    )
    size = 96
    total_steps = options.epochs * (len(trained) // size + 2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.rate, total_steps, pct_start=0.15)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99))
    print("parameters", sum(p.numel() for p in model.parameters()))

    history, started = [], time.monotonic()
    for epoch in range(options.epochs):
        model.train()
        form = rng.integers(0, 4, len(ids))
        rows_ids = ids[np.arange(len(ids)), form]
        lengths = (rows_ids > 0).sum(1)
        losses = []
        for rows in batches(trained[lengths[trained] > 0], lengths, size, rng):
            batch = rows_ids[rows][:, : max(1, lengths[rows].max())].astype(np.int64)
            drop = (rng.random(batch.shape) < options.word_drop) & (batch > 0) & (lengths[rows] > 3)[:, None]
            batch = torch.from_numpy(np.where(drop, 1, batch))
            e, p = model(batch, (batch > 0).float())
            known = torch.from_numpy(has_emotion[rows].astype(np.float32))
            per_label = F.binary_cross_entropy_with_logits(e, torch.from_numpy(targets[rows]), reduction="none").sum(1)
            by_polarity = -(torch.from_numpy(polarity[rows]) * F.log_softmax(p, -1)).sum(1)
            loss = (per_label * known).sum() / known.sum().clamp(min=1) + 0.6 * by_polarity.mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            schedule.step()
            if len(losses) % 5 == 0:
                average.update_parameters(model)
            losses.append(loss.item())
        figures = {"epoch": epoch + 1, "loss": float(np.mean(losses)), "seconds": round(time.monotonic() - started)}
        if epoch % 3 != 2 and epoch + 1 < options.epochs:
            print(figures, flush=True)
            continue
        for form_name, column in (("written", 0), ("spoken", 2)):
            tuning, _ = logits_of(average.module, ids[slices["calibration"], column])
            scale = platt(tuning, emotions[slices["calibration"]])
            cut = thresholds(sigmoid(tuning * scale[:, 0] + scale[:, 1]), emotions[slices["calibration"]])
            e, p = logits_of(average.module, ids[slices["dev"], column])
            found = sigmoid(e * scale[:, 0] + scale[:, 1]) >= cut
            figures[form_name] = round(float(f1_per_label(found, emotions[slices["dev"]]).mean()), 4)
            figures[f"{form_name}_polarity"] = round(macro_f1_of_classes(p.argmax(1), polarity[slices["dev"]].argmax(1), 3), 4)
        _, p = logits_of(average.module, ids[slices["polarity_dev"], 0])
        figures["reviews"] = round(float((p.argmax(1) == polarity[slices["polarity_dev"]].argmax(1)).mean()), 4)
        history.append(figures)
        print(figures, flush=True)
        torch.save({"state": average.module.state_dict(), "options": {**vars(options), "work": None}}, options.work / f"{options.name}.pt")
        (options.work / f"{options.name}.log.json").write_text(json.dumps(history, indent=1))


if __name__ == "__main__":
    main()
