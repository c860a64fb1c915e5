"""Measures the exported multilingual network on dev sentences beside its floors; writes results/multi.json.

    python multi_evaluate.py --data TEXT_FOLDER --lexicon AFINN_FOLDER --work WORK_FOLDER --models MODELS_FOLDER

Floors: the AFINN list of the language (sum of valences, cut at ±0.5), and TF-IDF of character n-grams within words, 1 to 4, with
logistic regression, fitted on both forms of the same fit and calibration sentences of that corpus (of both emotional corpora
for Chinese emotions). Calibration error: distance of confidence and share of right answers in 15 equal bins. Nothing is chosen here.
"""

import argparse
import json
import re
import time
from pathlib import Path

import numpy as np
import onnxruntime
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from multi_corpora import LABELS, LANGUAGES, Corpora
from multi_linear import padded, softmax
from multi_model import FIRST_LANGUAGE_ID
from multi_train import ids_of
from prepare import HERE

FORMS = ("written", "spoken")


def logits(session: onnxruntime.InferenceSession, rows: list[np.ndarray], language: str) -> tuple[np.ndarray, np.ndarray]:
    first = np.array([FIRST_LANGUAGE_ID + LANGUAGES.index(language)])
    parts = []
    for start in range(0, len(rows), 128):
        batch = padded([np.concatenate([first, row]) for row in rows[start : start + 128]]).numpy()
        parts.append(session.run(None, {"input_ids": batch, "mask": (batch > 0).astype(np.float32)}))
    return np.concatenate([e for e, _ in parts]), np.concatenate([p for _, p in parts])


def calibration_error(p: np.ndarray, truth: np.ndarray, bins: int = 15) -> float:
    confidence, right = p.max(1), p.argmax(1) == truth
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(abs((confidence - right)[index == b].sum()) for b in range(bins)) / len(truth))


