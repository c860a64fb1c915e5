"""The two forms of a sentence the model must understand: as written, and as a recogniser gives it.

`spoken` keeps letters, apostrophes and spaces only, in lower case, with small numbers as words. GoEmotions hides people
behind [NAME]; half of the training copies get a common first name instead, so that the model does not lean on the mask.
"""

import random
import re

NAMES = (
    "james mary john linda robert susan michael karen david sarah daniel anna peter laura thomas emma kevin julia mark alice "
    "steve helen george nancy brian lisa alex sam chris taylor max nina tom kate ben amy paul jane eric rose"
).split()

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def number_words(digits: str) -> str:
    """A whole number of up to two digits as words, a longer one digit by digit."""
    if len(digits) > 2:
        return " ".join(_UNITS[int(d)] for d in digits if d.isascii())
    value = int(digits)
    if value < 20:
        return _UNITS[value]
    tens, unit = divmod(value, 10)
    return _TENS[tens] if unit == 0 else f"{_TENS[tens]} {_UNITS[unit]}"


def with_names(text: str, rng: random.Random) -> str:
    return re.sub(r"\[NAME\]", lambda _: rng.choice(NAMES), text)


def spoken(text: str) -> str:
    text = text.lower().replace("’", "'").replace("‘", "'").replace("&", " and ")
    text = re.sub(r"[0-9]+", lambda m: f" {number_words(m.group())} ", text)
    text = re.sub(r"[^\w' ]|_", " ", text)
    text = re.sub(r"(?<!\w)'|'(?!\w)", " ", text)
    return re.sub(r"\s+", " ", text).strip()
