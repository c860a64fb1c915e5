"""Fits the linear part: TF-IDF of the hashed features with logistic regression, one model per language; and the teachers.

    python multi_linear.py --data TEXT_FOLDER --lexicon AFINN_FOLDER --work WORK_FOLDER

Writes tokenizer.json, layout.json, ids.npz, linear.npz (tables) and teacher.npz (what models of the other folds say of the fit
rows). Fitted on both forms of every sentence and on the phrases. The words of the lexica would cost it 0.02 to 0.03
of macro-F1 on XLM-T's dev tweets (four languages, mean): they are the shared part's to learn.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from multi_corpora import LABELS, LANGUAGES, Corpora
from multi_model import KNOWN_SIZE, Features, known_index
from prepare import HERE, encode, tokenizer_command

MAX_CHARACTERS = 192
POLARITY_ROWS = [65_536] * 8 + [131_072]
EMOTION_ROWS = [131_072]
FOLDS = 3
MIN_ROWS = 2
MIN_OCCURRENCES = {"zh": 8}
"""In both forms of all sentences together; 4 in the other languages, whose corpora are a tenth of the size."""


def character_ids(tokenize: str, tokenizer: Path, texts: list[str]) -> list[np.ndarray]:
    return [np.array(row[:MAX_CHARACTERS], np.int64) for row in encode(tokenize, tokenizer, texts)]


def padded(rows: list[np.ndarray]) -> torch.Tensor:
    ids = np.zeros((len(rows), max(1, max(map(len, rows)))), np.int64)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
    return torch.from_numpy(ids)


def numbers_of(features: Features, rows: list[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Feature numbers of the rows, one after the other, and how many each row has; in parts."""
    parts = []
    for start in range(0, len(rows), 512):
        ids = padded(rows[start : start + 512])
        numbers, exists = features(ids, (ids > 0).float())
        where = exists.flatten(1).numpy() > 0
        parts.append((numbers.flatten(1).numpy()[where], where.sum(1)))
    return parts


def often(features: Features, rows: list[np.ndarray], least: int) -> np.ndarray:
    """Feature numbers that occur at least so often."""
    numbers, counts = np.unique(np.concatenate([numbers for numbers, _ in numbers_of(features, rows)]), return_counts=True)
    return numbers[counts >= least]


def occurrences(features: Features, rows: list[np.ndarray], modulus: int, known: np.ndarray, language: int) -> csr_matrix:
    """Counts [rows, modulus] of the hashed features that the language knows."""
    indices, counts = [], []
    for numbers, count in numbers_of(features, rows):
        kept = known[known_index(numbers, language)] > 0
        indices.append((numbers[kept] % modulus).astype(np.int32))
        row = np.repeat(np.arange(len(count)), count)[kept]
        counts.append(np.bincount(row, minlength=len(count)))
    indices, counts = np.concatenate(indices), np.concatenate(counts)
    matrix = csr_matrix((np.ones(len(indices), np.float32), indices, np.concatenate([[0], np.cumsum(counts)])), (len(rows), modulus))
    matrix.sum_duplicates()
    return matrix


class LinearModel:
    """`table` [modulus, classes + 1] and `bias` as `multi_model.Linear` reads them."""

    def __init__(self, counts: csr_matrix, classes: np.ndarray, weight: np.ndarray, strength: float, class_count: int) -> None:
        seen = np.asarray((counts > 0).sum(0)).ravel()
        idf = np.where(seen >= MIN_ROWS, np.log((1 + len(classes)) / (1 + seen)) + 1, 0).astype(np.float32)
        self.idf = idf
        fitted = LogisticRegression(C=strength, max_iter=80, tol=1e-3).fit(self.scaled(counts), classes, weight)
        coefficients = fitted.coef_ if len(fitted.classes_) > 2 else np.concatenate([-fitted.coef_, fitted.coef_]) / 2
        intercepts = fitted.intercept_ if len(fitted.classes_) > 2 else np.array([-fitted.intercept_[0], fitted.intercept_[0]]) / 2
        self.table = np.zeros((counts.shape[1], class_count + 1), np.float32)
        self.bias = np.full(class_count, -8, np.float32)
        self.table[:, fitted.classes_] = (coefficients * idf).T
        self.bias[fitted.classes_] = intercepts
        self.table[:, class_count] = idf * idf

    def scaled(self, counts: csr_matrix) -> csr_matrix:
        norm = np.sqrt(counts @ (self.idf * self.idf) + 1e-6)
        scaled = counts.multiply(self.idf[None, :]).tocsr()
        return (scaled.multiply(1 / norm[:, None])).tocsr()

    def logits(self, counts: csr_matrix) -> np.ndarray:
        norm = np.sqrt(counts @ self.table[:, -1] + 1e-6)
        return (counts @ self.table[:, :-1]) / norm[:, None] + self.bias


