"""The 28 GoEmotions labels in the order of the model's outputs, and their polarity groups (Demszky et al. 2020, Fig. 2)."""

POSITIVE = "admiration amusement approval caring desire excitement gratitude joy love optimism pride relief".split()
NEGATIVE = "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness".split()
AMBIGUOUS = "confusion curiosity realization surprise".split()
LABELS = sorted([*POSITIVE, *NEGATIVE, *AMBIGUOUS]) + ["neutral"]
POLARITIES = ["negative", "neutral", "positive"]


def polarity_of(names: list[str]) -> list[float]:
    """Shares of negative, neutral and positive among a sentence's labels; the ambiguous ones count as neutral."""
    negative = sum(name in NEGATIVE for name in names)
    positive = sum(name in POSITIVE for name in names)
    return [negative / len(names), (len(names) - negative - positive) / len(names), positive / len(names)]
