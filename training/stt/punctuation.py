"""Where recognised words want a comma, a full stop or a question mark.

Owns: the labelled text, a linear model over hashed features of the words around each boundary, its training, its figures on
sentences it has not seen, and `stt-en.punctuation.bin`. The server reads the same features (`punctuation-model.ts`); a file
of scores, `test/golden/punctuation.json`, holds the two together.

A boundary lies after every word. Its classes are none, comma, period and question; none has score 0. The last boundary of an
utterance is always a period or a question. What comes before counts too: the model knows where the sentence and the clause
began, which are the gold marks in training and its own ones when it is used.
"""

import argparse
import json
import random
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import lexicon as lexicon_file
from lexicon import read_xz
from spoken_text import TITLES, spoken_words

MARKS = ("comma", "period", "question")
BITS = 18
PAD = 0
# Every utterance is followed by so many padding words, which its features may reach into.
PADDING = 4
HELD_OUT = 20
LONGEST = 60

_TITLE = re.compile(r"\b(%s)\. ?(?=[A-Z])" % "|".join(title.capitalize() for title in TITLES))
_INITIAL = re.compile(r"\b([A-Z])\. ?(?=[A-Z])")
_HALF_DAY = re.compile(r"\b([ap])\. ?m\.(?=\s)", re.I)
_MARK = re.compile(r"\s*([,;:.?!…—]+|--+|\s-\s)(?=[\s\"”’')\]]|$|(?<=[—-])\w)")
_QUOTE = re.compile(r"[\"“”()\[\]*_]|(?<![A-Za-z])[‘']|[’'](?![A-Za-z])")

IsWord = Callable[[str], bool]
Marked = list[tuple[str, int]]


def marked_words(text: str, is_word: IsWord) -> Marked:
    """Words of written text with the class of the boundary after each: 0 none, 1 comma, 2 period, 3 question."""
    text = _TITLE.sub(lambda match: TITLES[match[1].lower()] + " ", text)
    text = _HALF_DAY.sub(r"\1m", _INITIAL.sub(r"\1 ", text))
    text = _QUOTE.sub(" ", text.replace("—", " — "))
    marked: Marked = []
    parts = _MARK.split(text)
    for segment, mark in zip(parts[::2], parts[1::2] + [""]):
        words = spoken_words(segment, is_word)
        marked += [(word, 0) for word in words]
        if mark and marked:
            kind = 3 if "?" in mark else 2 if mark.strip() in (".", "!", "!!", "!!!") or mark.startswith(("…", "...")) else 1
            marked[-1] = (marked[-1][0], max(kind, marked[-1][1]))
    return marked


def utterances(text: Path, is_word: IsWord, draw: random.Random) -> Iterator[tuple[str, Marked]]:
    """Domain and words of what may be said in one go: a turn of a dialogue, or one to four sentences of a book."""
    books = list(read_xz(text / "public_domain_sentences.txt.xz"))
    at = 0
    while at < len(books):
        size = draw.choice((1, 1, 2, 3, 4))
        if draw.random() < 0.7:
            yield "books", marked_words(" ".join(books[at : at + size]), is_word)
        at += size
    for line in read_xz(text / "sgd.jsonl.xz"):
        dialogue = json.loads(line)
        for turn in dialogue["turns"] if dialogue["split"] == "train" else ():
            if draw.random() < (0.8 if turn["role"] == "user" else 0.3):
                yield ("callers" if turn["role"] == "user" else "assistants"), marked_words(turn["text"], is_word)
    for name, domain in (("banking77.tsv.xz", "callers"), ("goemotions.tsv.xz", "everyday")):
        for line in read_xz(text / name):
            fields = line.split("\t")
            if len(fields) >= 4 and fields[0] == "train" and fields[1] == "en" and re.search(r"[.?!][\"”]?$", fields[3]):
                yield domain, marked_words(fields[3], is_word)


@dataclass
class Boundaries:
    """Words of many utterances one after another as hashes, with padding between, and what is known of each boundary."""

    words: np.ndarray  # uint32, padding is PAD
    position: np.ndarray  # of the word before the boundary
    sentence: np.ndarray  # position of the sentence's first word
    clause: np.ndarray  # position of the word after the last mark
    label: np.ndarray  # 0…3


