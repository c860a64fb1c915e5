"""Starting vectors for the tokens: positive pointwise mutual information of neighbours, reduced by a truncated SVD.

    python word_vectors.py --work WORK_FOLDER

Reads unlabelled.npz, writes word_vectors.npy [vocabulary, 128]. Levy & Goldberg (2014) show this is what skip-gram
factorises; on five million words it is steadier than training skip-gram, and takes a minute.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import svds

WIDTH = 128
WINDOW = 4


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    ids = np.load(options.work / "unlabelled.npz")["ids"].astype(np.int64)
    size = len(json.loads((options.work / "tokenizer.json").read_text())["model"]["vocab"])
    ends = np.cumsum(ids == 0)
    total = None
    for distance in range(1, WINDOW + 1):
        left, right = ids[:-distance], ids[distance:]
        inside = (ends[:-distance] == ends[distance:]) & (left > 1) & (right > 1)
        pairs = coo_matrix((np.full(inside.sum(), 1 / distance, np.float32), (left[inside], right[inside])), (size, size)).tocsr()
        total = pairs + pairs.T if total is None else total + pairs + pairs.T
    row = np.asarray(total.sum(1)).ravel() + 1
    column = row**0.75
    column *= row.sum() / column.sum()
    pairs = total.tocoo()
    information = np.log(pairs.data * row.sum() / (row[pairs.row] * column[pairs.col]))
    keep = information > 0
    matrix = coo_matrix((information[keep].astype(np.float32), (pairs.row[keep], pairs.col[keep])), (size, size)).tocsr()
    u, s, _ = svds(matrix, k=WIDTH, random_state=7)
    vectors = u * np.sqrt(s)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6
    np.save(options.work / "word_vectors.npy", vectors.astype(np.float32))
    names = {i: t for t, i in json.loads((options.work / "tokenizer.json").read_text())["model"]["vocab"].items()}
    ids_by_name = {t: i for i, t in names.items()}
    for word in ("angry", "sad", "happy", "card", "scared"):
        near = np.argsort(-vectors @ vectors[ids_by_name[word]])[1:8]
        print(word, [names[i] for i in near])


if __name__ == "__main__":
    main()
