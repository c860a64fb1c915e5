"""Reads assistant, banking and everyday sentences aloud with flite and stores them with flite's own phone times.

Output: `<work>/synthetic.s16`, `<work>/synthetic.jsonl` in split train, or with `--split dev` `synthetic-dev`, which takes its
sentences from the other end of the shuffled list. The exact phone times start the frame-level head
of the acoustic model. Voices: kal (8 kHz), kal16, awb, rms, slt; speed and pitch vary. Needs the `flite` program on the PATH.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly
from tqdm import tqdm

from corpus_store import CorpusWriter
from phones import SILENCE, flite_phone
from prepare import SAMPLE_RATE_HZ, add_folders

VOICES = {"kal": 110, "kal16": 110, "awb": 130, "rms": 105, "slt": 165}
"""Voice and its usual mean pitch in Hz."""


def read_sentences(corpora: Path) -> list[str]:
    """Distinct sentences of 2 to 18 words from the training splits of banking77, sgd (both sides) and goemotions."""
    found: set[str] = set()
    for name in ("banking77", "goemotions"):
        with lzma.open(corpora / "text" / f"{name}.tsv.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                fields = line.rstrip("\n").split("\t")
                if fields[0] == "train":
                    found.add(fields[-1])
    with lzma.open(corpora / "text" / "sgd.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            dialogue = json.loads(line)
            if dialogue["split"] == "train":
                found.update(turn["text"] for turn in dialogue["turns"])
    plain = re.compile(r"[A-Za-z0-9 ,.?!';:$%-]+")
    return sorted(text for text in found if plain.fullmatch(text) and 2 <= len(text.split()) <= 18)


def speak(text: str, voice: str, stretch: float, pitch_hz: float, spread: float) -> tuple[np.ndarray, list[int], list[int]]:
    """(signal at 16 kHz, tokens with silence 0, their end samples) of one flite run; raises on a failed run."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as wave:
        command = ["flite", "-voice", voice, "-psdur", "--setf", f"duration_stretch={stretch:.3f}"]
        command += ["--setf", f"int_f0_target_mean={pitch_hz:.1f}", "--setf", f"int_f0_target_stddev={spread:.1f}"]
        printed = subprocess.run([*command, "-t", text + " ", "-o", wave.name], capture_output=True, text=True, check=True)
        signal, rate = soundfile.read(wave.name, dtype="float32")
    if rate != SAMPLE_RATE_HZ:
        signal = resample_poly(signal, SAMPLE_RATE_HZ // 1000, rate // 1000).astype(np.float32)
    pairs = [item.rsplit(":", 1) for item in printed.stdout.split()]
    tokens = [flite_phone(name) for name, _ in pairs]
    ends = [min(len(signal), round(float(seconds) * SAMPLE_RATE_HZ)) for _, seconds in pairs]
    return signal * 0.8, tokens, ends


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_folders(parser)
    parser.add_argument("--hours", type=float, default=1.3)
    parser.add_argument("--split", choices=("train", "dev"), default="train")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    sentences = read_sentences(options.corpora)
    chance.shuffle(sentences)
    plans = []
    for index, text in enumerate(sentences):
        voice = list(VOICES)[index % len(VOICES)]
        pitch = VOICES[voice] * chance.uniform(0.8, 1.25)
        plans.append((text, voice, chance.uniform(0.8, 1.25), pitch, chance.uniform(8, 25)))
    if options.split == "dev":
        plans.reverse()
    writer = CorpusWriter(options.work, "synthetic" if options.split == "train" else "synthetic-dev")
    wanted = int(options.hours * 3600 * SAMPLE_RATE_HZ)
    with ThreadPoolExecutor(options.threads) as pool, tqdm(total=options.hours * 3600, unit="s") as progress:
        for start in range(0, len(plans), 64):
            part = plans[start : start + 64]
            for plan, (signal, segments, ends) in zip(part, pool.map(lambda plan: speak(*plan), part)):
                tokens = [token for token in segments if token != SILENCE]
                if not tokens or len(signal) > 16 * SAMPLE_RATE_HZ:
                    continue
                writer.add(
                    signal,
                    split=options.split,
                    corpus="flite",
                    speaker=f"flite-{plan[1]}",
                    file=f"flite/{writer.offset}",
                    transcript=plan[0],
                    tokens=tokens,
                    word_starts=[],
                    segments=segments,
                    ends=ends,
                )
                progress.update(len(signal) / SAMPLE_RATE_HZ)
            if writer.offset >= wanted:
                break
    writer.close()
    print(f"{writer.offset / SAMPLE_RATE_HZ / 3600:.2f} h of synthetic speech")


if __name__ == "__main__":
    main()
