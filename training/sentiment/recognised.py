"""Measures the English model on dev sentences that were spoken by the project's voice and heard by its recogniser.

    python recognised.py --data TEXT_FOLDER --work WORK_FOLDER --models MODELS_FOLDER [--count 320]

The same evenly spread sentences of 4 to 25 words (masked names filled in) as written, as `text_forms.spoken` and as recognised; by
the network, by TF-IDF with logistic regression (fitted as in baselines.py) and by VADER. Writes WORK_FOLDER/recognised.tsv and
results/recognised.json. With `--heard FILE` an earlier recognised.tsv is measured again.
"""

import argparse
import io
import json
import lzma
import random
import subprocess
from pathlib import Path

import numpy as np
import onnxruntime
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from baselines import compound
from evaluate import run, softmax
from labels import LABELS, POLARITIES, polarity_of
from measures import expected_calibration_error, f1_per_label, macro_f1_of_classes, platt, sigmoid, thresholds
from prepare import HERE, encode, padded, read_tsv
from text_forms import spoken, with_names


def word_errors(said: list[str], heard: list[str]) -> int:
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--count", type=int, default=320)
    parser.add_argument("--heard", type=Path)
    options = parser.parse_args()
    rng = random.Random(5)
    goemotions = list(read_tsv(options.data / "goemotions.tsv.xz"))
    suitable = [row for row in goemotions if row[0] == "dev" and 4 <= len(spoken(row[3]).split()) <= 25]
    chosen = [suitable[round(i * (len(suitable) - 1) / (options.count - 1))] for i in range(options.count)]
    written = [with_names(row[3], rng) for row in chosen]
    if options.heard is None:
        done = subprocess.run(["node", "--import=./bin/typescript-loader.js", str(HERE / "recognise-text.ts")], cwd=HERE.parent.parent,
                              input="".join(spoken(text) + "\n" for text in written), text=True, capture_output=True, check=True)
        recognised = done.stdout.split("\n")[: len(chosen)]
        (options.work / "recognised.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in zip(written, recognised)))
    else:
        recognised = [line.split("\t")[1] for line in options.heard.read_text().split("\n")[: len(chosen)]]
    forms = {"written": written, "spoken form": [spoken(text) for text in written], "recognised": recognised}
    truth = np.array([[float(label in row[2].split(",")) for label in LABELS] for row in chosen])
    polarity = np.array([polarity_of(row[2].split(",")) for row in chosen])
    errors = sum(word_errors(spoken(a).split(), spoken(b).split()) for a, b in zip(written, recognised))
    results: dict[str, object] = {"sentences": len(chosen), "word_error_rate": round(errors / sum(len(spoken(a).split()) for a in written), 4)}
    common = truth.sum(0) >= 5

    def measures(p: np.ndarray, cuts: np.ndarray, share: np.ndarray) -> dict[str, float]:
        found = p >= cuts
        micro = 2 * (found * truth).sum() / (found.sum() + truth.sum())
        return {"micro_f1": round(float(micro), 4), "macro_f1_of_labels_with_5": round(float(f1_per_label(found, truth)[common].mean()), 4),
                "polarity_macro_f1": round(macro_f1_of_classes(share.argmax(1), polarity.argmax(1), 3), 4), "ece": round(expected_calibration_error(p, truth), 4)}

    session = onnxruntime.InferenceSession(str(options.models / "sentiment-en.onnx"), providers=["CPUExecutionProvider"])
    calibration = json.loads((options.models / "sentiment-en.json").read_text())
    tokenizer = (options.models / "sentiment-en.tokenizer.json").resolve()
    for name, texts in forms.items():
        e, p = run(session, padded(encode(str(HERE / "tokenize-text.ts"), tokenizer, texts)))
        p = softmax(p / calibration["polarityTemperature"])
        results[f"sentiment-en {name}"] = measures(sigmoid(e * np.array(calibration["slopes"]) + np.array(calibration["offsets"])), np.array(calibration["thresholds"]), p)

    train = [row for row in goemotions if row[0] == "train"]
    parts = {name: [row for i, row in enumerate(train) if (i % 10 == 9) == (name == "calibration")] for name in ("fit", "calibration")}
    both = {name: [form(row[3]) for form in (str, spoken) for row in rows] for name, rows in parts.items()}
    labels = {name: np.tile(np.array([[float(label in row[2].split(",")) for label in LABELS] for row in rows]), (2, 1)) for name, rows in parts.items()}
    counts = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, token_pattern=r"[\w']+|[^\w\s]").fit(both["fit"])
    x = {name: counts.transform(texts) for name, texts in both.items()}
    fitted = [LogisticRegression(solver="liblinear", C=4).fit(x["fit"], labels["fit"][:, i]) for i in range(len(LABELS))]
    logits = lambda rows: np.stack([one.decision_function(rows) for one in fitted], 1)
    scale = platt(logits(x["calibration"]), labels["calibration"])
    cuts = thresholds(sigmoid(logits(x["calibration"]) * scale[:, 0] + scale[:, 1]), labels["calibration"])
    classes = np.tile(np.array([np.argmax(polarity_of(row[2].split(","))) for row in parts["fit"]]), 2)
    by_polarity = LogisticRegression(C=1, max_iter=60, tol=1e-3).fit(x["fit"], classes)
    for name, texts in forms.items():
        rows = counts.transform(texts)
        results[f"TF-IDF {name}"] = measures(sigmoid(logits(rows) * scale[:, 0] + scale[:, 1]), cuts, by_polarity.predict_proba(rows))

    with io.TextIOWrapper(lzma.open(options.data / "vader_lexicon_vader_lexicon.txt.xz"), encoding="utf8") as lines:
        lexicon = {w: float(v) for w, v, *_ in (line.split("\t") for line in lines if "\t" in line)}
    for name, texts in forms.items():
        score = np.array([compound(text, lexicon) for text in texts])
        found = np.where(score <= -0.05, 0, np.where(score >= 0.05, 2, 1))
        results[f"VADER {name}"] = {"polarity_macro_f1": round(macro_f1_of_classes(found, polarity.argmax(1), len(POLARITIES)), 4)}
    (HERE / "results" / "recognised.json").write_text(json.dumps(results, indent=1) + "\n")
    for name, figures in results.items():
        print(name, figures)


if __name__ == "__main__":
    main()
