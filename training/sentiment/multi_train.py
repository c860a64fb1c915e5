"""Trains the shared part, weighs both parts, exports the network.

    python multi_train.py --data TEXT_FOLDER --lexicon AFINN_FOLDER --work WORK_FOLDER --models MODELS_FOLDER [--passes 8]

Targets are half the label, half what the linear model of other folds says. The weights of the two parts are chosen per family of languages
on the calibration sentences, which neither part has seen, and written into the exported network; so is what makes its
probabilities honest. Writes sentiment-multi.onnx (vectors as int8 rows, linear tables as float16), .tokenizer.json and .json.
"""

import argparse
import json
import shutil
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from scipy.optimize import minimize, minimize_scalar
from torch.nn import functional as F

from export import RowQuantized
from multi_corpora import LABELS, LANGUAGES, Corpora
from multi_linear import EMOTION_ROWS, POLARITY_ROWS, padded, softmax
from multi_model import FIRST_LANGUAGE_ID, Features, Linear, MultilingualModel, Shared
from train import batches

FAMILIES = [["ar"], ["de", "en"], ["es", "fr", "it", "pt"], ["zh"]]
"""Languages that share the weights of the two parts; 184 tweets of one alone would say too little."""


def ids_of(work: Path) -> list[list[np.ndarray]]:
    """[form][row] of character ids."""
    stored = np.load(work / "ids.npz")
    ends = np.cumsum(stored["lengths"].ravel())
    flat = stored["flat"].astype(np.int64)
    rows = [flat[start:end] for start, end in zip(np.concatenate([[0], ends[:-1]]), ends)]
    half = stored["lengths"].shape[1]
    return [rows[:half], rows[half:]]


def linear_parts(work: Path) -> tuple[Linear, Linear]:
    stored = np.load(work / "linear.npz")
    known = torch.from_numpy(stored["known"])
    polarity = Linear(POLARITY_ROWS, 3, list(range(len(LANGUAGES))), known)
    # Emotions are known of Chinese alone; asking in another language reads the same table and is not listened to.
    emotion = Linear(EMOTION_ROWS, len(LABELS), [0] * len(LANGUAGES), known)
    with torch.no_grad():
        polarity.table[:-1] = torch.from_numpy(np.concatenate([stored[f"{name}_table"] for name in LANGUAGES]))
        polarity.bias[:] = torch.from_numpy(np.stack([stored[f"{name}_bias"] for name in LANGUAGES]))
        emotion.table[:-1] = torch.from_numpy(stored["emotion_table"])
        emotion.bias[0] = torch.from_numpy(stored["emotion_bias"])
    return emotion, polarity