def measures(p: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    found, classes = p.argmax(1), np.unique(truth)
    recalls = [(found[truth == c] == c).mean() for c in classes]
    f1 = [2 * ((found == c) & (truth == c)).sum() / max(1, (found == c).sum() + (truth == c).sum()) for c in classes]
    return {"sentences": len(truth), "macro_f1": round(float(np.mean(f1)), 4), "uar": round(float(np.mean(recalls)), 4),
            "accuracy": round(float((found == truth).mean()), 4), "ece": round(calibration_error(p, truth), 4)}


def by_lexicon(words: dict[str, float], texts: list[str]) -> np.ndarray:
    """One-hot negative, neutral, positive; the longest entries of up to three words, of up to four characters in Chinese."""
    answers = []
    for text in texts:
        units = list(text) if re.search(r"[\u4e00-\u9fff]", text) else re.findall(r"[^\W_]+|[^\w\s]", text.lower())
        glue = "" if re.search(r"[\u4e00-\u9fff]", text) else " "
        total, at = 0.0, 0
        while at < len(units):
            size = next((n for n in (4, 3, 2, 1) if at + n <= len(units) and glue.join(units[at : at + n]) in words), 0)
            total += words.get(glue.join(units[at : at + size]), 0) if size else 0
            at += max(1, size)
        answers.append(0 if total < -0.5 else 2 if total > 0.5 else 1)
    return np.eye(3)[answers]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lexicon", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    options = parser.parse_args()
    corpora = Corpora(options.data, options.lexicon)
    ids = ids_of(options.work)
    threads = onnxruntime.SessionOptions()
    threads.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(options.models / "sentiment-multi.onnx"), threads, providers=["CPUExecutionProvider"])
    temperatures = json.loads((options.models / "sentiment-multi.json").read_text())["polarityTemperatures"]
    results: dict[str, object] = {}

    cache = options.work / "floors.npz"
    stored = dict(np.load(cache)) if cache.exists() else {}

    def tfidf(rows: np.ndarray, dev: np.ndarray, classes: np.ndarray, key: str) -> list[np.ndarray]:
        if f"{key} 0" not in stored:
            counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), min_df=3, sublinear_tf=True, max_features=150_000)
            x = counts.fit_transform([corpora.texts[i][form] for form in (0, 1) for i in rows])
            model = LogisticRegression(C=4, max_iter=120, tol=1e-3).fit(x, np.tile(classes[rows], 2))
            for form in (0, 1):
                answer = np.zeros((len(dev), classes.max() + 1), np.float32)
                answer[:, model.classes_] = model.predict_proba(counts.transform([corpora.texts[i][form] for i in dev]))
                stored[f"{key} {form}"] = answer
            np.savez(cache, **stored)
        return [stored[f"{key} {form}"] for form in (0, 1)]

    trained = np.isin(corpora.part, ["fit", "calibration"])
    for corpus in ("zh_smp2020", "zh_cluemotion"):
        dev = np.flatnonzero((corpora.part == "dev") & (corpora.corpus == corpus))
        truth = corpora.emotion[dev]
        allowed = np.isin(np.arange(len(LABELS)), np.unique(truth))
        floor = tfidf(np.flatnonzero(trained & (corpora.emotion >= 0)), dev, corpora.emotion, corpus)
        for form, name in enumerate(FORMS):
            e, _ = logits(session, [ids[form][i] for i in dev], "zh")
            results[f"{corpus} {name}"] = measures(softmax(np.where(allowed, e, -1e4)), truth)
            base = floor[form] * allowed
            results[f"{corpus} {name}, TF-IDF"] = measures(base / base.sum(1, keepdims=True), truth)
    for corpus in ["zh_weibo2018", "zh_smp2020", *(f"xlmt_{name}" for name in LANGUAGES if name != "zh")]:
        dev = np.flatnonzero((corpora.part == "dev") & (corpora.corpus == corpus) & (corpora.polarity.max(1) == 1))
        language = corpora.language[dev[0]]
        truth = corpora.polarity[dev].argmax(1)
        allowed = np.isin(np.arange(3), np.unique(truth))
        floor = tfidf(np.flatnonzero(trained & (corpora.corpus == corpus) & (corpora.polarity.max(1) == 1)), dev, corpora.polarity.argmax(1), f"{corpus} polarity")
        words = {}
        if options.lexicon is not None:
            words = {w.lower(): v for w, v in json.loads((options.lexicon / f"AFINN-{language}.json").read_text()).items()}
        for form, name in enumerate(FORMS):
            _, p = logits(session, [ids[form][i] for i in dev], language)
            p /= temperatures.get(f"{language}-Latn", temperatures[language])
            results[f"{corpus} polarity {name}"] = measures(softmax(np.where(allowed, p, -1e4)), truth)
            results[f"{corpus} polarity {name}, TF-IDF"] = measures(floor[form], truth)
            if words:
                lexical = by_lexicon(words, [corpora.texts[i][form] for i in dev]) * allowed
                answer = measures(lexical + 1e-9 * allowed, truth)
                results[f"{corpus} polarity {name}, lexicon"] = {k: v for k, v in answer.items() if k != "ece"}
    for size in (1, 32):
        rows = [np.concatenate([[FIRST_LANGUAGE_ID], ids[0][i]]) for i in np.flatnonzero(corpora.part == "dev")[:320]]
        started = time.perf_counter()
        for start in range(0, len(rows), size):
            batch = padded(rows[start : start + size]).numpy()
            session.run(None, {"input_ids": batch, "mask": (batch > 0).astype(np.float32)})
        results[f"ms_per_sentence_batch_{size}"] = round(1000 * (time.perf_counter() - started) / len(rows), 3)
    if (options.work / "weights.json").exists():
        results["weights of linear and shared part"] = json.loads((options.work / "weights.json").read_text())
    (HERE / "results" / "multi.json").write_text(json.dumps(results, indent=1) + "\n")
    for name, figures in results.items():
        if not isinstance(figures, dict) or "macro_f1" not in figures:
            print(name, figures)
        elif name.endswith(("written", "spoken")):
            floors = [results.get(f"{name}, {floor}", {}).get("macro_f1") for floor in ("TF-IDF", "lexicon")]
            print(f"{name:32} F1 {figures['macro_f1']:.3f}  ECE {figures['ece']:.3f}  TF-IDF {floors[0]}  lexicon {floors[1]}")


if __name__ == "__main__":
    main()
