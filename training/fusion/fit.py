"""Pairs what voices and texts were judged to say, learns how far to trust each side, and measures the fusion.

  python training/fusion/fit.py --work DIR [--write src/stages/fusion/learnt-trust.ts] [--results training/fusion/results.json]

No corpus within reach has spontaneous speech with both sides labelled, so a turn is made of a clip and a sentence (`judge-sides.ts`)
by four recipes whose shares stand below. What is learnt is therefore how trust depends on length, noise, recognition and sureness;
what is measured is fusion under these recipes, not in a call. Fitted on the set `fit`, measured on `dev`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

CATEGORIES = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgusted", "surprised")
BASE = np.array([0.22, 0.13, 0.16, 0.12, 0.14, 0.09, 0.06, 0.08])
"""`baseRates` of src/stages/fusion/log-linear-pool.ts: how often a person feels what, before anything is heard."""
VOICE_PRIOR = np.full(8, 0.125)
FLOOR = 0.005
RECIPES = {"both sides say it": 0.45, "plain words": 0.25, "flat voice": 0.15, "kind words in an unpleasant voice": 0.15}
UNPLEASANT = ("angry", "sad", "disgusted")
CUES = {
    "pitchVsBaselinePct": (15, [-0.15, -0.25, 0.3, -0.25, 0.25, 0.35, 0, 0.4]),
    "loudnessVsBaselineDb": (5, [-0.1, -0.35, 0.2, -0.4, 0.5, -0.05, 0, 0.15]),
    "rateVsBaselinePct": (20, [0, -0.3, 0.2, -0.4, 0.25, 0.3, -0.15, 0.15]),
}
"""Unit and coefficients of src/stages/fusion/acoustic-cues.ts."""
PARAMETERS = {
    # name: (start, low, high). The bounds keep what the pairs cannot teach: a neutral side keeps some say, or a neutral turn would be
    # unknown; a less sure side never gains; one word is less than ten; no voice silences words altogether.
    "bestVoice": (0.8, 0, 1), "voiceTimeConstantMs": (800, 100, 3000), "halfWorthSnrDb": (6, -10, 20), "snrSlopeDb": (4, 2, 15),
    "unknownVoiceFactor": (0.35, 0, 1), "neutralVoiceFactor": (0.5, 0.2, 1), "unsureVoiceFactor": (0.5, 0, 0.9), "cueFactor": (1, 0, 2),
    "bestText": (1, 0, 1), "wordsForHalf": (0.7, 0.3, 10), "sttExponent": (0.5, 0, 3), "neutralTextFactor": (0.25, 0.25, 1),
    "unsureTextFactor": (0.75, 0, 0.9), "contradictionLoss": (0.6, 0, 0.9),
}


def table(rows: list[dict], side: str) -> dict[str, np.ndarray]:
    columns = {
        "truth": np.array([CATEGORIES.index(row["truth"]) for row in rows]),
        "p": np.array([[row[side]["categories"][name] for name in CATEGORIES] for row in rows]),
        "valence": np.array([row[side]["valence"] for row in rows]),
        "confidence": np.array([row[side]["confidence"] for row in rows]),
    }
    if side == "voice":
        columns["unknown"] = np.array([row[side]["label"] == "unknown" for row in rows])
        columns["ms"] = np.array([row["speechDurationMs"] for row in rows], float)
        columns["snr"] = np.array([row["snrDb"] for row in rows], float)
        columns["lean"] = np.array([lean_of(row[side]["acoustics"]) for row in rows])
    else:
        columns["words"] = np.array([row["wordCount"] for row in rows], float)
        columns["heard"] = np.array([1.0 if row["sttConfidence"] is None else row["sttConfidence"] for row in rows])
    return columns


def lean_of(acoustics: dict) -> np.ndarray:
    lean = np.zeros(8)
    for name, (unit, coefficients) in CUES.items():
        if acoustics[name] is not None:
            lean += np.clip(acoustics[name] / unit, -2, 2) * np.array(coefficients)
    return lean


def pairs_of(voices: list[dict], texts: list[dict], count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Indices of clips and sentences, what the person feels, and the recipe."""
    chance = np.random.default_rng(seed)
    by = {side: {name: [i for i, row in enumerate(rows) if row["truth"] == name] for name in CATEGORIES}
          for side, rows in (("voice", voices), ("text", texts))}
    clips, sentences, truths, recipes = [], [], [], []
    names = list(RECIPES)
    while len(clips) < count:
        felt = CATEGORIES[chance.choice(8, p=BASE)]
        recipe = int(chance.choice(len(names), p=list(RECIPES.values())))
        spoken, sounds = felt, felt
        if names[recipe] == "plain words":
            spoken = "neutral"
        elif names[recipe] == "flat voice":
            sounds = "neutral"
        elif names[recipe] == "kind words in an unpleasant voice":
            felt = sounds = UNPLEASANT[chance.integers(3)]
            spoken = "happy"
        if felt == "neutral" and recipe in (1, 2) or not by["voice"][sounds] or not by["text"][spoken]:
            continue
        clips.append(by["voice"][sounds][chance.integers(len(by["voice"][sounds]))])
        sentences.append(by["text"][spoken][chance.integers(len(by["text"][spoken]))])
        truths.append(CATEGORIES.index(felt))
        recipes.append(recipe)
    return np.array(clips), np.array(sentences), np.array(truths), np.array(recipes)


