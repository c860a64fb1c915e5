"""Reads assistant, banking, everyday and book sentences, digits and letters aloud with free synthesisers.

Output: `<work>/synthetic.s16`, `.jsonl` (flite, with its exact phone times, which start the frame-level head of the acoustic
model) or `<work>/espeak.s16`, `.jsonl` (eSpeak NG, pronunciations as for people), in split train; `--split dev` writes
`<store>-dev` from the other end of the shuffled list. Speed and pitch vary. Needs `flite` or `espeak-ng` on the PATH.
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
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly
from tqdm import tqdm

from corpus_store import CorpusWriter
from language_text import spoken_numbers
from phones import SILENCE, Pronouncer, flite_phone, read_cmudict
from prepare import SAMPLE_RATE_HZ, add_folders
from spoken_text import spoken_words

ESPEAK_LANGUAGES = ("en-us", "en-us", "en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029")
ESPEAK_VARIANTS = ("m1", "m2", "m3", "m4", "m5", "m7", "f1", "f2", "f3", "f4", "f5", "klatt", "klatt2", "klatt4", "linda", "steph", "michael", "adam")
NUMBERS_SHARE = 0.4
"""Share of made-up digits, letters, times and menu choices among the sentences."""
VOICES = {"kal": 110, "kal16": 110, "awb": 130, "rms": 105, "slt": 165}
"""Voice and its usual mean pitch in Hz."""


def read_sentences(corpora: Path) -> list[str]:
    """Distinct sentences of 2 to 18 words from the training splits of banking77, sgd (both sides), goemotions, and from books."""
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
    with lzma.open(corpora / "text" / "public_domain_sentences.txt.xz", "rt", encoding="utf-8") as lines:
        found.update(line.strip() for index, line in enumerate(lines) if index % 8 == 0)
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


@dataclass
class Spoken:
    """A signal at 16 kHz, the voice, and, where known, its tokens with silence 0 and their end samples."""

    signal: np.ndarray
    voice: str
    segments: list[int]
    ends: list[int]


def speak_flite(text: str, chance: random.Random, voice: str) -> Spoken:
    """One sentence by one of flite's voices, with phone times."""
    pitch = VOICES[voice] * chance.uniform(0.8, 1.25)
    signal, segments, ends = speak(text, voice, chance.uniform(0.8, 1.25), pitch, chance.uniform(8, 25))
    return Spoken(signal, voice, segments, ends)


def speak_espeak(text: str, chance: random.Random, voice: str) -> Spoken:
    """One sentence by one of eSpeak NG's accents and voice variants."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as wave:
        command = ["espeak-ng", "-v", voice, "-s", str(chance.randrange(130, 200)), "-p", str(chance.randrange(30, 70)), "-w", wave.name]
        subprocess.run([*command, text], capture_output=True, check=True)
        signal, rate = soundfile.read(wave.name, dtype="float32")
    return Spoken(resample_poly(signal, SAMPLE_RATE_HZ, rate).astype(np.float32) * 0.8, voice, [], [])


def sentences_of(corpora: Path, chance: random.Random) -> list[str]:
    """Shuffled sentences, NUMBERS_SHARE of them digits, letters, times and the like."""
    written = read_sentences(corpora)
    chance.shuffle(written)
    numbers = [" ".join(words) for words in spoken_numbers(chance, int(len(written) * NUMBERS_SHARE))]
    mixed = written + numbers
    chance.shuffle(mixed)
    return mixed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_folders(parser)
    parser.add_argument("--engine", choices=("flite", "espeak"), default="flite")
    parser.add_argument("--hours", type=float, default=2)
    parser.add_argument("--split", choices=("train", "dev"), default="train")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    sentences = sentences_of(options.corpora, chance)
    if options.split == "dev":
        sentences.reverse()
    known = read_cmudict(options.corpora)
    pronouncer = Pronouncer(options.corpora)
    store = ("synthetic" if options.engine == "flite" else "espeak") + ("" if options.split == "train" else "-dev")
    writer = CorpusWriter(options.work, store)
    wanted = int(options.hours * 3600 * SAMPLE_RATE_HZ)

    def one(numbered: tuple[int, str]) -> Spoken:
        index, text = numbered
        own = random.Random(options.seed * 1_000_003 + index)
        if options.engine == "flite":
            return speak_flite(text, own, list(VOICES)[index % len(VOICES)])
        return speak_espeak(text, own, f"{own.choice(ESPEAK_LANGUAGES)}+{own.choice(ESPEAK_VARIANTS)}")

    with ThreadPoolExecutor(options.threads) as pool, tqdm(total=options.hours * 3600, unit="s") as progress:
        for start in range(0, len(sentences), 64):
            part = sentences[start : start + 64]
            for text, spoken in zip(part, pool.map(one, enumerate(part, start))):
                if len(spoken.signal) > 16 * SAMPLE_RATE_HZ or len(spoken.signal) < SAMPLE_RATE_HZ // 4:
                    continue
                if options.engine == "flite":
                    tokens, word_starts = [token for token in spoken.segments if token != SILENCE], []
                else:
                    tokens, word_starts = pronouncer.transcript(" ".join(spoken_words(text, known.__contains__))) or ([], [])
                if not tokens:
                    continue
                writer.add(
                    spoken.signal,
                    split=options.split,
                    corpus=options.engine,
                    speaker=f"{options.engine}-{spoken.voice}",
                    file=f"{options.engine}/{writer.offset}",
                    transcript=text,
                    tokens=tokens,
                    word_starts=word_starts,
                    segments=spoken.segments,
                    ends=spoken.ends,
                )
                progress.update(len(spoken.signal) / SAMPLE_RATE_HZ)
            if writer.offset >= wanted:
                break
    writer.close()
    print(f"{writer.offset / SAMPLE_RATE_HZ / 3600:.2f} h of synthetic speech")


if __name__ == "__main__":
    main()
