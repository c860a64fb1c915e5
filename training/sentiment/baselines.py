"""The floors to beat, measured like the model: VADER's lexicon, and TF-IDF with logistic regression.

    python baselines.py --data TEXT_FOLDER --work WORK_FOLDER

Both are fitted on the fit slice, calibrated and cut on the calibration slice (written and spoken forms together, as the
network is) and measured on dev in each form. VADER here is its lexicon with negation and the published normalisation (compound = s / sqrt(s² + 15)),
which gives polarity (cuts ±0.05) and one feature; a label's GoEmotions score is a logistic function of that feature.
"""

import argparse
import io
import json
import lzma
import re
from pathlib import Path

import numpy as np
from scipy.sparse import vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from labels import LABELS
from measures import expected_calibration_error, f1_per_label, log_loss, macro_f1_of_classes, platt, sigmoid, thresholds

NEGATIONS = set("not no never none nobody nothing cannot can't don't won't isn't wasn't aren't didn't doesn't couldn't wouldn't shouldn't hardly without".split())


def compound(text: str, lexicon: dict[str, float]) -> float:
    words = re.findall(r"[a-z']+", text.lower().replace("’", "'"))
    total = 0.0
    for index, word in enumerate(words):
        if word in lexicon:
            negated = any(w in NEGATIONS for w in words[max(0, index - 3) : index])
            total += lexicon[word] * (-0.74 if negated else 1)
    return total / np.sqrt(total * total + 15)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    data = np.load(options.work / "examples.npz")
    sets, truth, polarity = data["sets"], data["emotions"], data["polarity"]
    texts = json.loads((options.work / "texts.json").read_text())
    with io.TextIOWrapper(lzma.open(options.data / "vader_lexicon_vader_lexicon.txt.xz"), encoding="utf8") as lines:
        lexicon = {w: float(v) for w, v, *_ in (line.split("\t") for line in lines if "\t" in line)}
    rows = {name: np.flatnonzero(sets == name) for name in ("fit", "calibration", "dev", "polarity", "polarity_dev")}
    results = {}

    both = {part: [texts[i][form] for form in (0, 2) for i in rows[part]] for part in ("fit", "calibration", "polarity")}
    labels = {part: np.concatenate([truth[rows[part]]] * 2) for part in ("fit", "calibration")}
    measured = {form: {part: [texts[i][form] for i in rows[part]] for part in ("dev", "polarity_dev")} for form in (0, 2)}

    def fit_and_measure(name: str, features, weight: dict, classify) -> None:
        x = {part: features(lines) for part, lines in both.items()}
        fitted = [LogisticRegression(solver="liblinear", **weight).fit(x["fit"], labels["fit"][:, label]) for label in range(len(LABELS))]
        logits = lambda rows: np.stack([one.decision_function(rows) for one in fitted], 1)
        tuning = logits(x["calibration"])
        scale = platt(tuning, labels["calibration"])
        cuts = thresholds(sigmoid(tuning * scale[:, 0] + scale[:, 1]), labels["calibration"])
        polarity_of_rows, review_of_rows = classify(x)
        for form in (0, 2):
            dev, reviews = features(measured[form]["dev"]), features(measured[form]["polarity_dev"])
            p = sigmoid(logits(dev) * scale[:, 0] + scale[:, 1])
            key = f"{name} {'written' if form == 0 else 'spoken'}"
            results[key] = {
                "macro_f1": float(f1_per_label(p >= cuts, truth[rows["dev"]]).mean()),
                "log_loss": log_loss(p, truth[rows["dev"]]),
                "ece": expected_calibration_error(p, truth[rows["dev"]]),
                "polarity_macro_f1": macro_f1_of_classes(polarity_of_rows(dev), polarity[rows["dev"]].argmax(1), 3),
                "reviews_accuracy": float((review_of_rows(reviews) == polarity[rows["polarity_dev"]].argmax(1)).mean()),
            }
            print(key, results[key], flush=True)

    def valence_features(lines: list[str]) -> np.ndarray:
        score = np.array([compound(line, lexicon) for line in lines])
        return np.stack([score, np.abs(score), score * score * np.sign(score)], 1)

    def by_valence(_):
        return (lambda x: np.where(x[:, 0] <= -0.05, 0, np.where(x[:, 0] >= 0.05, 2, 1))), (lambda x: np.where(x[:, 0] < 0, 0, 2))

    def by_regression(x):
        classes = np.concatenate([polarity[rows[part]].argmax(1) for part in ("fit", "fit", "polarity", "polarity")])
        fitted = LogisticRegression(C=1, max_iter=60, tol=1e-3).fit(vstack([x["fit"], x["polarity"]]), classes)
        return fitted.predict, lambda x: np.where(fitted.decision_function(x)[:, 0] > fitted.decision_function(x)[:, 2], 0, 2)

    fit_and_measure("VADER", valence_features, {"C": 10}, by_valence)
    counts = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"[\w']+|[^\w\s]").fit(both["fit"])
    fit_and_measure("TF-IDF + logistic regression", counts.transform, {"C": 4}, by_regression)
    (options.work / "baselines.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
