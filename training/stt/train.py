"""Trains the acoustic model; stops and resumes anywhere.

Loss: CTC over phones, plus frame-level cross entropy (silence and phones) at the last and the middle layer. The frame targets of
synthetic speech are known; those of real speech come from aligning every batch with the model's own frame-level head. The first
epochs see synthetic speech only, which gives that head its start. Every batch draws a chunk length, so one set of weights
serves all latencies. The learning rate warms up, stays, and falls linearly over the last part of the budget; the weights that
are kept for use are an exponential average.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader
from tqdm import tqdm

from alignment import IGNORED, align
from batches import Batch, Batches, plan_epoch
from corpus_store import CorpusStore
from curves import draw_curves
from evaluate import dev_clips, phone_errors
from features import SILENCE_VALUE, log_mel
from model import AcousticModel, ModelSize
from optimiser import Muon
from phone_language import estimate
from prepare import add_folders
from sequence_loss import log_denominator

STORES = ("speech", "synthetic", "espeak")
"""Prepared corpora; those that are not there are left out."""
CHUNKS = (8, 16, 32, 64, 64, 0)
"""Chunk lengths in encoder frames that batches draw from; 0 is unlimited."""


def measure_normalisation(model: AcousticModel, stores: list[CorpusStore], seed: int) -> None:
    """Sets the global mean and scale of the features from 400 training clips."""
    chance = np.random.default_rng(seed)
    clips = [(store, one) for store in stores for one in store.utterances if one.split == "train"]
    frames = np.concatenate([log_mel(store.signal(one)) for store, one in (clips[i] for i in chance.integers(len(clips), size=400))])
    model.stem.mean.copy_(torch.from_numpy(frames.mean(0)))
    model.stem.scale.copy_(torch.from_numpy(1.0 / frames.std(0)))


def loss_of(
    model: AcousticModel, batch: Batch, chunk: int, trigram: tuple[torch.Tensor, torch.Tensor] | None
) -> tuple[torch.Tensor, dict[str, float]]:
    """Training loss and its parts. CTC and the sequence loss are per phone, the frame losses per frame.

    With a phone trigram (successor, end) the sequence loss leads and the others only steady it.
    """
    device = next(model.parameters()).device
    with torch.autocast(device.type, dtype=torch.bfloat16):
        outputs = model(batch.features.to(device), batch.lengths.to(device), chunk, SILENCE_VALUE)
    ctc_logits, frame_logits, middle_logits = (output.float() for output in outputs)
    log_probs = ctc_logits.log_softmax(-1).transpose(0, 1)
    counts = batch.token_counts.to(device)
    tokens, lengths = batch.tokens.to(device), batch.lengths.to(device)
    ctc = F.ctc_loss(log_probs, tokens, lengths, counts, reduction="sum", zero_infinity=True) / counts.sum()
    targets = batch.fixed_targets.clone()
    free = [row for row, fixed in enumerate(batch.has_fixed) if not fixed]
    if free:
        posteriors = frame_logits.detach()[free].log_softmax(-1).cpu().numpy()
        found = align(posteriors, batch.lengths[free].numpy(), [batch.states[row] for row in free])
        targets[free] = torch.from_numpy(found)
    flat = targets.flatten().to(device)
    frame = F.cross_entropy(frame_logits.flatten(0, 1), flat, ignore_index=IGNORED)
    middle = F.cross_entropy(middle_logits.flatten(0, 1), flat, ignore_index=IGNORED)
    parts = {"ctc": ctc.item(), "frame": frame.item(), "middle": middle.item()}
    if trigram is None:
        return ctc + frame + 0.5 * middle, parts
    sequence = ctc + log_denominator(log_probs.transpose(0, 1), lengths, *trigram).sum() / counts.sum()
    return sequence + 0.1 * ctc + 0.2 * frame + 0.1 * middle, parts | {"sequence": sequence.item()}


class Training:
    """Model, its average, optimisers and position; `save` and `load` carry all of it."""

    _PLAIN = ("step", "epoch", "batch", "seconds", "audio_seconds", "history")

    def __init__(self, options: argparse.Namespace, device: torch.device) -> None:
        torch.manual_seed(options.seed)
        self.size = ModelSize(width=options.width, layers=options.layers)
        self.model = AcousticModel(self.size).to(device)
        self.average = AcousticModel(self.size).to(device).eval()
        matrices = [p for name, p in self.model.named_parameters() if p.ndim == 2 and name.startswith("blocks.")]
        chosen = {id(p) for p in matrices}
        others = [p for p in self.model.parameters() if id(p) not in chosen]
        self.optimisers = [Muon(matrices, lr=1.0), torch.optim.AdamW(others, lr=1.0, betas=(0.9, 0.98), weight_decay=0.01)]
        self.step = 0
        self.epoch = 0
        self.batch = 0
        self.seconds = 0.0
        self.audio_seconds = 0.0
        self.history: list[dict[str, float]] = []

    def update_average(self) -> None:
        """Exponential average over about the last 500 steps, shorter at the start."""
        decay = min(0.998, self.step / (self.step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), 1 - decay)
            for kept, current in zip(self.average.buffers(), self.model.buffers()):
                kept.copy_(current)

    def save(self, path: Path) -> None:
        state = {name: getattr(self, name) for name in self._PLAIN}
        state |= {"size": self.size.described(), "model": self.model.state_dict(), "average": self.average.state_dict()}
        state["optimisers"] = [optimiser.state_dict() for optimiser in self.optimisers]
        partial = path.with_suffix(".partial")
        torch.save(state, partial)
        os.replace(partial, path)

    def load(self, path: Path, device: torch.device) -> None:
        state = torch.load(path, map_location=device, weights_only=True)
        for name in self._PLAIN:
            setattr(self, name, state[name])
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        for optimiser, saved in zip(self.optimisers, state["optimisers"]):
            optimiser.load_state_dict(saved)

    def progress(self, options: argparse.Namespace) -> float:
        """Part of the budget that is used: by time, or by steps when --steps is given."""
        return self.step / options.steps if options.steps else self.seconds / (options.minutes * 60)

    def set_rate(self, options: argparse.Namespace) -> float:
        fall = min(1.0, (1.0 - self.progress(options)) / options.decay)
        rate = options.rate * min(1.0, (self.step + 1) / options.warmup) * max(0.02, fall)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = rate
        return rate


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    add_folders(parser)
    parser.add_argument("--minutes", type=float, default=90, help="time budget, over all resumed runs")
    parser.add_argument("--steps", type=int, default=0, help="budget in steps instead of time (reproducible)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--width", type=int, default=ModelSize.width)
    parser.add_argument("--layers", type=int, default=ModelSize.layers)
    parser.add_argument("--rate", type=float, default=3e-3, help="highest learning rate")
    parser.add_argument("--warmup", type=int, default=60, help="steps")
    parser.add_argument("--decay", type=float, default=0.35, help="last part of the budget in which the rate falls")
    parser.add_argument("--batch-seconds", type=float, default=100)
    parser.add_argument("--first-epochs", type=int, default=2, help="epochs on synthetic speech alone at the start")
    parser.add_argument("--sequence-from", type=float, default=0.35, help="part of the budget after which the sequence loss leads")
    parser.add_argument("--evaluate-every", type=int, default=1000, help="steps")
    parser.add_argument("--save-every", type=int, default=50, help="steps")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--name", default="stt-en", help="name of the checkpoint and the picture")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    torch.set_num_threads(options.threads)
    device = torch.device(options.device)
    stores = [CorpusStore(options.work, name) for name in STORES if (options.work / f"{name}.jsonl").exists()]
    utterances = [one for store in stores for one in store.utterances]
    training = Training(options, device)
    checkpoint = options.work / f"{options.name}.pt"
    if checkpoint.exists():
        training.load(checkpoint, device)
    else:
        measure_normalisation(training.model, stores, options.seed)
    known = estimate(one.tokens for one in utterances if one.split == "train")
    trigram = (torch.from_numpy(known.successor).to(device), torch.from_numpy(known.end).to(device))
    picture = Path(__file__).parent / "results" / f"{options.name}.png"
    clips = dev_clips(stores, per_corpus=40)
    recent: list[dict[str, float]] = []
    bar = tqdm(total=1000, initial=int(1000 * training.progress(options)), bar_format="{l_bar}{bar}| {elapsed}<{remaining} {postfix}")
    started = time.monotonic()
    while training.progress(options) < 1:
        only = "flite" if training.epoch < options.first_epochs else None
        seed = options.seed * 1000 + training.epoch
        plan = plan_epoch(utterances, seed, options.batch_seconds, only)
        loader = DataLoader(Batches(stores, plan, options.corpora, seed, first=training.batch), batch_size=None, num_workers=1, prefetch_factor=4)
        for batch in loader:
            rate = training.set_rate(options)
            chunk = CHUNKS[np.random.default_rng((seed, training.batch)).integers(len(CHUNKS))]
            discriminative = training.progress(options) >= options.sequence_from
            loss, parts = loss_of(training.model, batch, chunk, trigram if discriminative else None)
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(training.model.parameters(), 5.0)
            if torch.isfinite(norm):
                for optimiser in training.optimisers:
                    optimiser.step()
            training.model.zero_grad(set_to_none=True)
            training.step += 1
            training.batch += 1
            training.update_average()
            training.audio_seconds += batch.seconds
            recent.append(parts)
            if training.step % 50 == 0:
                names = [name for name in parts if name in recent[0]]
                point = {name: float(np.mean([one[name] for one in recent])) for name in names}
                point |= {"step": training.step, "hours": training.audio_seconds / 3600, "rate": rate}
                if training.step % options.evaluate_every == 0:
                    rates = phone_errors(training.average, clips, chunk=8)
                    point |= {f"per {corpus}": value for corpus, value in rates.items()}
                training.history.append(point)
                with open(options.work / f"{options.name}.log.jsonl", "a", encoding="utf-8") as log:
                    log.write(json.dumps(point | {"minutes": training.seconds / 60, "epoch": training.epoch}) + "\n")
                draw_curves(training.history, picture)
                recent = []
            now = time.monotonic()
            training.seconds, started = training.seconds + now - started, now
            bar.update(max(0, int(1000 * training.progress(options)) - bar.n))
            bar.set_postfix_str(f"step {training.step}, {training.audio_seconds / 3600:.1f} h, ctc {parts['ctc']:.2f}, frame {parts['frame']:.2f}")
            if training.step % options.save_every == 0:
                training.save(checkpoint)
            if training.progress(options) >= 1:
                break
        else:
            training.epoch, training.batch = training.epoch + 1, 0
    training.save(checkpoint)


if __name__ == "__main__":
    main()
