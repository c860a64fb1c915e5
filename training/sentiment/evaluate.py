"""Calibrates the exported network and measures it on the dev set, and once on the test set at release.

    python evaluate.py --work WORK_FOLDER --models MODELS_FOLDER [--data TEXT_FOLDER]

Writes sentiment-en.json (the calibration the server reads) beside the ONNX file and results/dev.json. Slopes, offsets and
thresholds are fitted on the calibration slice of GoEmotions' train split, written and spoken forms together, polarity's
temperature on the same. With --data the GoEmotions test split is measured too; nothing is chosen by it.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnxruntime
from scipy.optimize import minimize_scalar

from labels import LABELS, POLARITIES, polarity_of
from measures import expected_calibration_error, f1_per_label, log_loss, macro_f1_of_classes, platt, sigmoid, thresholds
from prepare import HERE, encode, padded, read_tsv
from text_forms import spoken


def run(session: onnxruntime.InferenceSession, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    parts = []
    for start in range(0, len(ids), 256):
        batch = ids[start : start + 256].astype(np.int64)
        batch = batch[:, : max(1, int((batch > 0).sum(1).max()))]
        parts.append(session.run(None, {"input_ids": batch, "mask": (batch > 0).astype(np.float32)}))
    return np.concatenate([e for e, _ in parts]), np.concatenate([p for _, p in parts])


def softmax(x: np.ndarray) -> np.ndarray:
    x = np.exp(x - x.max(1, keepdims=True))
    return x / x.sum(1, keepdims=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--tokenize", default=str(HERE / "tokenize-text.ts"))
    options = parser.parse_args()
    threads = onnxruntime.SessionOptions()
    threads.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(options.models / "sentiment-en.onnx"), threads, providers=["CPUExecutionProvider"])
    data = np.load(options.work / "examples.npz")
    rows = {name: np.flatnonzero(data["sets"] == name) for name in ("calibration", "dev", "polarity_dev")}
    truth, polarity = data["emotions"], data["polarity"]

    tuned = np.concatenate([data["ids"][rows["calibration"], form] for form in (0, 2)])
    labels = np.concatenate([truth[rows["calibration"]]] * 2)
    shares = np.concatenate([polarity[rows["calibration"]]] * 2)
    emotion_logits, polarity_logits = run(session, tuned)
    scale = platt(emotion_logits, labels)
    cuts = thresholds(sigmoid(emotion_logits * scale[:, 0] + scale[:, 1]), labels)
    temperature = float(minimize_scalar(lambda t: -(shares * np.log(softmax(polarity_logits / t) + 1e-9)).sum(), bounds=(0.5, 4), method="bounded").x)
    calibration = {
        "language": "en", "labels": LABELS,
        "slopes": [round(float(x), 4) for x in scale[:, 0]], "offsets": [round(float(x), 4) for x in scale[:, 1]],
        "thresholds": [round(float(x), 3) for x in cuts], "polarityTemperature": round(temperature, 4),
    }
    (options.models / "sentiment-en.json").write_text(json.dumps(calibration, indent=2) + "\n")

    def measure(ids: np.ndarray, labels: np.ndarray, shares: np.ndarray) -> dict:
        e, p = run(session, ids)
        probabilities = sigmoid(e * scale[:, 0] + scale[:, 1])
        per_label = f1_per_label(probabilities >= cuts, labels)
        found = softmax(p / temperature)
        return {
            "macro_f1": round(float(per_label.mean()), 4), "log_loss": round(log_loss(probabilities, labels), 4), "ece": round(expected_calibration_error(probabilities, labels), 4),
            "polarity_macro_f1": round(macro_f1_of_classes(found.argmax(1), shares.argmax(1), 3), 4),
            "polarity_ece": round(expected_calibration_error(found, shares), 4),
            "f1": dict(zip(LABELS, per_label.round(3).tolist())), "mean_probabilities": dict(zip(LABELS, probabilities.mean(0).round(4).tolist())),
        }

    results = {f"dev {form}": measure(data["ids"][rows["dev"], column], truth[rows["dev"]], polarity[rows["dev"]]) for form, column in (("written", 0), ("spoken", 2))}
    for form, column in (("written", 0), ("spoken", 2)):
        _, p = run(session, data["ids"][rows["polarity_dev"], column])
        p[:, POLARITIES.index("neutral")] = -np.inf
        results[f"reviews {form}"] = {"accuracy": round(float((p.argmax(1) == polarity[rows["polarity_dev"]].argmax(1)).mean()), 4)}
    if options.data is not None:
        test = [row for row in read_tsv(options.data / "goemotions.tsv.xz") if row[0] == "test"]
        names = [row[2].split(",") for row in test]
        labels = np.array([[float(label in of) for label in LABELS] for of in names], np.float32)
        shares = np.array([polarity_of(of) for of in names], np.float32)
        tokenizer = (options.models / "sentiment-en.tokenizer.json").resolve()
        for form, texts in (("written", [row[3] for row in test]), ("spoken", [spoken(row[3]) for row in test])):
            results[f"test {form}"] = measure(padded(encode(options.tokenize, tokenizer, texts)), labels, shares)
    one = data["ids"][rows["dev"][:300], 0]
    started = time.perf_counter()
    for row in one:
        run(session, row[None])
    results["ms_per_sentence_alone"] = round(1000 * (time.perf_counter() - started) / len(one), 3)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "dev.json").write_text(json.dumps(results, indent=1) + "\n")
    for name, figures in results.items():
        print(name, {k: v for k, v in figures.items() if not isinstance(v, dict)} if isinstance(figures, dict) else figures)


if __name__ == "__main__":
    main()
