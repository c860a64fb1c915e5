"""Trains, calibrates, measures and exports the multilingual model: six Chinese emotions and disgust, polarity in nine languages.

    python multilingual.py --data TEXT_FOLDER --work WORK_FOLDER --models MODELS_FOLDER [--passes 14] [--seed 1]

The network is the English model's (`model.py`) with a vocabulary of its own and seven labels that exclude one another. Every sentence
is seen as written and as a recogniser gives it. A tenth of the training sentences calibrates; the dev splits are only measured, beside
TF-IDF of characters with logistic regression. Writes sentiment-multi.{onnx,tokenizer.json,json} and results/multilingual.json.
"""

import argparse
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from torch.nn import functional as F

from evaluate import run, softmax
from export import RowQuantized
from measures import macro_f1_of_classes
from model import SentimentModel
from prepare import HERE, encode, padded, read_tsv, tokenizer_command
from train import batches, logits_of

LABELS = ["anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise"]
"""GoEmotions' names for what the Chinese corpora call happy, like, angry and so on."""
CHINESE = {
    "zh_smp2020": {"happy": "joy", "angry": "anger", "sad": "sadness", "fear": "fear", "surprise": "surprise", "neutral": "neutral"},
    "zh_cluemotion": {"happiness": "joy", "like": "joy", "anger": "anger", "disgust": "disgust", "sadness": "sadness", "fear": "fear", "surprise": "surprise"},
}
POLARITY = {"joy": (0, 0, 1), "neutral": (0, 1, 0), "surprise": (0.2, 0.6, 0.2)}
"""Negative, neutral, positive of a label; the others are negative."""
LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "it", "pt", "zh"]
VOCABULARY_SIZE = 20_000
FOLDS = 5


def clean(text: str) -> str:
    """Without what is no language: user names, addresses, the marks of reposts."""
    text = re.sub(r"(?:RT\s+)?(?:@user|//@[^:：\s]*[:：]?|@\S+)|https?://\S*|\bhttps?\b|\{%|%\}", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def spoken(text: str) -> str:
    """What a recogniser gives: no capitals, punctuation, digits, emoji or [emoticons]."""
    text = re.sub(r"\[[^\]\s]{1,8}\]", " ", text.lower().replace("’", "'"))
    text = "".join(letter if letter.isalpha() or letter in "'’" or "\u0300" <= letter <= "\u036f" or "\u0900" <= letter <= "\u097f" or "\u064b" <= letter <= "\u0652"
                   else " " for letter in text)
    return re.sub(r"\s+", " ", text).strip()


class Examples:
    """Rows of all corpora: texts in both forms, targets with NaN where a corpus has none, which labels count, which part."""

    def __init__(self, data: Path) -> None:
        self.texts: list[tuple[str, str]] = []
        emotions, counted, polarity, part, language, corpus = [], [], [], [], [], []

        def add(text: str, label: str | None, shares: tuple[float, ...], split: str, tongue: str, source: str) -> None:
            written = clean(text)
            if not spoken(written) and not written:
                return
            self.texts.append((written, spoken(written) or written))
            emotions.append(-1 if label is None else LABELS.index(label))
            # What a corpus cannot say is neither right nor wrong: anger and disgust, joy and a neutral remark.
            blind = {"disgust"} if source == "zh_smp2020" and label == "anger" else {"neutral"} if source == "zh_cluemotion" else set()
            counted.append([name not in blind for name in LABELS])
            polarity.append(shares)
            part.append(split)
            language.append(tongue)
            corpus.append(source)

        for source, names in CHINESE.items():
            for index, (split, _, label, text) in enumerate(read_tsv(data / f"{source}.tsv.xz")):
                name = names[label]
                add(text, name, POLARITY.get(name, (1, 0, 0)), self._part(split, index), "zh", source)
        for index, (_, _, label, text) in enumerate(read_tsv(data / "zh_weibo2018.tsv.xz")):
            add(text, None, (1, 0, 0) if label == "negative" else (0, 0, 1), "dev" if index % 10 == 8 else self._part("train", index), "zh", "zh_weibo2018")
        for index, (split, tongue, label, text) in enumerate(read_tsv(data / "xlmt.tsv.xz")):
            shares = {"negative": (1, 0, 0), "neutral": (0, 1, 0), "positive": (0, 0, 1)}[label]
            add(text, None, shares, self._part(split, index), tongue, f"xlmt {tongue}")
        self.emotions, self.counted = np.array(emotions), np.array(counted)
        self.polarity = np.array(polarity, np.float32)
        self.part, self.language, self.corpus = np.array(part), np.array(language), np.array(corpus)

    @staticmethod
    def _part(split: str, index: int) -> str:
        if split != "train":
            return "dev"
        return "calibration" if index % 10 == 9 else "fit"


def tokenized(examples: Examples, tokenize: str, tokenizer: Path) -> np.ndarray:
    """[rows, 2, 64]: written and spoken."""
    lines = "".join(f"{4 if examples.language[i] == 'zh' else 10}\t{text}\n" for i, pair in enumerate(examples.texts)
                    if examples.part[i] != "dev" for text in pair)
    subprocess.run(tokenizer_command(tokenize, "build", str(tokenizer), str(VOCABULARY_SIZE)), input=lines, text=True, check=True, cwd=HERE)
    return np.stack([padded(encode(tokenize, tokenizer, [pair[form] for pair in examples.texts])) for form in (0, 1)], 1)


def linear(examples: Examples, rows: np.ndarray, judged: list[list[str]], classes: np.ndarray, weight: float) -> list[np.ndarray]:
    """Probabilities of classes 0…n of each list of texts, by character n-grams; fitted on both forms of `rows`."""
    counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), min_df=3, sublinear_tf=True, max_features=150_000)
    x = counts.fit_transform([examples.texts[i][form] for form in (0, 1) for i in rows])
    model = LogisticRegression(C=weight, max_iter=120).fit(x, np.tile(classes[rows], 2))
    answers = []
    for texts in judged:
        found = np.zeros((len(texts), classes.max() + 1), np.float32)
        found[:, model.classes_] = model.predict_proba(counts.transform(texts))
        answers.append(found)
    return answers


