"""Letter-to-sound model: pronunciations of words that no dictionary has, learnt from CMUdict.

    python letters_to_sounds.py --text DIR --out ../../models/stt-en.g2p.bin

Owns the joint n-gram model of units (one or two letters with up to two phones), its training, its file and its decoder;
`Pronouncer` is for other scripts. EM aligns letters and phones, an interpolated modified Kneser-Ney model is estimated over
the aligned units and pruned by relative entropy. One stem in twenty is held out by a hash ("cat" and "cat's" together); the
shipped file is the one that is measured. numpy only, same input, same bytes.

File, little endian: "ATGP", u32 version (1), u32 header length, header JSON {"units", "names", "order", "nodeCounts",
"scores", "backoffs"}, then per order from 1 the columns unit (u16), score (u8) and, below the highest order, backoff (u8)
and child count (u16). Nodes of an order are sorted by their units, so the children of a node are consecutive. `units` are
"letters phone phone" (0 begins a word, 1 ends it); scores and backoffs are natural logarithms, as [first, step] of their codes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import struct
import unicodedata
from pathlib import Path

import numpy as np

from lexicon import PHONES, Lexicon, read_cmudict

ORDER = 7
BITS = 9
"""Bits of a unit in a packed n-gram: seven fit in 63."""
LETTERS = "abcdefghijklmnopqrstuvwxyz'"
ARCS = ((1, 0), (1, 1), (1, 2), (2, 1))
"""Letters and phones of a unit."""
BEGIN, END = 0, 1
BEAM_WIDTH = 24
BEAM = 5.0
"""Hypotheses this far (natural log) below the best of their position are dropped."""

Alignment = list[tuple[str, tuple[str, ...]]]


def is_held_out(word: str) -> bool:
    """One stem in twenty; a possessive goes with its stem."""
    stem = word.removesuffix("'s").removesuffix("'")
    return hashlib.sha256(stem.encode()).digest()[0] % 20 == 0


class Aligner:
    """Expectation maximisation over all ways to cut a word and its pronunciation into units, many words at a time."""

    def __init__(self, entries: list[tuple[str, tuple[str, ...]]]) -> None:
        self._groups: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        sizes: dict[tuple[int, int], list[int]] = {}
        for index, (word, phones) in enumerate(entries):
            sizes.setdefault((len(word), len(phones)), []).append(index)
        letter = {name: code for code, name in enumerate(LETTERS)}
        phone = {name: code for code, name in enumerate(PHONES)}
        for _, members in sorted(sizes.items()):
            words = np.array([[letter[char] for char in entries[index][0]] for index in members])
            sounds = np.array([[phone[name] for name in entries[index][1]] for index in members])
            self._groups.append((np.array(members), words, sounds))
        a, p = len(LETTERS), len(PHONES)
        self._offsets = np.cumsum([0, a, a * p, a * p * p, a * a * p])
        self.weights = np.ones(self._offsets[-1])
        # A preference for units of one letter and at most one phone: they leave more letters within an n-gram.
        self.weights[self._offsets[2] :] = 0.1

    def _unit(self, arc: int, words: np.ndarray, sounds: np.ndarray, i: int, j: int) -> np.ndarray:
        """Codes of the units of one kind that end after i letters and j phones."""
        a, p = len(LETTERS), len(PHONES)
        if arc == 0:
            return words[:, i - 1]
        if arc == 1:
            return self._offsets[1] + words[:, i - 1] * p + sounds[:, j - 1]
        if arc == 2:
            return self._offsets[2] + (words[:, i - 1] * p + sounds[:, j - 2]) * p + sounds[:, j - 1]
        return self._offsets[3] + (words[:, i - 2] * a + words[:, i - 1]) * p + sounds[:, j - 1]

    def _arcs(self, letters: int, phones: int):
        for i in range(letters + 1):
            for j in range(phones + 1):
                for arc, (dl, dp) in enumerate(ARCS):
                    if i >= dl and j >= dp:
                        yield i, j, arc, i - dl, j - dp

    def step(self) -> None:
        """One iteration: expected counts of all units become the weights."""
        counts = np.zeros_like(self.weights)
        for _, words, sounds in self._groups:
            size, letters, phones = len(words), words.shape[1], sounds.shape[1]
            forward = np.zeros((letters + 1, phones + 1, size))
            backward = np.zeros_like(forward)
            forward[0, 0] = backward[letters, phones] = 1
            arcs = list(self._arcs(letters, phones))
            for i, j, arc, k, m in arcs:
                forward[i, j] += forward[k, m] * self.weights[self._unit(arc, words, sounds, i, j)]
            for i, j, arc, k, m in reversed(arcs):
                backward[k, m] += backward[i, j] * self.weights[self._unit(arc, words, sounds, i, j)]
            total = forward[letters, phones]
            scale = np.divide(1, total, out=np.zeros(size), where=total > 0)
            for i, j, arc, k, m in arcs:
                units = self._unit(arc, words, sounds, i, j)
                counts += np.bincount(units, forward[k, m] * self.weights[units] * backward[i, j] * scale, len(counts))
        self.weights = counts / counts.sum()

    def keep_most_used(self, count: int) -> None:
        """Forgets all but the most used units."""
        self.weights[np.argsort(-self.weights, kind="stable")[count:]] = 0

    def best(self, entries: list[tuple[str, tuple[str, ...]]]) -> list[Alignment | None]:
        """The likeliest alignment of every entry; None where the units do not suffice."""
        found: list[Alignment | None] = [None] * len(entries)
        with np.errstate(divide="ignore"):
            logs = np.log(self.weights)
        for members, words, sounds in self._groups:
            size, letters, phones = len(words), words.shape[1], sounds.shape[1]
            score = np.full((letters + 1, phones + 1, size), -np.inf)
            choice = np.zeros(score.shape, np.int8)
            score[0, 0] = 0
            for i, j, arc, k, m in self._arcs(letters, phones):
                candidate = score[k, m] + logs[self._unit(arc, words, sounds, i, j)]
                better = candidate > score[i, j]
                score[i, j] = np.where(better, candidate, score[i, j])
                choice[i, j] = np.where(better, arc, choice[i, j])
            for row, index in enumerate(members):
                if score[letters, phones, row] == -np.inf:
                    continue
                word, sound = entries[index]
                i, j, units = letters, phones, []
                while i > 0 or j > 0:
                    dl, dp = ARCS[choice[i, j, row]]
                    units.append((word[i - dl : i], sound[j - dp : j]))
                    i, j = i - dl, j - dp
                found[index] = units[::-1]
        return found


class Level:
    """The n-grams of one order: packed keys in ascending order, log probabilities, log back-off weights."""

    def __init__(self, keys: np.ndarray, scores: np.ndarray) -> None:
        self.keys = keys
        self.scores = scores
        self.backoffs = np.zeros(len(keys))

    def find(self, keys: np.ndarray) -> np.ndarray:
        """Positions of keys, −1 where there is none."""
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, at, -1)


def suffix_mask(length: int) -> np.int64:
    return np.int64((1 << (BITS * length)) - 1)


def counted(sequences: list[list[int]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """(keys, counts) of every order; below the highest, counts are those of different predecessors (Kneser-Ney)."""
    length = max(map(len, sequences)) + 1
    grid = np.full((len(sequences), length), -1, np.int64)
    for row, sequence in enumerate(sequences):
        grid[row, : len(sequence) + 1] = [BEGIN, *sequence]
    raw: list[tuple[np.ndarray, np.ndarray]] = []
    for order in range(1, ORDER + 1):
        packed = np.zeros((len(grid), max(0, length - order + 1)), np.int64)
        whole = np.ones(packed.shape, bool)
        for step in range(order):
            column = grid[:, step : step + packed.shape[1]]
            packed = (packed << BITS) | np.maximum(column, 0)
            whole &= column >= 0
        raw.append(np.unique(packed[whole], return_counts=True))
    levels = []
    for order in range(1, ORDER + 1):
        keys, counts = raw[order - 1]
        if order < ORDER:
            longer = raw[order][0]
            suffixes, different = np.unique(longer & suffix_mask(order), return_counts=True)
            counts = counts.copy()
            at = np.searchsorted(keys, suffixes)
            # What begins a word has no predecessor; it keeps its count.
            inner = (keys[at] >> (BITS * (order - 1))) != BEGIN
            counts[at[inner]] = different[inner]
        if order == 1:
            keep = keys != BEGIN
            keys, counts = keys[keep], counts[keep]
        levels.append((keys, counts))
    return levels


def estimate(sequences: list[list[int]]) -> list[Level]:
    """Interpolated modified Kneser-Ney probabilities of all n-grams."""
    levels: list[Level] = []
    for order, (keys, counts) in enumerate(counted(sequences), 1):
        of = [np.count_nonzero(counts == times) for times in range(1, 5)]
        ratio = of[0] / (of[0] + 2 * of[1])
        discounts = np.array([0.0, *(times - (times + 1) * ratio * of[times] / of[times - 1] for times in (1, 2, 3))])
        discount = discounts[np.minimum(counts, 3)]
        histories, start, group = np.unique(keys >> BITS, return_index=True, return_inverse=True)
        totals = np.add.reduceat(counts, start).astype(float)
        freed = np.add.reduceat(discount, start) / totals
        probability = (counts - discount) / totals[group]
        if order == 1:
            lower = np.full(len(keys), 1 / len(keys))
        else:
            at = levels[-1].find(keys & suffix_mask(order - 1))
            lower = np.exp(levels[-1].scores[at])
            owner = levels[-1].find(histories)
            levels[-1].backoffs[owner[owner >= 0]] = np.log(freed[owner >= 0])
        levels.append(Level(keys, np.log(probability + freed[group] * lower)))
    # The beginning of a word is never predicted, but it is a history.
    unigrams, bigrams = levels[0], levels[1]
    unigrams.keys = np.concatenate(([BEGIN], unigrams.keys))
    unigrams.scores = np.concatenate(([-99.0], unigrams.scores))
    unigrams.backoffs = np.concatenate(([0.0], unigrams.backoffs))
    first = bigrams.keys[bigrams.keys >> BITS == BEGIN]
    unigrams.backoffs[0] = remaining(levels, 2, BEGIN, first)
    return levels


def remaining(levels: list[Level], order: int, history: int, keys: np.ndarray) -> float:
    """Log back-off weight of a history from the listed n-grams that begin with it."""
    seen = 1 - np.exp(levels[order - 1].scores[levels[order - 1].find(keys)]).sum()
    lower = 1 - np.exp(levels[order - 2].scores[levels[order - 2].find(keys & suffix_mask(order - 1))]).sum()
    return math.log(max(seen, 1e-6) / max(lower, 1e-6))


def score_without(levels: list[Level], order: int, keys: np.ndarray) -> np.ndarray:
    """Log probabilities of the last units of n-grams by the orders below."""
    result = np.zeros(len(keys))
    open_ = np.ones(len(keys), bool)
    for lower in range(order - 1, 0, -1):
        at = levels[lower - 1].find(keys & suffix_mask(lower))
        hit = open_ & (at >= 0)
        result[hit] += levels[lower - 1].scores[at[hit]]
        open_ &= ~hit
        if lower > 1:
            history = levels[lower - 2].find((keys & suffix_mask(lower)) >> BITS)
            known = open_ & (history >= 0)
            result[known] += levels[lower - 2].backoffs[history[known]]
    return result


def prune(levels: list[Level], frequencies: list[tuple[np.ndarray, np.ndarray]], threshold: float) -> list[Level]:
    """Drops n-grams whose loss changes the distribution least (weighted by how often they occur); renews back-off weights."""
    kept: list[Level] = []
    needed = np.zeros(0, np.int64)
    for order in range(ORDER, 1, -1):
        level = levels[order - 1]
        backoff = levels[order - 2].backoffs[levels[order - 2].find(level.keys >> BITS)]
        without = score_without(levels, order, level.keys) + backoff
        keys, counts = frequencies[order - 1]
        share = np.zeros(len(level.keys))
        share[level.find(keys)] = counts / counts.sum()
        keep = share * (level.scores - without) > threshold
        keep |= np.isin(level.keys, needed)
        needed = np.unique(level.keys[keep] >> BITS)
        kept.append(Level(level.keys[keep], level.scores[keep]))
    kept.append(Level(levels[0].keys, levels[0].scores))
    kept.reverse()
    for order in range(2, ORDER + 1):
        keys = kept[order - 1].keys
        histories, start = np.unique(keys >> BITS, return_index=True)
        at = kept[order - 2].find(histories)
        lower = score_without(kept, order, keys)
        seen = 1 - np.add.reduceat(np.exp(kept[order - 1].scores), start)
        rest = 1 - np.add.reduceat(np.exp(lower), start)
        kept[order - 2].backoffs[at] = np.log(np.maximum(seen, 1e-4) / np.maximum(rest, 1e-4))
    return kept


def raw_counts(sequences: list[list[int]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """(keys, occurrences) of every order."""
    rows = [np.array([BEGIN, *sequence], np.int64) for sequence in sequences]
    result = []
    for order in range(1, ORDER + 1):
        parts = []
        for row in rows:
            if len(row) < order:
                continue
            packed = np.zeros(len(row) - order + 1, np.int64)
            for step in range(order):
                packed = (packed << BITS) | row[step : step + len(packed)]
            parts.append(packed)
        result.append(np.unique(np.concatenate(parts), return_counts=True))
    return result


def codes(values: np.ndarray, low: float, high: float) -> tuple[np.ndarray, list[float]]:
    """Values as one byte each, and [first, step] to get them back."""
    step = round((high - low) / 255, 6)
    return np.clip(np.round((values - low) / step), 0, 255).astype(np.uint8), [low, step]


def write(levels: list[Level], units: list[str], names: dict[str, list[str]], path: Path) -> None:
    """Writes the file described above."""
    columns = bytearray()
    score_code: list[float] = []
    backoff_code: list[float] = []
    for order, level in enumerate(levels, 1):
        columns += (level.keys & suffix_mask(1)).astype("<u2").tobytes()
        packed, score_code = codes(level.scores, -12.75, 0)
        columns += packed.tobytes()
        if order < len(levels):
            packed, backoff_code = codes(level.backoffs, -7, 3)
            columns += packed.tobytes()
            at = level.find(levels[order].keys >> BITS)
            columns += np.bincount(at, minlength=len(level.keys)).astype("<u2").tobytes()
    header = json.dumps({
        "units": units, "names": names, "order": len(levels), "nodeCounts": [len(level.keys) for level in levels],
        "scores": score_code, "backoffs": backoff_code,
    }, separators=(",", ":")).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"ATGP" + struct.pack("<II", 1, len(header)) + header + bytes(columns))


def plain_spelling(word: str) -> str:
    """a-z and apostrophes of a word: accents go, everything else too."""
    special = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "th", "þ": "th", "ı": "i", "’": "'"}
    lower = "".join(special.get(char, char) for char in word.lower())
    return "".join(char for char in unicodedata.normalize("NFD", lower) if char in LETTERS)


class Pronouncer:
    """Reads the file and gives pronunciations, as the server's runtime does."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes()
        assert data[:4] == b"ATGP", path
        header = json.loads(data[12 : 12 + struct.unpack_from("<I", data, 8)[0]])
        offset = 12 + struct.unpack_from("<I", data, 8)[0]
        order, counts = header["order"], header["nodeCounts"]
        self._by_letters: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for unit, text in enumerate(header["units"]):
            letters, *phones = text.split(" ")
            if unit > END:
                self._by_letters.setdefault(letters, []).append((unit, tuple(phones)))
        total = 1 + sum(counts)
        self._score, self._backoff = [0.0] * total, [0.0] * total
        self._children: list[dict[int, int]] = [{} for _ in range(total)]
        first, parents = 1, [(0, counts[0])]
        for level in range(order):
            size = counts[level]
            unit = np.frombuffer(data, "<u2", size, offset)
            score = np.frombuffer(data, "u1", size, offset + 2 * size)
            offset += 3 * size
            node = first
            for parent, children in parents:
                for _ in range(children):
                    at = node - first
                    self._children[parent][int(unit[at])] = node
                    self._score[node] = header["scores"][0] + header["scores"][1] * int(score[at])
                    node += 1
            if level + 1 < order:
                backoff = np.frombuffer(data, "u1", size, offset)
                child_counts = np.frombuffer(data, "<u2", size, offset + size)
                offset += 3 * size
                parents = [(first + at, int(child_counts[at])) for at in range(size)]
                for at in range(size):
                    self._backoff[first + at] = header["backoffs"][0] + header["backoffs"][1] * int(backoff[at])
            first += size
        # The longest shorter history of a node, and the node itself or its longest suffix that has successors.
        self._shorter, self._state = [0] * total, [0] * total
        for node in range(total):
            for unit, child in self._children[node].items():
                at = self._shorter[node]
                if node != 0:
                    while unit not in self._children[at] and at != 0:
                        at = self._shorter[at]
                    self._shorter[child] = self._children[at].get(unit, 0)
                self._state[child] = child if self._children[child] else self._state[self._shorter[child]]

    def _after(self, state: int, unit: int) -> tuple[float, int]:
        """(log probability of a unit after a state, the state after it)."""
        score = 0.0
        while unit not in self._children[state]:
            if state == 0:
                return -99.0, 0
            score += self._backoff[state]
            state = self._shorter[state]
        node = self._children[state][unit]
        return score + self._score[node], self._state[node]

    def pronounce(self, word: str, count: int = 3) -> list[tuple[tuple[str, ...], float]]:
        """Up to `count` pronunciations of a spelling with their share of the probability, best first."""
        letters = plain_spelling(word)
        beams: list[dict[tuple[int, tuple[str, ...]], float]] = [{} for _ in range(len(letters) + 1)]
        best = [-math.inf] * (len(letters) + 1)
        beams[0][(self._state[self._children[0][BEGIN]], ())] = 0.0
        for position in range(len(letters)):
            ranked = sorted(beams[position].items(), key=lambda item: -item[1])[:BEAM_WIDTH]
            for (state, phones), score in ranked:
                if score < ranked[0][1] - BEAM:
                    break
                for length in (1, 2):
                    if position + length > len(letters):
                        continue
                    for unit, sounds in self._by_letters.get(letters[position : position + length], []):
                        gained, following = self._after(state, unit)
                        there, end, total = beams[position + length], position + length, score + gained
                        if total < best[end] - BEAM:
                            continue
                        place = (following, phones + sounds)
                        there[place] = add_logs(there[place], total) if place in there else total
                        best[end] = max(best[end], there[place])
        ends: dict[tuple[str, ...], float] = {}
        for (state, phones), score in beams[-1].items():
            total = score + self._after(state, END)[0]
            if phones:
                ends[phones] = total if phones not in ends else add_logs(ends[phones], total)
        if not ends:
            return []
        top = max(ends.values())
        mass = sum(math.exp(score - top) for score in ends.values())
        ranked = sorted(ends.items(), key=lambda item: -item[1])[:count]
        return [(phones, math.exp(score - top) / mass) for phones, score in ranked]