def fuse(v: dict, t: dict, x: dict[str, float], text_prior: np.ndarray, *, voice: bool = True, text: bool = True) -> np.ndarray:
    """The same as `pool` of src/stages/fusion/late-fusion.ts; v and t are rows of `table`."""
    leant = v["p"] * np.exp(x["cueFactor"] * v["lean"])
    leant = leant / leant.sum(axis=1, keepdims=True)
    middle = (leant + t["p"]) / 2
    bits = sum((side / 2 * np.log2(np.maximum(side, 1e-12) / middle)).sum(axis=1) for side in (leant, t["p"]))
    voice_trust = (x["bestVoice"] * (1 - np.exp(-v["ms"] / x["voiceTimeConstantMs"]))
                   / (1 + np.exp(-(v["snr"] - x["halfWorthSnrDb"]) / x["snrSlopeDb"]))
                   * np.where(v["unknown"], x["unknownVoiceFactor"], 1) * (1 - (1 - x["neutralVoiceFactor"]) * v["p"][:, 0])
                   * (x["unsureVoiceFactor"] + (1 - x["unsureVoiceFactor"]) * v["confidence"]))
    over = np.maximum(0, t["valence"] - 0.5) * np.maximum(0, 0.5 - v["valence"]) * 4
    sincere = 1 - x["contradictionLoss"] * np.clip(bits, 0, 1) * np.minimum(1, np.sqrt(over)) if voice else 1
    text_trust = (x["bestText"] * t["words"] / (t["words"] + x["wordsForHalf"]) * t["heard"] ** x["sttExponent"]
                  * (1 - (1 - x["neutralTextFactor"]) * t["p"][:, 0]) * sincere
                  * (x["unsureTextFactor"] + (1 - x["unsureTextFactor"]) * t["confidence"]))
    logits = np.log(BASE)[None].repeat(len(v["ms"]), axis=0)
    if voice:
        logits = logits + voice_trust[:, None] * np.log(np.maximum(FLOOR, leant) / VOICE_PRIOR)
    if text:
        logits = logits + text_trust[:, None] * np.log(np.maximum(FLOOR, t["p"]) / text_prior)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def uar(truth: np.ndarray, guess: np.ndarray) -> float:
    return float(np.mean([(guess[truth == label] == label).mean() for label in np.unique(truth)]))


def ece(p: np.ndarray, truth: np.ndarray) -> float:
    confidence, right = p.max(axis=1), p.argmax(axis=1) == truth
    bins = np.minimum((confidence * 10).astype(int), 9)
    return float(sum((bins == b).sum() * abs(confidence[bins == b].mean() - right[bins == b].mean()) for b in range(10) if (bins == b).any()) / len(truth))


