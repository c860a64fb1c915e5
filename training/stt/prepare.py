"""Decodes the transcribed corpora into the work folder and writes the phones of every transcript.

Input: `<corpora>/speech/manifest.tsv` and its tars. Output: `<work>/speech.s16`, `<work>/speech.jsonl`. Utterances whose
transcript has a word without pronunciation are left out and counted; nothing else is filtered here.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import tarfile
from pathlib import Path

import soundfile
from tqdm import tqdm

from corpus_split import split_of
from corpus_store import CorpusWriter
from phones import Pronouncer

SAMPLE_RATE_HZ = 16000


def default_corpora() -> str:
    """ATTUNE_CORPORA, or the folder beside the checkout."""
    return os.environ.get("ATTUNE_CORPORA", str(Path(__file__).resolve().parents[2].parent / "shared" / "data"))


def default_work() -> str:
    """Folder for prepared audio and checkpoints: ATTUNE_WORK, or `attune/stt` in the home folder's cache."""
    return os.environ.get("ATTUNE_WORK", str(Path.home() / ".cache" / "attune" / "stt"))


def add_folders(parser: argparse.ArgumentParser) -> None:
    """The two options that every step shares."""
    parser.add_argument("--corpora", type=Path, default=default_corpora(), help="folder with speech/, text/, noise.tar, rir.tar")
    parser.add_argument("--work", type=Path, default=default_work(), help="folder for prepared audio and checkpoints")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_folders(parser)
    options = parser.parse_args()
    pronouncer = Pronouncer(options.corpora)
    with open(options.corpora / "speech" / "manifest.tsv", encoding="utf-8", newline="") as lines:
        rows = {row["file"]: row for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    writer = CorpusWriter(options.work, "speech")
    skipped = 0
    with tqdm(total=len(rows), unit="clip") as progress:
        for corpus in sorted({row["corpus"] for row in rows.values()}):
            with tarfile.open(options.corpora / "speech" / f"{corpus}.tar") as archive:
                for member in archive:
                    row = rows.get(member.name)
                    if row is None:
                        continue
                    progress.update()
                    sounds = pronouncer.transcript(row["transcript"])
                    if sounds is None:
                        skipped += 1
                        continue
                    content = archive.extractfile(member)
                    assert content is not None
                    signal, rate = soundfile.read(io.BytesIO(content.read()), dtype="float32")
                    if rate != SAMPLE_RATE_HZ or signal.ndim != 1:
                        raise SystemExit(f"{member.name}: expected 16 kHz mono, found {rate} Hz, {signal.ndim} dimensions")
                    writer.add(
                        signal,
                        split=split_of(row),
                        corpus=corpus,
                        speaker=row["speaker"],
                        file=member.name,
                        transcript=row["transcript"],
                        tokens=sounds[0],
                        word_starts=sounds[1],
                    )
    writer.close()
    hours = writer.offset / SAMPLE_RATE_HZ / 3600
    print(f"{hours:.2f} h; {len(pronouncer.guessed)} words by letter-to-sound, {skipped} utterances skipped")


if __name__ == "__main__":
    main()
