"""Trigram language model of the English recogniser.

    python language_model.py --text DIR --speech MANIFEST --lexicon models/stt-en.lexicon.bin \
        --out models/stt-en.lm.bin [--trigrams 2000000] [--bigrams 800000] [--cache DIR]

Owns: one modified Kneser-Ney model per domain, their mixture over the union of their n-grams (each history weighs the
domains by how often they use it), relative-entropy pruning (Stolcke 1998) to the sizes asked for, and the quantised file that the
decoder looks words up in. The domains and their weights are `language_text.py`'s.

File, little endian: "ATLM", u32 version (1), u32 header length, header JSON {"wordCount", "bigramCount",
"trigramCount", "probabilities": [256 natural logs], "backoffs": [256], ...}, zero bytes up to a multiple
of 4, then columns. Ids: words 0…wordCount−1 as in the lexicon, then <s>, </s>, <unk>.
    unigrams  f32 log probability, f32 log back-off weight, u32 first bigram   (wordCount + 3, first bigram + 1 more)
    bigrams   u32 first trigram (+ 1 more), u16 word, u8 probability, u8 back-off
    trigrams  u16 word, u8 probability
Every column starts at a multiple of 4 bytes. The followers of one history are sorted by word.
"""

import argparse
import json
import pickle
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import lexicon as lexicon_file
from language_text import corpora, Corpus, coverage, IsWord, WEIGHTS

BASE = np.int64(1 << 17)  # an n-gram is one integer: w1·BASE² + w2·BASE + w3