def rows_at(columns: dict[str, np.ndarray], index: np.ndarray) -> dict[str, np.ndarray]:
    return {name: values[index] for name, values in columns.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--write", type=Path, help="the TypeScript file with the constants")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--pairs", type=int, default=6000)
    options = parser.parse_args()
    raw = {side: [json.loads(line) for line in (options.work / f"{side}s.jsonl").read_text().splitlines()] for side in ("voice", "text")}
    of = {(side, name): [row for row in rows if row["set"] == name] for side, rows in raw.items() for name in ("fit", "dev")}
    columns = {key: table(rows, key[0]) for key, rows in of.items()}
    text_prior = np.stack([columns["text", "fit"]["p"][columns["text", "fit"]["truth"] == label].mean(axis=0) for label in range(8)
                           if (columns["text", "fit"]["truth"] == label).any()])
    present = [label for label in range(8) if (columns["text", "fit"]["truth"] == label).any()]
    text_prior = np.average(text_prior, axis=0, weights=BASE[present])

    clips, sentences, truths, _ = pairs_of(of["voice", "fit"], of["text", "fit"], options.pairs, 3)
    v, t = rows_at(columns["voice", "fit"], clips), rows_at(columns["text", "fit"], sentences)
    names = list(PARAMETERS)
    spans = np.array([(low, high) for _, low, high in PARAMETERS.values()], float)
    start = np.array([value for value, _, _ in PARAMETERS.values()], float)

    def unscaled(z: np.ndarray) -> dict[str, float]:
        return dict(zip(names, spans[:, 0] + z * (spans[:, 1] - spans[:, 0])))

    def loss(z: np.ndarray) -> float:
        x = unscaled(z)
        total = 0.0
        # One side alone must be calibrated too: that is what a counterfactual says.
        for sides, share in (({}, 0.6), ({"text": False}, 0.2), ({"voice": False}, 0.2)):
            p = fuse(v, t, x, text_prior, **sides)
            total -= share * np.log(p[np.arange(len(truths)), truths] + 1e-9).mean()
        return total + 0.002 * float(((z - z0) ** 2).sum())

    z0 = (start - spans[:, 0]) / (spans[:, 1] - spans[:, 0])
    found = minimize(loss, z0, bounds=[(0, 1)] * len(names), method="L-BFGS-B")
    x = unscaled(found.x)
    print(f"log loss on fit {loss(z0):.4f} by judgement, {found.fun:.4f} learnt")
    print({name: round(value, 3) for name, value in x.items()})

    clips, sentences, truths, recipes = pairs_of(of["voice", "dev"], of["text", "dev"], options.pairs, 4)
    v, t = rows_at(columns["voice", "dev"], clips), rows_at(columns["text", "dev"], sentences)
    start_x = dict(zip(names, start))
    answers = {
        "voice only": fuse(v, t, x, text_prior, text=False), "text only": fuse(v, t, x, text_prior, voice=False),
        "fused, constants by judgement": fuse(v, t, start_x, text_prior), "fused, learnt": fuse(v, t, x, text_prior),
    }
    result: dict[str, object] = {"pairs": len(truths), "constants": x, "textPrior": text_prior.tolist(), "table": {}}
    for name, p in answers.items():
        row = {"all": uar(truths, p.argmax(axis=1)), "ece": ece(p, truths), "log loss": float(-np.log(p[np.arange(len(truths)), truths]).mean())}
        for index, recipe in enumerate(RECIPES):
            mine = recipes == index
            row[recipe] = uar(truths[mine], p[mine].argmax(axis=1))
        result["table"][name] = row
        print(f"{name:32}", {key: round(value, 3) for key, value in row.items()})
    best = max(("voice only", "text only"), key=lambda name: result["table"][name]["all"])
    chance = np.random.default_rng(9)
    differences = []
    clip_ids, sentence_ids = np.unique(clips), np.unique(sentences)
    for _ in range(1000):
        # Clips and sentences are drawn anew, not pairs: a clip that is easy is easy in all its pairs.
        weight = (np.bincount(chance.choice(clip_ids, len(clip_ids)), minlength=clips.max() + 1)[clips]
                  * np.bincount(chance.choice(sentence_ids, len(sentence_ids)), minlength=sentences.max() + 1)[sentences])
        recalls = []
        for name in ("fused, learnt", best):
            right = answers[name].argmax(axis=1) == truths
            recalls.append(np.mean([(right * weight)[truths == label].sum() / max(1, weight[truths == label].sum()) for label in np.unique(truths)]))
        differences.append(recalls[0] - recalls[1])
    low, high = np.percentile(differences, [2.5, 97.5])
    result["gain over " + best] = {"mean": float(np.mean(differences)), "low": float(low), "high": float(high)}
    print(f"fused − {best}: {np.mean(differences):+.3f} [{low:+.3f}, {high:+.3f}]")
    if options.results:
        options.results.write_text(json.dumps(result, indent=1) + "\n")
    if options.write:
        body = "\n".join(f"  {name}: {value:.4g}," for name, value in x.items())
        prior = "\n".join(f"  {name}: {value:.4f}," for name, value in zip(CATEGORIES, text_prior / text_prior.sum()))
        options.write.write_text(f'''/**
 * How far each side of the fusion is trusted: written by training/fusion/fit.py, which also measures it. Not edited by hand.
 */
export const learntTrust = {{
{body}
}} as const;

/** What the text model says on average, every category as frequent as `baseRates` has it. */
export const textPrior = {{
{prior}
}} as const;
''')


if __name__ == "__main__":
    main()