def word_hash(word: str) -> int:
    """FNV-1a of the ASCII letters, 32 bits; never PAD."""
    value = 0x811C9DC5
    for byte in word.encode("ascii", "replace"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value or 1


def flatten(items: list[Marked]) -> Boundaries:
    """All boundaries of the utterances, with their gold history."""
    hashes: dict[str, int] = {}
    words: list[int] = [PAD] * PADDING
    columns: list[tuple[int, int, int, int]] = []
    for item in items:
        sentence = clause = len(words)
        for word, label in item:
            at = len(words)
            words.append(hashes.setdefault(word, word_hash(word)))
            columns.append((at, sentence, clause, label))
            clause = at + 1 if label else clause
            sentence = at + 1 if label >= 2 else sentence
        words += [PAD] * PADDING
    position, sentences, clauses, labels = np.array(columns, np.int64).T
    return Boundaries(np.array(words, np.uint32), position, sentences, clauses, labels)


def _bucket(length: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.array([1, 2, 3, 4, 6, 8, 12, 20]), length, side="left").astype(np.uint32)


def features(words: np.ndarray, position: np.ndarray, sentence: np.ndarray, clause: np.ndarray) -> np.ndarray:
    """[boundaries, features] indices into the weights. The order of templates is that of `punctuation-model.ts`."""
    def at(offset: int, base: np.ndarray = position) -> np.ndarray:
        return words[base + offset]

    end = (at(1) == PAD).astype(np.uint32)
    templates: tuple[tuple[np.ndarray, ...], ...] = (
        (), (at(0),), (at(1),), (at(-1),), (at(2),),
        (at(-1), at(0)), (at(0), at(1)), (at(1), at(2)),
        (at(-2), at(-1), at(0)), (at(-1), at(0), at(1)), (at(0), at(1), at(2)), (at(1), at(2), at(3)),
        (_bucket(position - sentence), end), (_bucket(position - clause), at(1)), (_bucket(position - clause), at(0)),
        (at(0, sentence), end), (at(0, sentence), at(1, sentence), end), (at(0, sentence), at(1, sentence), at(2, sentence), end),
        (at(0, sentence), at(0)), (at(0, sentence), at(1)),
        (at(0, clause), end), (at(0, clause), at(1, clause), end), (at(0, clause), at(1)),
    )
    found = np.empty((len(position), len(templates)), np.int64)
    for number, parts in enumerate(templates):
        value = np.full(len(position), (number + 1) * 0x1000193 & 0xFFFFFFFF, np.uint32)
        for part in parts:
            value = (value ^ part) * np.uint32(0x9E3779B1)
            value ^= value >> np.uint32(15)
        found[:, number] = (value * np.uint32(0x85EBCA6B)) >> np.uint32(32 - BITS)
    return found


def scores(weights: np.ndarray, found: np.ndarray) -> np.ndarray:
    """[boundaries, 4]; the first column, none, is 0."""
    return np.concatenate([np.zeros((len(found), 1), np.float32), weights[found].sum(1)], 1)


def train(data: Boundaries, epochs: int, rate: float, seed: int) -> np.ndarray:
    """Multinomial logistic regression by AdaGrad in batches of 2,048 boundaries; the mean of the last epoch's weights."""
    weights = np.zeros((1 << BITS, len(MARKS)), np.float32)
    squares = np.full_like(weights, 1e-4)
    mean, batches = np.zeros_like(weights), 0
    order = np.random.default_rng(seed)
    for epoch in range(epochs):
        shuffled = order.permutation(len(data.label))
        loss = 0.0
        for start in range(0, len(shuffled), 2048):
            rows = shuffled[start : start + 2048]
            found = features(data.words, data.position[rows], data.sentence[rows], data.clause[rows])
            raw = scores(weights, found)
            raw -= raw.max(1, keepdims=True)
            shares = np.exp(raw)
            shares /= shares.sum(1, keepdims=True)
            labels = data.label[rows]
            loss -= float(np.log(shares[np.arange(len(rows)), labels] + 1e-9).sum())
            error = shares[:, 1:].copy()
            error[labels > 0, labels[labels > 0] - 1] -= 1
            flat = found.ravel()
            touched, inverse = np.unique(flat, return_inverse=True)
            for mark in range(len(MARKS)):
                slope = np.bincount(inverse, np.repeat(error[:, mark], found.shape[1]), len(touched)).astype(np.float32) / len(rows)
                slope += 1e-7 * weights[touched, mark]
                squares[touched, mark] += slope * slope
                weights[touched, mark] -= rate * slope / np.sqrt(squares[touched, mark])
            if epoch == epochs - 1 and start // 2048 % 20 == 0:
                mean += weights
                batches += 1
        print(f"epoch {epoch + 1}: loss {loss / len(shuffled):.4f}", flush=True)
    return mean / batches


def decode(weights: np.ndarray, items: list[Marked]) -> list[list[int]]:
    """Marks of whole utterances from left to right, every decision with the history of the earlier ones."""
    data = flatten([[(word, 0) for word, _ in item] for item in items])
    starts = np.cumsum([PADDING, *(len(item) + PADDING for item in items)])[:-1]
    lengths = np.array([len(item) for item in items])
    sentence, clause = starts.copy(), starts.copy()
    marks: list[list[int]] = [[] for _ in items]
    for step in range(int(lengths.max())):
        live = np.flatnonzero(lengths > step)
        position = starts[live] + step
        raw = scores(weights, features(data.words, position, sentence[live], clause[live]))
        last = lengths[live] == step + 1
        raw[last, :2] = -np.inf
        chosen = raw.argmax(1)
        clause[live[chosen > 0]] = position[chosen > 0] + 1
        sentence[live[chosen > 1]] = position[chosen > 1] + 1
        for index, mark in zip(live, chosen):
            marks[index].append(int(mark))
    return marks


_QUESTION_STARTS = set(
    "who what when where why how which whose is are am was were do does did can could will would should shall may might has have had "
    "isn't aren't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't what's where's who's how's".split()
)
_STATEMENT_STARTS = ("what a ", "what an ", "how nice", "have a ", "do not ", "don't ", "may the ")


def rule(item: Marked) -> list[int]:
    """The rule of thumb the model is compared with: one mark at the end, a question by its first word."""
    plain = " ".join(word for word, _ in item) + " "
    question = item[0][0] in _QUESTION_STARTS and not plain.startswith(_STATEMENT_STARTS)
    return [0] * (len(item) - 1) + [3 if question else 2]


def report(name: str, items: list[Marked], guesses: list[list[int]]) -> None:
    """Precision, recall and F1 of each mark; end marks count in period and question."""
    gold = np.array([label for item in items for _, label in item])
    guess = np.array([label for labels in guesses for label in labels])
    cells = []
    for mark, label in enumerate(MARKS, 1):
        right = int(((gold == mark) & (guess == mark)).sum())
        precision, recall = right / max(1, int((guess == mark).sum())), right / max(1, int((gold == mark).sum()))
        cells.append(f"{label} {100 * precision:5.1f} {100 * recall:5.1f} {200 * precision * recall / max(1e-9, precision + recall):5.1f}")
    print(f"{name:24} {len(items):6,} utterances  " + " · ".join(cells), flush=True)


def write(weights: np.ndarray, path: Path, extra: dict[str, object]) -> np.ndarray:
    """Writes the weights in one byte each; returns them as they are read back."""
    scale = float(np.quantile(np.abs(weights), 0.9999)) / 127
    quantised = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    header = json.dumps({"bits": BITS, "marks": list(MARKS), "scale": scale, **extra}).encode()
    header += b" " * (-len(header) % 4)
    path.write_bytes(b"APUN" + struct.pack("<II", 1, len(header)) + header + quantised.tobytes())
    return quantised.astype(np.float32) * np.float32(scale)


GOLDEN = (
    "yes please",
    "what is my balance",
    "hello how are you i'm fine thank you",
    "this is the third time that my package is late and nobody is helping me",
    "no i don't want that can you send it to my office instead",
)


def golden(weights: np.ndarray, path: Path) -> None:
    """Scores of a few sentences, every boundary, for the server's reading of the same file."""
    cases = []
    for sentence in GOLDEN:
        item = [(word, 0) for word in sentence.split()]
        marks = decode(weights, [item])[0]
        data = flatten([[(word, mark) for (word, _), mark in zip(item, marks)]])
        raw = scores(weights, features(data.words, data.position, data.sentence, data.clause))
        cases.append({"words": sentence, "marks": [("none", *MARKS)[mark] for mark in marks], "scores": [[round(float(value), 4) for value in row[1:]] for row in raw]})
    path.write_text(json.dumps({"description": "training/stt/punctuation.py: scores of comma, period and question after each word, by the committed file", "cases": cases}, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, required=True, help="folder of the text corpora")
    parser.add_argument("--lexicon", type=Path, default=Path("models/stt-en.lexicon.bin"))
    parser.add_argument("--out", type=Path, default=Path("models/stt-en.punctuation.bin"))
    parser.add_argument("--golden", type=Path, default=Path("test/golden/punctuation.json"))
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=0.15)
    options = parser.parse_args()
    is_word = set(lexicon_file.read(options.lexicon)).__contains__

    items: dict[bool, list[tuple[str, Marked]]] = {False: [], True: []}
    for domain, marked in utterances(options.text, is_word, random.Random(11)):
        if 2 <= len(marked) <= LONGEST and marked[-1][1] >= 2:
            held_out = zlib.crc32(" ".join(word for word, _ in marked).encode()) % HELD_OUT == 0
            items[held_out].append((domain, marked))
    counts = {domain: sum(1 for name, _ in items[False] if name == domain) for domain in ("books", "callers", "assistants", "everyday")}
    data = flatten([marked for _, marked in items[False]])
    print(f"{len(data.label):,} boundaries of {counts}", flush=True)
    weights = write(train(data, options.epochs, options.rate, 3), options.out, {})
    for domain in counts:
        measured = [marked for name, marked in items[True] if name == domain]
        report(f"{domain}: rule", measured, [rule(item) for item in measured])
        report(f"{domain}: model", measured, decode(weights, measured))
    golden(weights, options.golden)
    print(f"{options.out}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
