"""Measures the shipped English model where it was not trained: other corpora, and GoEmotions by micro-F1 too.

    python elsewhere.py --data TEXT_FOLDER --models MODELS_FOLDER

TweetEval's four emotions without any training (each the sum of the GoEmotions labels that its definition names), beside models
fitted on TweetEval's training tweets for comparison alone: TF-IDF with logistic regression, and logistic regression on the network's
logits with TF-IDF. XLM-T's English tweets by polarity, without training. Writes results/elsewhere.json; nothing is chosen by it and nothing
of it is shipped.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from evaluate import run, softmax
from labels import LABELS, POLARITIES, polarity_of
from measures import expected_calibration_error, f1_per_label, macro_f1_of_classes, sigmoid
from prepare import HERE, encode, padded, read_tsv
from text_forms import spoken

TWEETEVAL = {
    "anger": ["anger", "annoyance", "disapproval", "disgust"],
    "joy": ["admiration", "amusement", "excitement", "gratitude", "joy", "love", "pride"],
    "optimism": ["optimism"],
    "sadness": ["disappointment", "grief", "remorse", "sadness"],
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    options = parser.parse_args()
    session = onnxruntime.InferenceSession(str(options.models / "sentiment-en.onnx"), providers=["CPUExecutionProvider"])
    calibration = json.loads((options.models / "sentiment-en.json").read_text())
    tokenizer = (options.models / "sentiment-en.tokenizer.json").resolve()

    def judge(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Label probabilities, polarity probabilities, all logits."""
        e, p = run(session, padded(encode(str(HERE / "tokenize-text.ts"), tokenizer, texts)))
        return sigmoid(e * np.array(calibration["slopes"]) + np.array(calibration["offsets"])), softmax(p / calibration["polarityTemperature"]), np.concatenate([e, p], 1)

    results: dict[str, object] = {}
    cuts = np.array(calibration["thresholds"])
    forms = {"written": str, "spoken": spoken}
    for split in ("dev", "test"):
        rows = [row for row in read_tsv(options.data / "goemotions.tsv.xz") if row[0] == split]
        truth = np.array([[float(label in row[2].split(",")) for label in LABELS] for row in rows])
        shares = np.array([polarity_of(row[2].split(",")) for row in rows])
        for form, shown in forms.items():
            p, polarity, _ = judge([shown(row[3]) for row in rows])
            found = p >= cuts
            results[f"GoEmotions {split} {form}"] = {
                "macro_f1": round(float(f1_per_label(found, truth).mean()), 4),
                "micro_f1": round(float(2 * (found * truth).sum() / (found.sum() + truth.sum())), 4),
                "ece": round(expected_calibration_error(p, truth), 4),
                "polarity_macro_f1": round(macro_f1_of_classes(polarity.argmax(1), shares.argmax(1), 3), 4),
                "polarity_ece": round(expected_calibration_error(polarity, shares), 4),
            }

    names = list(TWEETEVAL)
    gather = np.array([[float(label in TWEETEVAL[name]) for name in names] for label in LABELS])
    tweets = {split: [row for row in read_tsv(options.data / "tweeteval_emotion.tsv.xz") if row[0] == split] for split in ("train", "dev")}
    truth = {split: np.array([names.index(row[2]) for row in rows]) for split, rows in tweets.items()}

    def figures(p: np.ndarray, right: np.ndarray) -> dict[str, float]:
        return {"macro_f1": round(macro_f1_of_classes(p.argmax(1), right, p.shape[1]), 4), "accuracy": round(float((p.argmax(1) == right).mean()), 4),
                "ece": round(expected_calibration_error(p, np.eye(p.shape[1])[right]), 4)}

    for form, shown in forms.items():
        texts = {split: [shown(row[3].replace("@user", "")) for row in rows] for split, rows in tweets.items()}
        judged = {split: judge(lines) for split, lines in texts.items()}
        gathered = judged["dev"][0] @ gather + 1e-6
        results[f"TweetEval dev {form}, no training"] = figures(gathered / gathered.sum(1, keepdims=True), truth["dev"])
        counts = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"[\w']+|[^\w\s]")
        x = {"train": counts.fit_transform(texts["train"]), "dev": counts.transform(texts["dev"])}
        fitted = LogisticRegression(C=4, max_iter=200).fit(x["train"], truth["train"])
        results[f"TweetEval dev {form}, TF-IDF fitted on it"] = figures(fitted.predict_proba(x["dev"]), truth["dev"])
        joined = {split: hstack([x[split], csr_matrix(judged[split][2] / 4)]).tocsr() for split in x}
        fitted = LogisticRegression(C=4, max_iter=400).fit(joined["train"], truth["train"])
        results[f"TweetEval dev {form}, network and TF-IDF fitted on it"] = figures(fitted.predict_proba(joined["dev"]), truth["dev"])
        english = [row for row in read_tsv(options.data / "xlmt.tsv.xz") if row[0] == "dev" and row[1] == "en"]
        _, polarity, _ = judge([shown(row[3].replace("@user", "")) for row in english])
        results[f"XLM-T English dev {form}, no training"] = figures(polarity, np.array([POLARITIES.index(row[2]) for row in english]))
    (HERE / "results" / "elsewhere.json").write_text(json.dumps(results, indent=1) + "\n")
    for name, row in results.items():
        print(name, row)


if __name__ == "__main__":
    main()
