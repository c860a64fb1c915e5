"""Soft targets for the network: what TF-IDF with logistic regression says of sentences it has not been fitted on.

    python teacher.py --work WORK_FOLDER

Five folds over the fit slice; each sentence is judged by the model of the other four. A linear model's honest doubts
regularise the network more than the annotators' hard labels do. Writes teacher.npy [fit rows, 28].
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    data = np.load(options.work / "examples.npz")
    rows = np.flatnonzero(data["sets"] == "fit")
    truth = data["emotions"][rows]
    texts = json.loads((options.work / "texts.json").read_text())
    counts = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"[\w']+|[^\w\s]")
    x = counts.fit_transform([texts[i][0] for i in rows])
    fold = np.arange(len(rows)) % FOLDS
    soft = np.zeros(truth.shape, np.float32)
    for held in range(FOLDS):
        for label in range(truth.shape[1]):
            fitted = LogisticRegression(C=4, solver="liblinear").fit(x[fold != held], truth[fold != held, label])
            soft[fold == held, label] = fitted.predict_proba(x[fold == held])[:, 1]
    np.save(options.work / "teacher.npy", soft)


if __name__ == "__main__":
    main()
