"""The multilingual corpora as rows: two forms of every text, emotion, polarity, which part it belongs to.

Parts: `fit` and `calibration` (every tenth sentence of a train split), `dev` (a corpus's own dev or test split; every tenth of
Weibo 2018, which has none), `words` (AFINN in the languages' own words), `phrases` (multi_phrases.py). What the Chinese labels
mean: SMP2020 angry/fear/happy/neutral/sad/surprise are anger, fear, joy, neutral, sadness, surprise; CLUE Emotion's `happiness`
and `like` are both joy, its disgust stays. Weibo 2018 and XLM-T have polarity alone. XLM-T's Hindi is written in Latin letters.
"""

import json
import re
from pathlib import Path

import numpy as np

from multi_phrases import chinese_phrases, polarity_phrases
from prepare import read_tsv

LANGUAGES = ["ar", "de", "en", "es", "fr", "hi", "it", "pt", "zh"]
LABELS = ["anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise"]
POLARITIES = ["negative", "neutral", "positive"]
CHINESE = {
    "zh_smp2020": {"happy": "joy", "angry": "anger", "sad": "sadness", "fear": "fear", "surprise": "surprise", "neutral": "neutral"},
    "zh_cluemotion": {"happiness": "joy", "like": "joy", "anger": "anger", "disgust": "disgust", "sadness": "sadness", "fear": "fear", "surprise": "surprise"},
}
POLARITY_OF_LABEL = {"joy": (0, 0, 1), "neutral": (0, 1, 0), "surprise": (0.2, 0.6, 0.2)}
"""Negative, neutral, positive of a label; the others are negative."""


def clean(text: str) -> str:
    """Without the marks of reposts, which no caller says; names and addresses are the tokenizer's to drop."""
    return re.sub(r"\s+", " ", re.sub(r"\bRT\s+@\S+|//@[^:：\s]*[:：]?|\bhttps?\b(?!:)|\{%|%\}|&amp;", " ", text)).strip()


def spoken(text: str) -> str:
    """What a recogniser gives: no capitals, punctuation, digits, emoji, [emoticons], names or addresses."""
    text = re.sub(r"@\S+|https?:\S*|\[[^\]\s]{1,8}\]", " ", text.lower().replace("’", "'"))
    kept = (c if c.isalpha() or c in "'’" or "\u0300" <= c <= "\u036f" or "\u0900" <= c <= "\u097f" or "\u064b" <= c <= "\u0652" else " " for c in text)
    return re.sub(r"\s+", " ", "".join(kept)).strip()


class Corpora:
    """texts [rows][2]; emotion −1 where unknown; polarity [rows, 3]; weight is what a row counts in fitting."""

    def __init__(self, data: Path, lexicon: Path | None) -> None:
        self.texts: list[tuple[str, str]] = []
        columns: list[tuple] = []

        def add(text: str, label: str | None, shares: tuple[float, ...], part: str, language: str, corpus: str, weight: float = 1) -> None:
            written = clean(text)
            if re.sub(r"@\S+|https?:\S*", "", written).strip() == "":
                return
            self.texts.append((written, spoken(written) or written))
            columns.append((-1 if label is None else LABELS.index(label), shares, part, language, corpus, weight))

        tenth = lambda index: "calibration" if index % 10 == 9 else "fit"
        for corpus, names in CHINESE.items():
            for index, (split, _, label, text) in enumerate(read_tsv(data / f"{corpus}.tsv.xz")):
                name = names[label]
                add(text, name, POLARITY_OF_LABEL.get(name, (1, 0, 0)), tenth(index) if split == "train" else "dev", "zh", corpus)
        for index, (_, _, label, text) in enumerate(read_tsv(data / "zh_weibo2018.tsv.xz")):
            add(text, None, (1, 0, 0) if label == "negative" else (0, 0, 1), "dev" if index % 10 == 8 else tenth(index), "zh", "zh_weibo2018")
        for index, (split, language, label, text) in enumerate(read_tsv(data / "xlmt.tsv.xz")):
            add(text, None, tuple(float(label == p) for p in POLARITIES), tenth(index) if split == "train" else "dev", language, f"xlmt_{language}")
        for language, polarity, text in polarity_phrases():
            add(text, None, tuple(float(polarity == p) for p in POLARITIES), "phrases", language, "phrases", 0.5)
        for label, text in chinese_phrases():
            add(text, label, POLARITY_OF_LABEL.get(label, (1, 0, 0)), "phrases", "zh", "phrases", 0.5)
        for language in LANGUAGES if lexicon is not None else ():
            for word, valence in json.loads((lexicon / f"AFINN-{language}.json").read_text()).items():
                # Entries left in English in another language's list are no words of it.
                if language in ("ar", "hi", "zh") and word.isascii():
                    continue
                share = min(1.0, 0.25 + abs(valence) / 4)
                add(word, None, (share, 1 - share, 0) if valence < 0 else (0, 1 - share, share), "words", language, "words", 0.15 + 0.1 * min(3, abs(valence)))
        emotion, polarity, part, language, corpus, weight = zip(*columns)
        self.emotion, self.polarity = np.array(emotion), np.array(polarity, np.float32)
        self.part, self.language, self.corpus = np.array(part), np.array(language), np.array(corpus)
        self.weight = np.array(weight, np.float32)
        # What a corpus cannot say is neither right nor wrong: anger and disgust in SMP2020, joy and a neutral remark in CLUE Emotion.
        self.counted = np.ones((len(emotion), len(LABELS)), bool)
        self.counted[(self.corpus == "zh_smp2020") & (self.emotion == LABELS.index("anger")), LABELS.index("disgust")] = False
        self.counted[self.corpus == "zh_cluemotion", LABELS.index("neutral")] = False