def teach(examples: Examples, rows: np.ndarray, classes: np.ndarray, weight: float) -> np.ndarray:
    """What a linear model says of sentences it was not fitted on, in five folds; [rows, classes]."""
    soft = np.zeros((len(rows), classes.max() + 1), np.float32)
    fold = np.arange(len(rows)) % FOLDS
    for held in range(FOLDS):
        (soft[fold == held],) = linear(examples, rows[fold != held], [[examples.texts[i][0] for i in rows[fold == held]]], classes, weight)
    return soft


def train(examples: Examples, ids: np.ndarray, targets: np.ndarray, shares: np.ndarray, options: argparse.Namespace) -> SentimentModel:
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    model = SentimentModel(int(ids.max()) + 1, len(LABELS), bigram_rows=40_960, blocks=1, dropout=0.4)
    with torch.no_grad():
        model.tokens.weight.mul_(0.35)
    fit = np.flatnonzero(examples.part == "fit")
    known = examples.emotions >= 0
    frequency = np.bincount(examples.emotions[fit][known[fit]], minlength=len(LABELS)) / known[fit].sum()
    emphasis = np.where(known, (frequency[np.maximum(examples.emotions, 0)] * len(LABELS)) ** -0.35, 0).astype(np.float32)
    # The corpora of one language are large, those of the others small.
    sizes = {name: (examples.corpus[fit] == name).sum() for name in np.unique(examples.corpus)}
    chances = np.array([sizes[name] ** -0.3 for name in examples.corpus[fit]])
    chances /= chances.sum()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.02, betas=(0.9, 0.98), fused=True)
    size = 96
    steps = options.passes * (len(fit) // size + 2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, steps, pct_start=0.15)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995))
    counted = torch.from_numpy(examples.counted)
    started = time.monotonic()
    for done in range(options.passes):
        model.train()
        form = rng.integers(0, 2, len(ids))
        rows_ids = ids[np.arange(len(ids)), form]
        lengths = (rows_ids > 0).sum(1)
        drawn = rng.choice(fit, len(fit), p=chances)
        losses = []
        for rows in batches(drawn[lengths[drawn] > 0], lengths, size, rng):
            batch = rows_ids[rows][:, : max(1, lengths[rows].max())].astype(np.int64)
            drop = (rng.random(batch.shape) < 0.15) & (batch > 0) & (lengths[rows] > 3)[:, None]
            batch = torch.from_numpy(np.where(drop, 1, batch))
            e, p = model(batch, (batch > 0).float())
            e = e.masked_fill(~counted[rows], -1e4)
            by_label = -(torch.from_numpy(targets[rows]) * F.log_softmax(e, -1)).sum(1) * torch.from_numpy(emphasis[rows])
            by_polarity = -(torch.from_numpy(shares[rows]) * F.log_softmax(p, -1)).sum(1)
            loss = by_label.mean() + by_polarity.mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            if schedule.last_epoch < steps - 1:
                schedule.step()
            average.update_parameters(model)
            losses.append(loss.item())
        print(f"pass {done + 1}  loss {np.mean(losses):.3f}  {time.monotonic() - started:.0f} s", flush=True)
    return average.module.eval()


def temperature_of(logits: np.ndarray, shares: np.ndarray) -> float:
    return float(minimize_scalar(lambda t: -(shares * np.log(softmax(logits / t) + 1e-9)).sum(), bounds=(0.4, 5), method="bounded").x)


def calibration_error(p: np.ndarray, truth: np.ndarray, bins: int = 10) -> float:
    confidence, right = p.max(1), p.argmax(1) == truth
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(abs((confidence - right)[index == b].sum()) for b in range(bins)) / len(truth))


