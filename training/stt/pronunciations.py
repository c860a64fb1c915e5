"""Chooses, for every word of the prepared transcripts, the pronunciation that a trained model hears in the recording.

CMUdict gives one word in ten several pronunciations, and the first is not always what was said. For every utterance the CTC score
of each single change is compared; changes of different words hardly influence each other, so all that win are kept. Rewrites
`<work>/<store>.jsonl`; training resumes with the better targets. Utterances of the dev split keep the first pronunciation.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

from corpus_store import CorpusStore, Utterance
from evaluate import load_model, log_probabilities
from phones import Pronouncer, read_variants, words_of
from prepare import add_folders

SMALLEST_GAIN = 1.0
"""Nats by which another pronunciation must be more probable."""


def scores(log_probs: np.ndarray, candidates: list[list[int]]) -> np.ndarray:
    """CTC log probability of every token sequence for one utterance."""
    count = len(candidates)
    frames = torch.from_numpy(log_probs)[:, None].expand(-1, count, -1)
    lengths = torch.full((count,), len(log_probs))
    sizes = torch.tensor([len(one) for one in candidates])
    tokens = torch.tensor([token for one in candidates for token in one])
    return -F.ctc_loss(frames, tokens, lengths, sizes, reduction="none", zero_infinity=False).numpy()


def choose(utterance: Utterance, words: list[str], log_probs: np.ndarray, variants: dict[str, list[list[int]]]) -> int:
    """Rewrites the utterance's tokens and word starts; returns how many words changed."""
    bounds = [*utterance.word_starts, len(utterance.tokens)]
    parts = [utterance.tokens[start:end] for start, end in zip(bounds, bounds[1:])]
    changes = [(index, variant) for index, word in enumerate(words) for variant in variants.get(word, []) if variant != parts[index]]
    if not changes:
        return 0
    joined = lambda chosen: [token for part in chosen for token in part]
    candidates = [joined(parts)] + [joined([*parts[:index], variant, *parts[index + 1 :]]) for index, variant in changes]
    found = scores(log_probs, candidates)
    best: dict[int, tuple[float, list[int]]] = {}
    for (index, variant), score in zip(changes, found[1:]):
        gain = float(score - found[0])
        if gain > max(SMALLEST_GAIN, best.get(index, (0.0, []))[0]):
            best[index] = (gain, variant)
    for index, (_, variant) in best.items():
        parts[index] = variant
    utterance.tokens = joined(parts)
    utterance.word_starts = [int(start) for start in np.cumsum([0, *(len(part) for part in parts)])[:-1]]
    return len(best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_folders(parser)
    parser.add_argument("--name", default="stt-en")
    parser.add_argument("--store", default="speech")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, _ = load_model(options.work / f"{options.name}.pt")
    store = CorpusStore(options.work, options.store)
    variants = read_variants(options.corpora)
    pronouncer = Pronouncer(options.corpora)
    chosen = sorted((one for one in store.utterances if one.split == "train"), key=lambda one: one.samples)
    changed = words_seen = 0
    with tqdm(total=len(chosen), unit="clip") as progress:
        for start in range(0, len(chosen), 16):
            part = chosen[start : start + 16]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                heard = log_probabilities(model, [store.signal(one) for one in part], chunk=0)
            for one, log_probs in zip(part, heard):
                words = [word for word in words_of(one.transcript) if pronouncer.word(word)]
                if len(words) != len(one.word_starts):
                    continue
                changed += choose(one, words, log_probs, variants)
                words_seen += len(words)
            progress.update(len(part))
    target = options.work / f"{options.store}.jsonl"
    partial = target.with_suffix(".jsonl.partial")
    with open(partial, "w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(asdict(one)) + "\n" for one in store.utterances)
    os.replace(partial, target)
    print(f"{changed} of {words_seen} words have another pronunciation now")


if __name__ == "__main__":
    main()