def add_logs(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high + math.log1p(math.exp(low - high))


def distance(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    """Edits between two pronunciations."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            before, row[j] = row[j], min(before + (left != right), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def spoken_names(cmudict: Lexicon) -> dict[str, list[str]]:
    """Pronunciations of letters by name and of the numbers that short codes are read with."""
    letters = {letter: cmudict[letter] for letter in LETTERS[:-1]}
    letters["a"] = [("EY",)]
    digits = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    numbers = {str(value): cmudict[name] for value, name in enumerate(digits.split())}
    tens = "twenty thirty forty fifty sixty seventy eighty ninety"
    numbers |= {str(10 * value): cmudict[name] for value, name in enumerate(tens.split(), 2)}
    return {name: [" ".join(phones) for phones in spoken[:2]] for name, spoken in (letters | numbers).items()}


def train(cmudict: Lexicon, path: Path, unit_count: int, threshold: float) -> None:
    """Estimates the model on what is not held out and writes it."""
    entries = [
        (word, phones) for word, spoken in sorted(cmudict.items()) if not is_held_out(word) and len(word) > 1
        for phones in spoken if len(word) <= 24 and len(phones) <= 2 * len(word)
    ]
    aligner = Aligner(entries)
    for _ in range(5):
        aligner.step()
    aligner.keep_most_used(unit_count)
    for _ in range(2):
        aligner.step()
    aligned = [alignment for alignment in aligner.best(entries) if alignment]
    texts = sorted({" ".join((letters, *phones)) for alignment in aligned for letters, phones in alignment})
    units = ["<s>", "</s>", *texts]
    assert len(units) < 1 << BITS, len(units)
    number = {text: unit for unit, text in enumerate(units)}
    sequences = [[*(number[" ".join((letters, *phones))] for letters, phones in alignment), END] for alignment in aligned]
    levels = estimate(sequences)
    pruned = prune(levels, raw_counts(sequences), threshold)
    print(f"{len(entries)} pronunciations, {len(entries) - len(aligned)} not aligned, {len(units) - 2} units, "
          f"{sum(len(level.keys) for level in levels)} n-grams, {sum(len(level.keys) for level in pruned)} kept")
    write(pruned, units, spoken_names(cmudict), path)


def evaluate(cmudict: Lexicon, path: Path) -> None:
    """Error rates on the words that were held out; the nearest of a word's pronunciations counts."""
    pronouncer = Pronouncer(path)
    words = [word for word in sorted(cmudict) if is_held_out(word) and len(word) > 1]
    wrong = wrong_in_three = errors = phones = 0
    for word in words:
        guesses = [guess for guess, _ in pronouncer.pronounce(word)] or [()]
        edits, length = min((distance(guesses[0], spoken), len(spoken)) for spoken in cmudict[word])
        errors, phones = errors + edits, phones + length
        wrong += edits > 0
        wrong_in_three += not any(guess in cmudict[word] for guess in guesses)
    print(f"{len(words)} held-out words: word error {100 * wrong / len(words):.1f} %, among three guesses "
          f"{100 * wrong_in_three / len(words):.1f} %, phone error {100 * errors / phones:.1f} %")


def write_golden(cmudict: Lexicon, model: Path, path: Path) -> None:
    """Guesses for 200 held-out words, which other implementations are checked against."""
    pronouncer = Pronouncer(model)
    held = [word for word in sorted(cmudict) if is_held_out(word) and len(word) > 1]
    chosen = held[:: len(held) // 200][:200]
    guesses = {
        word: [[" ".join(phones), round(share, 6)] for phones, share in pronouncer.pronounce(word)] for word in chosen
    }
    path.write_text("{\n" + ",\n".join(f"{json.dumps(word)}: {json.dumps(value)}" for word, value in guesses.items()) + "\n}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, required=True, help="folder with cmudict_cmudict.xz")
    parser.add_argument("--out", type=Path, default=Path("models/stt-en.g2p.bin"))
    parser.add_argument("--golden", type=Path, help="also write guesses for 200 held-out words")
    parser.add_argument("--units", type=int, default=500, help="kinds of units, at most 509")
    parser.add_argument("--threshold", type=float, default=2e-6, help="pruning: more is smaller")
    options = parser.parse_args()
    cmudict = read_cmudict(options.text / "cmudict_cmudict.xz")
    train(cmudict, options.out, options.units, options.threshold)
    evaluate(cmudict, options.out)
    if options.golden:
        write_golden(cmudict, options.out, options.golden)


if __name__ == "__main__":
    main()
