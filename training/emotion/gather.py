"""Makes further corpora readable for `prepare.py`: clips at 16 kHz in one archive per corpus, and a manifest of the form it reads.

  python training/emotion/gather.py --from DIR --to DIR [--most 1200]

`--from` holds one folder per corpus (README.md says where they come from), named as in `CORPORA`; a folder that is missing is left
out. What a clip is stands in its name. All clips are for training: none of these corpora is measured.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

SAMPLE_RATE_HZ = 16_000
FIELDS = ("split", "file", "seconds", "speaker", "label", "language", "gender", "intensity", "corpus", "licence", "text")
LONGEST_SECONDS = 12
SPEAKER_CLIPS = 20
"""Clips of one speaker in one emotion: two voices with hundreds of each must not outweigh sixty with a handful."""


@dataclass(frozen=True)
class Utterance:
    """What a file's name says."""

    speaker: str
    label: str
    gender: str
    text: str = ""


@dataclass(frozen=True)
class Corpus:
    language: str
    licence: str
    read: Callable[[Path], Utterance | None]
    """None for a file that is not part of the corpus."""


def read_ased(path: Path) -> Utterance | None:
    """a5-03-01-02-50.wav: emotion, sentence, repetition, gender, speaker."""
    name = re.fullmatch(r"([nfhsa])\d-(\d\d)-\d\d-0([12])-(\d\d)", path.stem, re.IGNORECASE)
    labels = {"n": "neutral", "f": "fear", "h": "happy", "s": "sad", "a": "angry"}
    return name and Utterance(name[4], labels[name[1].lower()], "fm"[int(name[3]) - 1], name[2])


def read_turev(path: Path) -> Utterance | None:
    """Sound Source/Angry/1157_kz_pihti.wav: speaker, emotion, word; other folders hold filtered copies."""
    name = re.fullmatch(r"(\d{4})_(kz|sk|mt|hl)_(\w+)", path.stem)
    labels = {"kz": "angry", "sk": "calm", "mt": "happy", "hl": "sad"}
    return name and Utterance(name[1], labels[name[2]], "", name[3]) if "Sound Source" in path.parts else None


def read_savee(path: Path) -> Utterance | None:
    """DC/sa01.wav or DC_sa01.wav: speaker, emotion, sentence; all men."""
    name = re.fullmatch(r"(DC|JE|JK|KL)_(sa|su|[adfhn])(\d\d)", path.stem if "_" in path.stem else f"{path.parent.name}_{path.stem}")
    labels = {"a": "angry", "d": "disgust", "f": "fear", "h": "happy", "n": "neutral", "sa": "sad", "su": "surprise"}
    return name and Utterance(name[1], labels[name[2]], "m", name[3])


def read_urdu(path: Path) -> Utterance | None:
    """SM1_F10_A010.wav: gender and speaker, file, emotion."""
    name = re.fullmatch(r"S([MF]\d+)_F\d+_([AHNS])\d+", path.stem)
    labels = {"A": "angry", "H": "happy", "N": "neutral", "S": "sad"}
    return name and Utterance(name[1], labels[name[2]], name[1][0].lower())


def read_emovo(path: Path) -> Utterance | None:
    """rab-f1-b1.wav: emotion, speaker, sentence."""
    name = re.fullmatch(r"(dis|gio|neu|pau|rab|sor|tri)-([fm]\d)-(\w+)", path.stem)
    labels = {"dis": "disgust", "gio": "happy", "neu": "neutral", "pau": "fear", "rab": "angry", "sor": "surprise", "tri": "sad"}
    return name and Utterance(name[2], labels[name[1]], name[2][0], name[3])


def read_casia(path: Path) -> Utterance | None:
    """liuchanhg/angry/201.wav: speaker, emotion, sentence."""
    label, speaker = path.parent.name, path.parent.parent.name
    named = label in {"angry", "fear", "happy", "neutral", "sad", "surprise"} and path.stem.isdigit()
    return Utterance(speaker.lower(), label, "", path.stem) if named else None


def read_tess(path: Path) -> Utterance | None:
    """OAF_back_angry.wav: speaker, word, emotion; two women. Renamed copies are left out."""
    name = re.fullmatch(r"(OAF|YAF)_(\w+)_(angry|disgust|fear|happy|neutral|ps|sad)", path.stem)
    return name and Utterance(name[1], {"ps": "surprise"}.get(name[3], name[3]), "f", name[2])