@dataclass
class Order:
    """N-grams of one order: sorted keys, log probabilities, log back-off weights."""

    keys: np.ndarray
    log_p: np.ndarray
    backoff: np.ndarray

    def find(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions of `keys` and whether each is there."""
        position = np.searchsorted(self.keys, keys)
        position[position == len(self.keys)] = 0
        return position, self.keys[position] == keys if len(self.keys) else np.zeros(len(keys), bool)


@dataclass
class Model:
    """A back-off trigram model; unigram keys are the ids themselves."""

    uni: Order
    bi: Order
    tri: Order

    def bigram(self, v: np.ndarray, w: np.ndarray) -> np.ndarray:
        position, found = self.bi.find(v * BASE + w)
        return np.where(found, self.bi.log_p[position], self.uni.backoff[v] + self.uni.log_p[w])

    def trigram(self, u: np.ndarray, v: np.ndarray, w: np.ndarray) -> np.ndarray:
        """ln p(w | u v). Where u is `none` (−1) the history is v alone."""
        lower = self.bigram(v, w)
        context, known = self.bi.find(u * BASE + v)
        position, found = self.tri.find((u * BASE + v) * BASE + w)
        return np.where(u < 0, lower, np.where(found, self.tri.log_p[position], np.where(known, self.bi.backoff[context], 0.0) + lower))


def encode(sentences: list[tuple[str, ...]], ids: dict[str, int], size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Running text as columns (u, v, w): each word with its two predecessors, −1 for none."""
    begin, end, unknown = size, size + 1, size + 2
    flat = np.array([token for sentence in sentences for token in (begin, *(ids.get(word, unknown) for word in sentence), end)], dtype=np.int64)
    w = flat[1:]
    v = flat[:-1]
    u = np.concatenate([[-1], flat[:-2]])
    u[v == begin] = -1
    keep = w != begin
    return u[keep], v[keep], w[keep]


def discounts(counts: np.ndarray) -> np.ndarray:
    """Modified Kneser-Ney discounts for counts 0, 1, 2 and ≥ 3 (Chen and Goodman 1998), kept within usable bounds."""
    n = [max(1, int((counts == k).sum())) for k in (1, 2, 3, 4)]
    y = n[0] / (n[0] + 2 * n[1])
    raw = [1 - 2 * y * n[1] / n[0], 2 - 3 * y * n[2] / n[1], 3 - 4 * y * n[3] / n[2]]
    return np.array([0.0, *(min(max(value, 0.2), limit) for value, limit in zip(raw, (0.95, 1.6, 2.4)))])


def _histories(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """History of each n-gram as an index into the sorted distinct histories."""
    distinct, inverse = np.unique(keys // BASE, return_inverse=True)
    return distinct, inverse


def estimate(u: np.ndarray, v: np.ndarray, w: np.ndarray, size: int) -> Model:
    """Interpolated modified Kneser-Ney over a closed vocabulary of `size` words and the three marks."""
    total, begin = size + 3, size
    full = u >= 0
    tri_keys, tri_counts = np.unique((u[full] * BASE + v[full]) * BASE + w[full], return_counts=True)
    # Lower orders count distinct predecessors; an n-gram at a sentence's start has none and keeps its own count.
    start_keys, start_counts = np.unique(v[~full] * BASE + w[~full], return_counts=True)
    pair_keys, pair_counts = np.unique(tri_keys % (BASE * BASE), return_counts=True)
    bi_keys = np.concatenate([pair_keys, start_keys])
    bi_counts = np.concatenate([pair_counts, start_counts])
    order = np.argsort(bi_keys)
    bi_keys, bi_counts = bi_keys[order], bi_counts[order]
    uni_counts = np.bincount(bi_keys % BASE, minlength=total).astype(float)

    d1 = discounts(uni_counts[uni_counts > 0])
    step = np.minimum(uni_counts, 3).astype(int)
    mass = uni_counts.sum()
    spoken = total - 1  # everything but <s> can be predicted
    p1 = (uni_counts - d1[step]) / mass + (d1[step].sum() / mass) / spoken
    p1[begin] = 1e-30

    d2 = discounts(bi_counts)
    step = np.minimum(bi_counts, 3)
    v2, w2 = bi_keys // BASE, bi_keys % BASE
    sums = np.bincount(v2, weights=bi_counts, minlength=total)
    gamma1 = np.where(sums > 0, np.bincount(v2, weights=d2[step], minlength=total) / np.maximum(sums, 1e-9), 1.0)
    p2 = (bi_counts - d2[step]) / sums[v2] + gamma1[v2] * p1[w2]

    d3 = discounts(tri_counts)
    step = np.minimum(tri_counts, 3)
    distinct, inverse = _histories(tri_keys)
    sums = np.bincount(inverse, weights=tri_counts)
    gamma = np.bincount(inverse, weights=d3[step]) / sums
    position = np.searchsorted(bi_keys, tri_keys % (BASE * BASE))
    p3 = (tri_counts - d3[step]) / sums[inverse] + gamma[inverse] * p2[position]
    gamma2 = np.ones(len(bi_keys))
    # A history that starts a sentence is the bigram (<s>, w) itself, so every history is a bigram.
    gamma2[np.searchsorted(bi_keys, distinct)] = gamma
    return Model(
        Order(np.arange(total), np.log(p1), np.log(gamma1)),
        Order(bi_keys, np.log(p2), np.log(gamma2)),
        Order(tri_keys, np.log(p3), np.zeros(len(tri_keys))),
    )


def normalise(model: Model) -> Model:
    """Back-off weights that make every history sum to one, from the probabilities alone."""
    total = len(model.uni.log_p)
    v, w = model.bi.keys // BASE, model.bi.keys % BASE
    seen = np.bincount(v, weights=np.exp(model.bi.log_p), minlength=total)
    lower = np.bincount(v, weights=np.exp(model.uni.log_p[w]), minlength=total)
    model.uni.backoff = np.log(np.clip(1 - seen, 1e-6, None)) - np.log(np.clip(1 - lower, 1e-6, None))
    distinct, inverse = _histories(model.tri.keys)
    tail = model.tri.keys % (BASE * BASE)
    seen = np.bincount(inverse, weights=np.exp(model.tri.log_p), minlength=len(distinct))
    lower = np.bincount(inverse, weights=np.exp(model.bigram(tail // BASE, tail % BASE)), minlength=len(distinct))
    model.bi.backoff = np.zeros(len(model.bi.keys))
    position, found = model.bi.find(distinct)
    assert found.all()
    model.bi.backoff[position] = np.log(np.clip(1 - seen, 1e-6, None)) - np.log(np.clip(1 - lower, 1e-6, None))
    return model


@dataclass
class Domain:
    """A domain's model, its share, and how often its text uses each history of one and of two words."""

    share: float
    model: Model
    ones: np.ndarray
    pairs: np.ndarray
    pair_shares: np.ndarray

    @staticmethod
    def of(share: float, u: np.ndarray, v: np.ndarray, w: np.ndarray, size: int) -> "Domain":
        pairs, counts = np.unique(u[u >= 0] * BASE + v[u >= 0], return_counts=True)
        return Domain(share, estimate(u, v, w, size), np.bincount(v, minlength=size + 3) / len(v), pairs, counts / len(v))

    def weight(self, history: np.ndarray, *, pairs: bool) -> np.ndarray:
        """Unnormalised weight in the mixture after each history; the floor is half an occurrence in five million words."""
        if not pairs:
            return self.share * (self.ones[history] + 1e-7)
        position = np.minimum(np.searchsorted(self.pairs, history), len(self.pairs) - 1)
        return self.share * (np.where(self.pairs[position] == history, self.pair_shares[position], 0) + 1e-7)


def mix(domains: list[Domain]) -> Model:
    """Mixture of the domains' models, stored over the union of their n-grams."""
    uni = np.log(sum(domain.share * np.exp(domain.model.uni.log_p) for domain in domains))
    bi_keys = np.unique(np.concatenate([domain.model.bi.keys for domain in domains]))
    tri_keys = np.unique(np.concatenate([domain.model.tri.keys for domain in domains]))
    v, w = bi_keys // BASE, bi_keys % BASE
    weights = [domain.weight(v, pairs=False) for domain in domains]
    bi = np.log(sum(weight * np.exp(domain.model.bigram(v, w)) for weight, domain in zip(weights, domains)) / sum(weights))
    history, w = tri_keys // BASE, tri_keys % BASE
    weights = [domain.weight(history, pairs=True) for domain in domains]
    tri = np.log(sum(
        weight * np.exp(domain.model.trigram(history // BASE, history % BASE, w)) for weight, domain in zip(weights, domains)
    ) / sum(weights))
    zeros = np.zeros
    return normalise(Model(
        Order(np.arange(len(uni)), uni, zeros(len(uni))), Order(bi_keys, bi, zeros(len(bi_keys))), Order(tri_keys, tri, zeros(len(tri_keys)))
    ))


def _loss(history_p: np.ndarray, log_p: np.ndarray, lower: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Relative entropy lost when one n-gram backs off (Stolcke 1998, equation 12), each on its own."""
    p, q = np.exp(log_p), np.exp(lower)
    left = np.clip(1 - np.bincount(inverse, weights=p), 1e-6, None)[inverse]
    right = np.clip(1 - np.bincount(inverse, weights=q), 1e-6, None)[inverse]
    before, after = np.log(left / right), np.log((left + p) / (right + q))
    return -history_p * (p * (lower + after - log_p) + (after - before) * left)


def prune(model: Model, history: np.ndarray, *, bigram_count: int, trigram_count: int) -> Model:
    """Keeps the n-grams whose loss is largest; `history` are probabilities of the bigrams as histories."""
    distinct, inverse = _histories(model.tri.keys)
    tail = model.tri.keys % (BASE * BASE)
    position, _ = model.bi.find(distinct)
    loss = _loss(history[position][inverse], model.tri.log_p, model.bigram(tail // BASE, tail % BASE), inverse)
    if len(loss) > trigram_count:
        keep = loss >= np.partition(loss, -trigram_count)[-trigram_count]
        model.tri = Order(model.tri.keys[keep], model.tri.log_p[keep], model.tri.backoff[keep])
    needed = np.isin(model.bi.keys, model.tri.keys // BASE)
    v, w = model.bi.keys // BASE, model.bi.keys % BASE
    unigram_history = np.bincount(v, weights=history, minlength=len(model.uni.log_p))
    loss = _loss(unigram_history[v], model.bi.log_p, model.uni.log_p[w], v)
    loss[needed] = np.inf
    if len(loss) > bigram_count:
        keep = loss >= np.partition(loss, -bigram_count)[-bigram_count]
        model.bi = Order(model.bi.keys[keep], model.bi.log_p[keep], model.bi.backoff[keep])
    return normalise(model)


def perplexity(model: Model, columns: tuple[np.ndarray, np.ndarray, np.ndarray], size: int) -> float:
    """Per word, sentence ends counted, words outside the lexicon left out."""
    u, v, w = columns
    known = w != size + 2
    return float(np.exp(-model.trigram(u[known], v[known], w[known]).mean()))


def quantise(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """256 centres with equal shares of the values, and the nearest centre of each value."""
    edges = np.quantile(values, (np.arange(256) + 0.5) / 256)
    centres = np.unique(edges.astype(np.float32))
    middle = (centres[1:] + centres[:-1]) / 2
    padded = np.concatenate([centres, np.full(256 - len(centres), centres[-1], np.float32)])
    return padded, np.searchsorted(middle, values).astype(np.uint8)


def write(model: Model, size: int, path: Path, extra: dict[str, object]) -> None:
    """Writes the file described above."""
    total = size + 3
    probabilities, p2 = quantise(np.concatenate([model.bi.log_p, model.tri.log_p]))
    p2, p3 = p2[: len(model.bi.keys)], p2[len(model.bi.keys) :]
    backoffs, b2 = quantise(model.bi.backoff)
    first_bigram = np.searchsorted(model.bi.keys, np.arange(total + 1, dtype=np.int64) * BASE)
    first_trigram = np.searchsorted(model.tri.keys, np.concatenate([model.bi.keys, [model.bi.keys[-1] + 1]]) * BASE)
    first_trigram[-1] = len(model.tri.keys)
    header = json.dumps({
        "wordCount": size, "bigramCount": len(model.bi.keys), "trigramCount": len(model.tri.keys), **extra,
        "probabilities": [round(float(value), 4) for value in probabilities], "backoffs": [round(float(value), 4) for value in backoffs],
    }).encode()
    columns = (
        model.uni.log_p.astype("<f4"), model.uni.backoff.astype("<f4"), first_bigram.astype("<u4"),
        first_trigram.astype("<u4"), (model.bi.keys % BASE).astype("<u2"), p2, b2, (model.tri.keys % BASE).astype("<u2"), p3,
    )
    data = bytearray(b"ATLM" + struct.pack("<II", 1, len(header)) + header)
    for column in columns:
        data.extend(bytes(-len(data) % 4))
        data.extend(column.tobytes())
    path.write_bytes(bytes(data))


def load_corpora(options: argparse.Namespace, is_word: IsWord) -> list[Corpus]:
    """Normalised text, from the cache when there is one."""
    cache = options.cache / "corpora.pickle" if options.cache else None
    if cache and cache.exists():
        return pickle.loads(cache.read_bytes())
    loaded = list(corpora(options.text, options.speech, is_word))
    if cache:
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_bytes(pickle.dumps(loaded))
    return loaded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, required=True)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--lexicon", type=Path, default=Path("models/stt-en.lexicon.bin"))
    parser.add_argument("--out", type=Path, default=Path("models/stt-en.lm.bin"))
    parser.add_argument("--cache", type=Path, help="folder that keeps the normalised text between runs")
    parser.add_argument("--bigrams", type=int, default=1_300_000)
    parser.add_argument("--trigrams", type=int, default=3_900_000)
    options = parser.parse_args()

    lexicon = lexicon_file.read(options.lexicon)
    words = list(lexicon)[: lexicon_file.COUNTED_WORDS]
    size, ids = len(words), {word: index for index, word in enumerate(words)}
    loaded = load_corpora(options, lexicon.__contains__)
    domains: list[Domain] = []
    held_out: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
    history_keys, history_mass = [], []
    for corpus in loaded:
        u, v, w = encode(corpus.sentences, ids, size)
        held_out[corpus.name] = encode(corpus.held_out, ids, size)
        domains.append(Domain.of(WEIGHTS[corpus.name], u, v, w, size))
        keys, counts = np.unique(v * BASE + w, return_counts=True)
        history_keys.append(keys)
        history_mass.append(WEIGHTS[corpus.name] * counts / len(w))
        print(f"{corpus.name:10} {len(corpus.sentences):8,} sentences {len(w):10,} words "
              f"{100 * coverage(corpus.held_out, ids.__contains__):5.2f} % unknown · alone: perplexity {perplexity(domains[-1].model, held_out[corpus.name], size):7.1f}", flush=True)
    mixed = mix(domains)
    print(f"mixture: {len(mixed.bi.keys):,} bigrams, {len(mixed.tri.keys):,} trigrams")
    whole = {name: perplexity(mixed, columns, size) for name, columns in held_out.items()}
    history_p = np.zeros(len(mixed.bi.keys))
    for keys, mass in zip(history_keys, history_mass):
        position, found = mixed.bi.find(keys)
        np.add.at(history_p, position[found], mass[found])
    pruned = prune(mixed, history_p, bigram_count=options.bigrams, trigram_count=options.trigrams)
    after = {name: perplexity(pruned, columns, size) for name, columns in held_out.items()}
    for name in held_out:
        print(f"{name:10} perplexity on held-out text: whole {whole[name]:7.1f} · pruned {after[name]:7.1f}")
    write(pruned, size, options.out, {"heldOutPerplexity": {name: round(value, 1) for name, value in after.items()}})
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB, {len(pruned.bi.keys):,} bigrams, {len(pruned.tri.keys):,} trigrams")


if __name__ == "__main__":
    main()
