"""Decodes the emotional speech corpora, makes changed copies of the training clips, and has the serving code extract features.

  python training/emotion/prepare.py --corpora DIR … --work DIR [--copies 4]

Writes into --work: `clips.tsv` (one line a clip and copy: start, samples, split, speaker, label, corpus, licence, copy, held) and
the features of `extract-features.ts` (`features.*`). The first folder of --corpora also has the noises and rooms; `gather.py` makes
further ones.

Copy 0 is the clip as it is, copy 1 the same over a telephone (8 kHz mu-law). Further copies exist for training speakers only. What
a microphone, a room or a phone line does is drawn once per speaker and copy, because a caller keeps them through a call and the
caller's baseline is taken from the same copy; noise and the cut are drawn per clip.
"""

from __future__ import annotations

import argparse
import csv
import io
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import fftconvolve, resample_poly

SAMPLE_RATE_HZ = 16_000
LABELS = {
    "neutral": "neutral", "calm": "calm", "happy": "happy", "sad": "sad", "angry": "angry",
    "fear": "fearful", "disgust": "disgusted", "surprise": "surprised",
}
"""Corpus labels to Attune's categories; "bored" has none and is left out."""
HELD_SPEAKERS = {"ravdess_17", "ravdess_18", "nemo_MP0", "emodb_12"}
"""Training speakers kept out of the gradient: they choose the epoch and the temperature, so that dev stays a measurement."""
SPEEDS = ((8, 9), (10, 11), (20, 21), (1, 1), (20, 19), (10, 9), (9, 8))


def mu_law(signal: np.ndarray) -> np.ndarray:
    """8 kHz, G.711 mu-law companding with 8 bits, back to 16 kHz."""
    narrow = np.clip(resample_poly(signal, 1, 2), -1, 1)
    coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return resample_poly(np.sign(coded) * np.expm1(np.abs(coded) * np.log(256)) / 255, 2, 1).astype(np.float32)


def read_archive(path: Path) -> dict[str, np.ndarray]:
    clips = {}
    with tarfile.open(path) as archive:
        for member in archive:
            if not member.isfile():
                continue
            content = archive.extractfile(member)
            assert content is not None
            signal, rate = soundfile.read(io.BytesIO(content.read()), dtype="float32", always_2d=True)
            if rate != SAMPLE_RATE_HZ:
                raise SystemExit(f"{member.name} is not at 16 kHz")
            clips[member.name.removeprefix("./")] = signal[:, 0]
    return clips


def usable(row: dict[str, str]) -> bool:
    """EMO-DB comes twice: the four classes with original lengths are taken from there, only the others from the padded set."""
    if row["label"] not in LABELS:
        return False
    return not (row["corpus"] == "emodb" and row["split"] == "train" and row["label"] in {"angry", "happy", "neutral", "sad"})


class Channel:
    """What one speaker sounds like in one copy: speed (which also moves the formants), room, level, phone line."""

    def __init__(self, chance: np.random.Generator, rooms: list[np.ndarray]) -> None:
        self._speed = SPEEDS[chance.integers(len(SPEEDS))]
        self._room = rooms[chance.integers(len(rooms))] if chance.random() < 0.25 else None
        self._gain = 10 ** (chance.uniform(-18, 6) / 20)
        self._phone = chance.random() < 0.5
        self._noise_db = chance.uniform(5, 30) if chance.random() < 0.5 else None

    def apply(self, signal: np.ndarray, chance: np.random.Generator, noises: list[np.ndarray]) -> np.ndarray:
        up, down = self._speed
        if up != down:
            signal = resample_poly(signal, up, down).astype(np.float32)
        if chance.random() < 0.5:
            kept = int(len(signal) * chance.uniform(0.55, 1))
            start = int(chance.integers(len(signal) - kept + 1))
            signal = signal[start : start + kept]
        if self._room is not None:
            signal = fftconvolve(signal, self._room)[: len(signal)].astype(np.float32)
        if self._noise_db is not None:
            noise = noises[chance.integers(len(noises))]
            noise = np.resize(np.roll(noise, -int(chance.integers(len(noise)))), len(signal))
            level = np.sqrt(np.mean(signal**2) + 1e-9) * 10 ** (-self._noise_db / 20)
            signal = signal + noise * (level / np.sqrt(np.mean(noise**2) + 1e-9))
        signal = np.clip(signal * self._gain, -1, 1).astype(np.float32)
        return mu_law(signal) if self._phone else signal


def rooms_of(corpora: Path) -> list[np.ndarray]:
    rooms = []
    for response in read_archive(corpora / "rir.tar").values():
        tail = response[int(np.argmax(np.abs(response))) :][: SAMPLE_RATE_HZ // 3]
        rooms.append((tail / np.sqrt(np.sum(tail**2) + 1e-9)).astype(np.float32))
    return rooms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, nargs="+", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=4, help="changed copies of each training clip")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)

    rows, archives = [], {}
    for folder in options.corpora:
        emotion = folder / "emotion"
        with (emotion / "manifest.tsv").open(newline="") as file:
            found = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if usable(row)]
        archives.update({corpus: read_archive(emotion / f"{corpus}.tar") for corpus in {row["corpus"] for row in found}})
        rows += found
    noises = [clip for clip in read_archive(options.corpora[0] / "noise.tar").values() if len(clip) > SAMPLE_RATE_HZ // 2]
    rooms = rooms_of(options.corpora[0])

    chance = np.random.default_rng(20)
    channels: dict[tuple[str, int], Channel] = {}
    position = 0
    with (options.work / "pcm.f32").open("wb") as pcm, (options.work / "clips.tsv").open("w") as listing:
        for row in rows:
            clip = archives[row["corpus"]][row["file"]]
            copies = 2 + (options.copies if row["split"] == "train" else 0)
            for copy in range(copies):
                if copy == 0:
                    signal = clip
                elif copy == 1:
                    signal = mu_law(clip)
                else:
                    key = (row["speaker"], copy)
                    if key not in channels:
                        channels[key] = Channel(chance, rooms)
                    signal = channels[key].apply(clip, chance, noises)
                pcm.write(signal.astype("<f4").tobytes())
                fields = [position, len(signal), row["split"], row["speaker"], LABELS[row["label"]], row["corpus"],
                          row["licence"], copy, int(row["speaker"] in HELD_SPEAKERS)]
                listing.write("\t".join(map(str, fields)) + "\n")
                position += len(signal)
    repository = Path(__file__).resolve().parents[2]
    subprocess.run(
        ["node", "--import=./bin/typescript-loader.js", "training/emotion/extract-features.ts",
         *(str(options.work.resolve() / name) for name in ("pcm.f32", "clips.tsv", "features"))],
        cwd=repository, check=True,
    )
    (options.work / "pcm.f32").unlink()


if __name__ == "__main__":
    main()