@cache
def heard_as(table: Path) -> dict[str, str]:
    """Clip to the emotions (first letters) most listeners to the voice alone named."""
    with table.open(newline="") as file:
        return {row["FileName"]: row["VoiceVote"] for row in csv.DictReader(file)}


def read_cremad(path: Path) -> Utterance | None:
    """1001_IEO_ANG_HI.wav: speaker, sentence, emotion, strength. Only clips whose listeners heard what was meant, half of them."""
    name = re.fullmatch(r"(\d{4})_([A-Z]{3})_(ANG|DIS|FEA|HAP|NEU|SAD)_(XX|LO|MD|HI)", path.stem)
    if name is None:
        return None
    table = next(folder / "summaryTable.csv" for folder in path.parents if (folder / "summaryTable.csv").exists())
    labels = {"A": "angry", "D": "disgust", "F": "fear", "H": "happy", "N": "neutral", "S": "sad"}
    return Utterance(name[1], labels[name[3][0]], "", name[2]) if name[3][0] in heard_as(table).get(path.stem, "") else None


CORPORA = {
    "cremad": Corpus("en", "ODbL 1.0", read_cremad),
    "ased": Corpus("am", "none given; free to download for research", read_ased),
    "turev": Corpus("tr", "CC BY-NC-ND 4.0", read_turev),
    "savee": Corpus("en", "research only", read_savee),
    "urdu": Corpus("ur", "research only", read_urdu),
    "emovo": Corpus("it", "free for research", read_emovo),
    "casia": Corpus("zh", "research only", read_casia),
    "tess": Corpus("en", "CC BY-NC-ND 4.0", read_tess),
}


def dealt(found: list[tuple[Path, Utterance]], most: int) -> list[tuple[Path, Utterance]]:
    """At most `most` clips, taken in turns from each speaker and emotion."""
    chance = np.random.default_rng(20)
    piles: dict[tuple[str, str], list[tuple[Path, Utterance]]] = {}
    for index in chance.permutation(len(found)):
        utterance = found[int(index)][1]
        piles.setdefault((utterance.speaker, utterance.label), []).append(found[int(index)])
    rounds = max((len(pile) for pile in piles.values()), default=0)
    turns = [pile[turn] for turn in range(min(rounds, SPEAKER_CLIPS)) for _, pile in sorted(piles.items()) if turn < len(pile)]
    return turns[:most]


def clip_of(path: Path) -> np.ndarray:
    signal, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = signal.mean(axis=1)
    divisor = int(np.gcd(rate, SAMPLE_RATE_HZ))
    return resample_poly(mono, SAMPLE_RATE_HZ // divisor, rate // divisor).astype(np.float32)[: LONGEST_SECONDS * SAMPLE_RATE_HZ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="source", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--most", type=int, default=1200, help="clips of one corpus")
    options = parser.parse_args()
    emotion = options.to / "emotion"
    emotion.mkdir(parents=True, exist_ok=True)
    with (emotion / "manifest.tsv").open("w", newline="") as file:
        manifest = csv.DictWriter(file, FIELDS, delimiter="\t", quoting=csv.QUOTE_NONE)
        manifest.writeheader()
        for corpus, facts in CORPORA.items():
            paths = sorted((options.source / corpus).rglob("*.[wW][aA][vV]"))
            found = [(path, utterance) for path in paths if (utterance := facts.read(path))]
            if not found:
                continue
            chosen = dealt(found, options.most)
            with tarfile.open(emotion / f"{corpus}.tar", "w") as archive:
                for place, (path, utterance) in enumerate(chosen):
                    clip = clip_of(path)
                    content = io.BytesIO()
                    soundfile.write(content, clip, SAMPLE_RATE_HZ, format="FLAC")
                    member = tarfile.TarInfo(f"{corpus}/{place:05d}_{path.stem}.flac")
                    member.size = len(content.getvalue())
                    content.seek(0)
                    archive.addfile(member, content)
                    manifest.writerow({
                        "split": "train", "file": member.name, "seconds": f"{len(clip) / SAMPLE_RATE_HZ:.3f}",
                        "speaker": f"{corpus}_{utterance.speaker}", "label": utterance.label, "language": facts.language,
                        "gender": utterance.gender, "intensity": "", "corpus": corpus, "licence": facts.licence, "text": utterance.text,
                    })
            print(f"{corpus}: {len(chosen)} of {len(found)} clips", flush=True)


if __name__ == "__main__":
    main()
