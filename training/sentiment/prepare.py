"""Builds the vocabulary and turns the corpora into token ids.

    python prepare.py --data TEXT_FOLDER --work WORK_FOLDER

Writes to WORK_FOLDER: tokenizer.json, examples.npz (ids of each sentence in its forms, labels), unlabelled.npz (ids of
running text for the word vectors) and texts.json. GoEmotions keeps its own split: `train` is divided into fit and
calibration slices (every 10th sentence calibrates), `dev` is only measured on, `test` is read by evaluate.py alone.
"""

import argparse
import io
import json
import lzma
import random
import subprocess
from pathlib import Path

import numpy as np

from call_phrases import call_phrases
from labels import LABELS, polarity_of
from text_forms import spoken, with_names

HERE = Path(__file__).parent
VOCABULARY_SIZE = 16_000
MAX_TOKENS = 64


def read_tsv(path: Path) -> list[tuple[str, str, str, str]]:
    with io.TextIOWrapper(lzma.open(path), encoding="utf8", newline="\n") as lines:
        next(lines)
        return [tuple(line.rstrip("\n").split("\t", 3)) for line in lines]


def tokenizer_command(tokenize: str, *arguments: str) -> list[str]:
    return ["node", "--import", "tsx", tokenize, *arguments]


def encode(tokenize: str, tokenizer: Path, texts: list[str]) -> list[list[int]]:
    flat = "".join(text.replace("\n", " ") + "\n" for text in texts)
    done = subprocess.run(
        tokenizer_command(tokenize, "encode", str(tokenizer)), input=flat, capture_output=True, text=True, check=True, cwd=Path(tokenize).parent
    )
    rows = [[int(i) for i in line.split()] for line in done.stdout.split("\n")[: len(texts)]]
    assert len(rows) == len(texts)
    return rows


def padded(rows: list[list[int]]) -> np.ndarray:
    ids = np.zeros((len(rows), MAX_TOKENS), np.int32)
    for index, row in enumerate(rows):
        ids[index, : min(len(row), MAX_TOKENS)] = row[:MAX_TOKENS]
    return ids


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--tokenize", default=str(HERE / "tokenize-text.ts"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)

    goemotions = [row for row in read_tsv(options.data / "goemotions.tsv.xz") if row[0] in ("train", "dev")]
    polarity = [row for row in read_tsv(options.data / "sentence_polarity.tsv.xz")]
    banking = [row[3] for row in read_tsv(options.data / "banking77.tsv.xz") if row[0] == "train"]
    with io.TextIOWrapper(lzma.open(options.data / "vader_lexicon_vader_lexicon.txt.xz"), encoding="utf8") as lines:
        lexicon = [(w, float(v)) for w, v, *_ in (line.split("\t") for line in lines if "\t" in line) if any(c.isalpha() for c in w)]
    with io.TextIOWrapper(lzma.open(options.data / "public_domain_sentences.txt.xz"), encoding="utf8") as lines:
        prose = [line.strip() for line in lines if len(line) < 400]

    train_texts = [row[3] for row in goemotions if row[0] == "train"]
    weighted = (
        [f"20\t{t}" for t in train_texts]
        + [f"8\t{row[3]}" for row in polarity]
        + [f"8\t{t}" for t in banking]
        + [f"40\t{w}" for w, v in lexicon if abs(v) >= 1]
        + [f"20\t{t}" for _, t in call_phrases()]
        + [f"1\t{t}" for t in prose]
    )
    tokenizer = options.work / "tokenizer.json"
    subprocess.run(
        tokenizer_command(options.tokenize, "build", str(tokenizer.resolve()), str(VOCABULARY_SIZE)),
        input="".join(line + "\n" for line in weighted), text=True, check=True, cwd=Path(options.tokenize).parent,
    )

    # Every example: written, written with names, spoken, spoken with names; single words of the lexicon have one form.
    texts, emotions, polarities, sets = [], [], [], []
    seen_train = 0
    for split, _, label, text in goemotions:
        named = with_names(text, rng)
        texts.append([text, named, spoken(text), spoken(named)])
        names = label.split(",")
        emotions.append([float(name in names) for name in LABELS])
        polarities.append(polarity_of(names))
        sets.append("dev" if split == "dev" else "calibration" if seen_train % 10 == 9 else "fit")
        seen_train += split == "train"
    for index, (_, _, label, text) in enumerate(polarity):
        texts.append([text, text, spoken(text), spoken(text)])
        emotions.append([np.nan] * len(LABELS))
        polarities.append([1.0, 0.0, 0.0] if label == "negative" else [0.0, 0.0, 1.0])
        sets.append("polarity_dev" if index % 10 == 9 else "polarity")
    for label, text in call_phrases():
        names = label.split(",")
        texts.append([text, text, spoken(text), spoken(text)])
        emotions.append([float(name in names) for name in LABELS])
        polarities.append(polarity_of(names))
        sets.append("calls")
    for word, valence in lexicon:
        texts.append([word] * 4)
        emotions.append([np.nan] * len(LABELS))
        share = min(1.0, 0.25 + abs(valence) / 3)
        polarities.append([share, 1 - share, 0.0] if valence < 0 else [0.0, 1 - share, share])
        sets.append("lexicon")

    tokenizer = tokenizer.resolve()
    forms = np.stack([padded(encode(options.tokenize, tokenizer, [row[form] for row in texts])) for form in range(4)], 1)
    np.savez(
        options.work / "examples.npz", ids=forms, emotions=np.array(emotions, np.float32),
        polarity=np.array(polarities, np.float32), sets=np.array(sets),
    )
    (options.work / "texts.json").write_text(json.dumps(texts, ensure_ascii=False))

    running = prose + 3 * [spoken(t) for t in train_texts] + train_texts + [row[3] for row in polarity] + banking
    np.savez(options.work / "unlabelled.npz", ids=np.concatenate([np.array([*row, 0], np.int32) for row in encode(options.tokenize, tokenizer, running)]))
    for name in ("fit", "calibration", "dev", "polarity", "polarity_dev", "calls", "lexicon"):
        print(name, sets.count(name))
    unknown = (forms == 1).sum() / (forms > 0).sum()
    print(f"tokens per dev sentence {np.mean((forms[np.array(sets) == 'dev', 0] > 0).sum(1)):.1f}, unknown {unknown:.4%}")


if __name__ == "__main__":
    main()