def measures(p: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    classes = np.unique(truth)
    recalls = [float((p.argmax(1)[truth == c] == c).mean()) for c in classes]
    f1 = [2 * ((p.argmax(1) == c) & (truth == c)).sum() / max(1, (p.argmax(1) == c).sum() + (truth == c).sum()) for c in classes]
    return {"sentences": len(truth), "macro_f1": round(float(np.mean(f1)), 4), "uar": round(float(np.mean(recalls)), 4),
            "accuracy": round(float((p.argmax(1) == truth).mean()), 4), "ece": round(calibration_error(p, truth), 4)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokenize", default=str(HERE / "tokenize-text.ts"))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    examples = Examples(options.data)
    tokenizer = (options.work / "multi-tokenizer.json").resolve()
    ids = tokenized(examples, options.tokenize, tokenizer)
    fit, part = np.flatnonzero(examples.part == "fit"), examples.part
    for name in np.unique(examples.corpus):
        print(name, {p: int(((examples.corpus == name) & (part == p)).sum()) for p in ("fit", "calibration", "dev")})

    emotional = fit[examples.emotions[fit] >= 0]
    targets = np.zeros((len(ids), len(LABELS)), np.float32)
    has = examples.emotions >= 0
    targets[has, examples.emotions[has]] = 1
    targets[emotional] = 0.5 * targets[emotional] + 0.5 * teach(examples, emotional, examples.emotions, 4) * examples.counted[emotional]
    targets /= np.maximum(targets.sum(1, keepdims=True), 1e-6)
    shares = examples.polarity.copy()
    for tongue in LANGUAGES:
        mine = fit[examples.language[fit] == tongue]
        shares[mine] = 0.5 * shares[mine] + 0.5 * teach(examples, mine, examples.polarity.argmax(1), 4)
    model = train(examples, ids, targets, shares, options)
    print("parameters", sum(p.numel() for p in model.parameters()))

    model.tokens, model.bigrams = RowQuantized(model.tokens.weight.detach()), RowQuantized(model.bigrams.weight.detach())
    sample = torch.randint(1, 1000, (3, 16))
    sample[0, 5:] = 0
    path = options.models / "sentiment-multi.onnx"
    torch.onnx.export(
        model, (sample, (sample > 0).float()), str(path), input_names=["input_ids", "mask"], output_names=["emotion_logits", "polarity_logits"],
        dynamic_axes={n: {0: "batch", 1: "length"} for n in ("input_ids", "mask")} | {n: {0: "batch"} for n in ("emotion_logits", "polarity_logits")},
        opset_version=17, dynamo=False,
    )
    shutil.copy(tokenizer, options.models / "sentiment-multi.tokenizer.json")
    threads = onnxruntime.SessionOptions()
    threads.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), threads, providers=["CPUExecutionProvider"])

    tuning = np.flatnonzero(part == "calibration")
    both = lambda rows: np.concatenate([ids[rows, form] for form in (0, 1)])
    with_label = tuning[examples.emotions[tuning] >= 0]
    e, _ = run(session, both(with_label))
    e = np.where(np.tile(examples.counted[with_label], (2, 1)), e, -1e4)
    emotion_temperature = temperature_of(e, np.tile(np.eye(len(LABELS))[examples.emotions[with_label]], (2, 1)))
    _, p = run(session, both(tuning))
    language, polarity = np.tile(examples.language[tuning], 2), np.tile(examples.polarity[tuning], (2, 1))
    temperatures = {tongue: round(temperature_of(p[language == tongue], polarity[language == tongue]), 4) for tongue in LANGUAGES}
    calibration = {"labels": LABELS, "emotionLanguages": ["zh"], "emotionTemperature": round(emotion_temperature, 4), "polarityTemperatures": temperatures}
    (options.models / "sentiment-multi.json").write_text(json.dumps(calibration, indent=2) + "\n")

    results: dict[str, object] = {"calibration": calibration}
    for corpus in ("zh_smp2020", "zh_cluemotion"):
        rows = np.flatnonzero((part == "dev") & (examples.corpus == corpus))
        present = np.unique(examples.emotions[rows])
        allowed = np.isin(np.arange(len(LABELS)), present)
        base = linear(examples, emotional, [[examples.texts[i][form] for i in rows] for form in (0, 1)], examples.emotions, 4)
        for form, name in ((0, "written"), (1, "spoken")):
            e, _ = run(session, ids[rows, form])
            found = softmax(np.where(allowed, e / emotion_temperature, -1e4))
            results[f"{corpus} {name}"] = measures(found, examples.emotions[rows])
            results[f"{corpus} {name}, TF-IDF"] = measures(base[form] * allowed / (base[form] * allowed).sum(1, keepdims=True), examples.emotions[rows])
    for corpus in ["zh_weibo2018", *(f"xlmt {tongue}" for tongue in LANGUAGES if tongue != "zh")]:
        rows = np.flatnonzero((part == "dev") & (examples.corpus == corpus))
        tongue = examples.language[rows[0]]
        mine = fit[examples.corpus[fit] == corpus]
        truth = examples.polarity[rows].argmax(1)
        allowed = np.isin(np.arange(3), np.unique(truth))
        base = linear(examples, mine, [[examples.texts[i][form] for i in rows] for form in (0, 1)], examples.polarity.argmax(1), 4)
        for form, name in ((0, "written"), (1, "spoken")):
            _, p = run(session, ids[rows, form])
            results[f"{corpus} {name}"] = measures(softmax(np.where(allowed, p / temperatures[tongue], -1e4)), truth)
            results[f"{corpus} {name}, TF-IDF"] = measures(base[form], truth)
    one = ids[np.flatnonzero(part == "dev")[:300], 0]
    started = time.perf_counter()
    for row in one:
        run(session, row[None])
    results["ms_per_sentence_alone"] = round(1000 * (time.perf_counter() - started) / len(one), 3)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "multilingual.json").write_text(json.dumps(results, indent=1) + "\n")
    for name, figures in results.items():
        print(name, figures)


if __name__ == "__main__":
    main()
