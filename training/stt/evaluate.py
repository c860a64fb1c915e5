"""Phone error rate of a checkpoint on the dev clips, per corpus, clean and as a telephone call; writes log-probabilities on demand.

Greedy CTC decoding (best token per frame, repeats and blanks removed) against the transcript's first pronunciations, so a
correct but different pronunciation counts as an error. Uses the averaged weights.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from augmentation import mu_law
from batches import SUBSAMPLING, encoder_frames
from corpus_store import CorpusStore, Utterance
from features import SILENCE_VALUE, log_mel
from model import AcousticModel, ModelSize
from prepare import add_folders

Clip = tuple[CorpusStore, Utterance]


def dev_clips(stores: list[CorpusStore], per_corpus: int | None = None, split: str = "dev") -> list[Clip]:
    """Clips of the dev (or another) split, at most so many per corpus, evenly spread."""
    by_corpus: dict[str, list[Clip]] = {}
    for store in stores:
        for one in store.utterances:
            if one.split == split:
                by_corpus.setdefault(one.corpus, []).append((store, one))
    chosen: list[Clip] = []
    for clips in by_corpus.values():
        step = max(1, len(clips) // per_corpus) if per_corpus else 1
        chosen.extend(clips[::step][:per_corpus])
    return sorted(chosen, key=lambda clip: clip[1].samples)


def edit_distance(reference: list[int], found: list[int]) -> int:
    """Least number of insertions, deletions and substitutions between two sequences."""
    row = columns = np.arange(len(found) + 1)
    found_array = np.array(found, dtype=int)
    for index, token in enumerate(reference):
        without_insertion = np.concatenate(([index + 1], np.minimum(row[:-1] + (found_array != token), row[1:] + 1)))
        row = np.minimum.accumulate(without_insertion - columns) + columns
    return int(row[-1])


def greedy(log_probs: np.ndarray) -> list[int]:
    """Best token of every frame, repeats and blanks removed."""
    best = log_probs.argmax(-1)
    return [int(token) for index, token in enumerate(best) if token != 0 and (index == 0 or best[index - 1] != token)]


@torch.no_grad()
def log_probabilities(model: AcousticModel, signals: list[np.ndarray], chunk: int) -> list[np.ndarray]:
    """[frames, vocabulary] of every signal, computed as one batch; the end is padded to a whole chunk, as in streaming."""
    mels = [log_mel(signal) for signal in signals]
    lengths = [encoder_frames(len(mel)) for mel in mels]
    heard = [-(-length // chunk) * chunk if chunk > 0 else length for length in lengths]
    features = np.full((len(mels), max(heard) * SUBSAMPLING, mels[0].shape[1]), SILENCE_VALUE, np.float32)
    for row, mel in enumerate(mels):
        features[row, : len(mel)] = mel
    device = next(model.parameters()).device
    logits = model(torch.from_numpy(features).to(device), torch.tensor(heard, device=device), chunk, SILENCE_VALUE)[0]
    result = logits.float().log_softmax(-1).cpu().numpy()
    return [result[row, :length] for row, length in enumerate(lengths)]


def batches_of(clips: list[Clip], size: int = 8) -> list[list[Clip]]:
    return [clips[start : start + size] for start in range(0, len(clips), size)]


def phone_errors(model: AcousticModel, clips: list[Clip], chunk: int, telephone: bool = False) -> dict[str, float]:
    """Phone error rate by corpus (errors over reference phones)."""
    errors: dict[str, list[int]] = {}
    for part in batches_of(clips):
        signals = [store.signal(one) for store, one in part]
        found = log_probabilities(model, [mu_law(signal) for signal in signals] if telephone else signals, chunk)
        for (_, one), log_probs in zip(part, found):
            counted = errors.setdefault(one.corpus, [0, 0])
            counted[0] += edit_distance(one.tokens, greedy(log_probs))
            counted[1] += len(one.tokens)
    return {corpus: wrong / total for corpus, (wrong, total) in sorted(errors.items())}


def load_model(path: Path) -> tuple[AcousticModel, dict[str, float]]:
    """Averaged weights of a checkpoint, ready for inference, and where its training stood."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = AcousticModel(ModelSize(**state["size"]))
    model.load_state_dict(state["average"])
    return model.eval(), {name: state[name] for name in ("step", "epoch", "seconds", "audio_seconds")}


def dump(model: AcousticModel, clips: list[Clip], chunk: int, folder: Path) -> None:
    """One raw little-endian float32 file [frames, vocabulary] per clip, and index.json with frames, transcript and tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for part in tqdm(batches_of(clips), unit="batch"):
        for (_, one), log_probs in zip(part, log_probabilities(model, [store.signal(clip) for store, clip in part], chunk)):
            name = one.file.replace("/", "_").removesuffix(".opus") + ".f32"
            log_probs.astype("<f4").tofile(folder / name)
            entry = {"file": name, "frames": len(log_probs), "vocabulary": log_probs.shape[1], "corpus": one.corpus}
            index.append(entry | {"speaker": one.speaker, "transcript": one.transcript, "tokens": one.tokens})
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_folders(parser)
    parser.add_argument("--name", default="stt-en")
    parser.add_argument("--chunk", type=int, default=8, help="encoder frames; 0 is the whole utterance")
    parser.add_argument("--per-corpus", type=int, default=None, help="at most so many clips of a corpus")
    parser.add_argument("--split", default="dev", choices=("dev", "tune"))
    parser.add_argument("--dump", type=Path, default=None, help="folder for the log-probabilities of the clips")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, position = load_model(options.work / f"{options.name}.pt")
    names = [name for name in ("speech", "synthetic-dev") if (options.work / f"{name}.jsonl").exists()]
    clips = dev_clips([CorpusStore(options.work, name) for name in names], options.per_corpus, options.split)
    print(f"step {position['step']}, {position['audio_seconds'] / 3600:.1f} h of audio seen, chunk {options.chunk}")
    if options.dump:
        dump(model, clips, options.chunk, options.dump)
    clean, telephone = (phone_errors(model, clips, options.chunk, band) for band in (False, True))
    for corpus in clean:
        print(f"{corpus:32s} PER {clean[corpus]:.3f}, mu-law {telephone[corpus]:.3f}")


if __name__ == "__main__":
    main()