def softmax(x: np.ndarray) -> np.ndarray:
    x = np.exp(x - x.max(1, keepdims=True))
    return x / x.sum(1, keepdims=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lexicon", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--strength", type=float, default=3.0)
    parser.add_argument("--tables-only", action="store_true", help="leave the teachers of the last run as they are")
    parser.add_argument("--tokenize", default=str(HERE / "tokenize-text.ts"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    corpora = Corpora(options.data, options.lexicon)
    tokenizer = (options.work / "multi.tokenizer.json").resolve()
    seen = "".join(f"{text}\n" for i, pair in enumerate(corpora.texts) if corpora.part[i] != "dev" for text in pair)
    built = subprocess.run(tokenizer_command(options.tokenize, "build-characters", str(tokenizer), ",".join(LANGUAGES)),
                           input=seen, text=True, check=True, capture_output=True, cwd=HERE)
    layout = json.loads(built.stdout)
    (options.work / "layout.json").write_text(built.stdout)
    features = Features(layout["firstInitial"], layout["firstHan"])
    ids = [character_ids(options.tokenize, tokenizer, [pair[form] for pair in corpora.texts]) for form in (0, 1)]
    lengths = np.array([[len(row) for row in form] for form in ids])
    np.savez(options.work / "ids.npz", lengths=lengths, flat=np.concatenate([row for form in ids for row in form]).astype(np.int16))
    print({name: int((corpora.part == name).sum()) for name in np.unique(corpora.part)}, layout, flush=True)

    fit = np.isin(corpora.part, ["fit", "phrases"])
    tables, teacher = {}, {"polarity": np.zeros((len(fit), 3), np.float32), "emotion": np.zeros((len(fit), len(LABELS)), np.float32)}

    # Of all languages before anything is fitted: the bits of one are noise to the others, then as in use.
    known = np.zeros(KNOWN_SIZE, np.uint8)
    for index, language in enumerate(LANGUAGES):
        texts = [ids[form][i] for form in (0, 1) for i in np.flatnonzero(fit & (corpora.language == language))]
        known[known_index(often(features, texts, MIN_OCCURRENCES.get(language, 4)), index)] = 1
    print(f"{known.mean():.3f} of the features known", flush=True)

    def fit_and_teach(name: str, language: int, rows: np.ndarray, modulus: int, classes: np.ndarray, class_count: int, target: str) -> None:
        texts = [ids[form][i] for form in (0, 1) for i in rows]
        both = occurrences(features, texts, modulus, known, language)
        twice = lambda x: np.tile(x, 2)
        model = LinearModel(both, twice(classes[rows]), twice(corpora.weight[rows]), options.strength, class_count)
        tables[f"{name}_table"], tables[f"{name}_bias"] = model.table, model.bias
        print(name, len(rows), flush=True)
        if options.tables_only:
            return
        # Phrases are in every fold; sentences are judged by a model of the other two.
        fold = np.where(corpora.part[rows] == "fit", np.arange(len(rows)) % FOLDS, -1)
        for held in range(FOLDS):
            kept = np.flatnonzero(twice(fold) != held)
            other = LinearModel(both[kept], twice(classes[rows])[kept], twice(corpora.weight[rows])[kept], options.strength, class_count)
            judged = np.flatnonzero(fold == held)
            teacher[target][rows[judged]] = softmax(other.logits(both[judged]) + other.logits(both[len(rows) + judged]))

    for index, language in enumerate(LANGUAGES):
        rows = np.flatnonzero(fit & (corpora.language == language))
        fit_and_teach(language, index, rows, POLARITY_ROWS[index], corpora.polarity.argmax(1), 3, "polarity")
    fit_and_teach("emotion", LANGUAGES.index("zh"), np.flatnonzero(fit & (corpora.emotion >= 0)), EMOTION_ROWS[0], corpora.emotion, len(LABELS), "emotion")
    np.savez(options.work / "linear.npz", known=known, **tables)
    if not options.tables_only:
        np.savez(options.work / "teacher.npz", **teacher)


if __name__ == "__main__":
    main()