def train_shared(corpora: Corpora, ids: list[list[np.ndarray]], features: Features, work: Path, options: argparse.Namespace) -> Shared:
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    teacher = np.load(work / "teacher.npz")
    fitted = np.flatnonzero(np.isin(corpora.part, ["fit", "words", "phrases"]))
    known = corpora.emotion >= 0
    emotion = np.zeros((len(known), len(LABELS)), np.float32)
    emotion[known, corpora.emotion[known]] = 1
    polarity = corpora.polarity.copy()
    sentence = corpora.part == "fit"
    polarity[sentence] = 0.5 * polarity[sentence] + 0.5 * teacher["polarity"][sentence]
    soft = sentence & known
    emotion[soft] = 0.5 * emotion[soft] + 0.5 * teacher["emotion"][soft] * corpora.counted[soft]
    emotion /= np.maximum(emotion.sum(1, keepdims=True), 1e-6)
    frequency = np.bincount(corpora.emotion[fitted][known[fitted]], minlength=len(LABELS)) / known[fitted].sum()
    emphasis = np.where(known, (frequency[np.maximum(corpora.emotion, 0)] * len(LABELS)) ** -0.3, 0).astype(np.float32)
    model = Shared(len(LABELS), len(LANGUAGES))
    index = np.array([LANGUAGES.index(name) for name in corpora.language])
    # The corpora of one language are large, those of the others small.
    sizes = {name: (corpora.language[fitted] == name).sum() for name in LANGUAGES}
    chances = corpora.weight[fitted] * np.array([sizes[name] ** -0.4 for name in corpora.language[fitted]])
    chances /= chances.sum()
    lengths = np.array([[len(row) for row in form] for form in ids])
    tables = [model.vectors.weight]
    others = [p for name, p in model.named_parameters() if not name.startswith("vectors")]
    optimizer = torch.optim.AdamW([{"params": tables, "weight_decay": 0.03}, {"params": others, "weight_decay": 0.02}], lr=2e-3, betas=(0.9, 0.98), fused=True)
    size, drawn_count = 128, options.rows
    steps = options.passes * (drawn_count // size + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, steps, pct_start=0.15)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995))
    started = time.monotonic()
    for done in range(options.passes):
        model.train()
        drawn = rng.choice(fitted, drawn_count, p=chances)
        form = rng.integers(0, 2, len(known))
        row_lengths = lengths[form, np.arange(len(known))]
        losses = []
        for rows in batches(drawn[row_lengths[drawn] > 0], row_lengths, size, rng):
            batch = padded([ids[form[row]][row][: options.longest] for row in rows])
            mask = (batch > 0).float()
            with torch.no_grad():
                numbers, exists = features(batch, mask)
            with torch.autocast("cpu", torch.bfloat16):
                e, p = model(numbers, exists, mask, torch.from_numpy(index[rows]))
            e = e.float().masked_fill(~torch.from_numpy(corpora.counted[rows]), -1e4)
            by_label = -(torch.from_numpy(emotion[rows]) * F.log_softmax(e, -1).clamp(min=-30)).sum(1) * torch.from_numpy(emphasis[rows])
            by_polarity = -(torch.from_numpy(polarity[rows]) * F.log_softmax(p.float(), -1)).sum(1)
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


def judged(model: MultilingualModel, corpora: Corpora, ids: list[np.ndarray], rows: np.ndarray) -> dict[str, np.ndarray]:
    """Logits of each part by itself; the shared part's before its weight."""
    found: dict[str, list] = {"linear_emotion": [], "linear_polarity": [], "shared_emotion": [], "shared_polarity": []}
    with torch.no_grad():
        for start in range(0, len(rows), 256):
            part = rows[start : start + 256]
            batch = padded([ids[row] for row in part])
            mask = (batch > 0).float()
            language = torch.tensor([LANGUAGES.index(corpora.language[row]) for row in part])
            numbers, exists = model.features(batch, mask)
            e, p = model.shared(numbers, exists, mask, language)
            for name, value in (("linear_emotion", model.emotion(numbers, exists, language)), ("linear_polarity", model.polarity(numbers, exists, language)),
                                ("shared_emotion", e), ("shared_polarity", p)):
                found[name].append(value.numpy())
    return {name: np.concatenate(parts) for name, parts in found.items()}


def weights_of(linear: np.ndarray, shared: np.ndarray, shares: np.ndarray, pull: float = 8.0) -> tuple[float, float]:
    """
    Factors of both parts with the least log-loss, pulled towards a half each as by `pull` sentences. Neither vanishes: tweets
    calibrate, and the shared part alone knows the word lists that other texts need.
    """
    def loss(w: np.ndarray) -> float:
        p = softmax(w[0] * linear + w[1] * shared)
        return float(-(shares * np.log(p + 1e-9)).sum() + pull * ((w - 0.5) ** 2).sum())

    return tuple(minimize(loss, np.array([0.5, 0.5]), method="L-BFGS-B", bounds=[(0.2, 2), (0.3, 2)]).x)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lexicon", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=8)
    parser.add_argument("--rows", type=int, default=30_000, help="sentences drawn a pass")
    parser.add_argument("--longest", type=int, default=128, help="characters of a sentence in training")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reuse", action="store_true", help="take the shared part of the last run")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpora = Corpora(options.data, options.lexicon)
    ids = ids_of(options.work)
    layout = json.loads((options.work / "layout.json").read_text())
    features = Features(layout["firstInitial"], layout["firstHan"])
    if options.reuse:
        shared = Shared(len(LABELS), len(LANGUAGES)).eval()
        shared.load_state_dict(torch.load(options.work / "shared.pt", weights_only=True))
    else:
        shared = train_shared(corpora, ids, features, options.work, options)
        torch.save(shared.state_dict(), options.work / "shared.pt")
    shared.vectors = RowQuantized(shared.vectors.weight.detach())
    emotion, polarity = linear_parts(options.work)
    model = MultilingualModel(features, emotion, polarity, shared, len(LANGUAGES)).eval()

    tuning = np.flatnonzero(corpora.part == "calibration")
    both = [judged(model, corpora, ids[form], tuning) for form in (0, 1)]
    found = {name: np.concatenate([form[name] for form in both]) for name in both[0]}
    language, shares = np.tile(corpora.language[tuning], 2), np.tile(corpora.polarity[tuning], (2, 1))
    by_language = {}
    for family in FAMILIES:
        mine = np.isin(language, family)
        by_language |= dict.fromkeys(family, np.array(weights_of(found["linear_polarity"][mine], found["shared_polarity"][mine], shares[mine])))
    # Hindi's tweets, in Latin letters, are labelled too loosely to weigh anything: it takes the other families' mean weights, and
    # a temperature of its own for Latin letters.
    by_language["hi"] = np.mean([by_language[name] for name in ("ar", "de", "es")], 0)
    hindi = language == "hi"
    latin = by_language["hi"][0] * found["linear_polarity"][hindi] + by_language["hi"][1] * found["shared_polarity"][hindi]
    latin_temperature = float(minimize_scalar(lambda t: -(shares[hindi] * np.log(softmax(latin / t) + 1e-9)).sum(), bounds=(0.5, 12), method="bounded").x)
    weights = {}
    for index, name in enumerate(LANGUAGES):
        a, b = by_language[name]
        weights[name] = [round(float(a), 3), round(float(b), 3)]
        offset, rows = int(polarity.offsets[index]), POLARITY_ROWS[index]
        with torch.no_grad():
            polarity.table[offset : offset + rows, :-1] *= a
            polarity.bias[index] *= a
            model.polarity_weight[index] = b
    labelled = np.tile(corpora.emotion[tuning], 2) >= 0
    counted = np.tile(corpora.counted[tuning], (2, 1))[labelled]
    truth = np.eye(len(LABELS))[np.tile(corpora.emotion[tuning], 2)[labelled]]
    blind = np.where(counted, 0, -1e4)
    a, b = weights_of(found["linear_emotion"][labelled] + blind, found["shared_emotion"][labelled] + blind, truth)
    weights["emotion"] = [round(float(a), 3), round(float(b), 3)]
    with torch.no_grad():
        emotion.table[:, :-1] *= a
        emotion.bias *= a
        model.emotion_weight[:] = b
    emotion.table, polarity.table = emotion.table.half(), polarity.table.half()
    print("weights of linear and shared part", weights)

    sample = torch.randint(layout["firstInitial"], layout["size"], (3, 17))
    sample[:, 0] = torch.tensor([2, 5, 10])
    sample[0, 6:] = 0
    path = options.models / "sentiment-multi.onnx"
    torch.onnx.export(
        model, (sample, (sample > 0).float()), str(path), input_names=["input_ids", "mask"], output_names=["emotion_logits", "polarity_logits"],
        dynamic_axes={n: {0: "batch", 1: "length"} for n in ("input_ids", "mask")} | {n: {0: "batch"} for n in ("emotion_logits", "polarity_logits")},
        opset_version=17, dynamo=False,
    )
    shutil.copy(options.work / "multi.tokenizer.json", options.models / "sentiment-multi.tokenizer.json")
    threads = onnxruntime.SessionOptions()
    threads.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), threads, providers=["CPUExecutionProvider"])
    rows = tuning[:: max(1, len(tuning) // 64)]
    batch = padded([np.concatenate([[FIRST_LANGUAGE_ID + LANGUAGES.index(corpora.language[row])], ids[0][row]]) for row in rows])
    mask = (batch > 0).float()
    with torch.no_grad():
        expected = model(batch, mask)
    for got, want in zip(session.run(None, {"input_ids": batch.numpy(), "mask": mask.numpy()}), expected):
        assert np.abs(got - want.numpy()).max() < 1e-3, np.abs(got - want.numpy()).max()
    calibration = {
        "labels": LABELS, "emotionLanguages": ["zh"], "emotionTemperature": 1,
        "languageTokenIds": {name: FIRST_LANGUAGE_ID + index for index, name in enumerate(LANGUAGES)},
        "polarityTemperatures": {**{name: 1 for name in LANGUAGES}, "hi-Latn": round(latin_temperature, 3)},
    }
    (options.models / "sentiment-multi.json").write_text(json.dumps(calibration, indent=2) + "\n")
    (options.work / "weights.json").write_text(json.dumps(weights))
    print(path.stat().st_size, "bytes,", sum(p.numel() for p in model.parameters()) + sum(b.numel() for n, b in model.named_buffers() if "table" in n or n.endswith(".rows")), "parameters")


if __name__ == "__main__":
    main()
