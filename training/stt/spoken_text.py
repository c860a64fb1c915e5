"""Written English to the words a recogniser hears.

Owns: one deterministic normaliser used for the language model's text, and for nothing that is
spoken back. Output words are lower case, made of a-z and apostrophes; numbers, money, times,
dates, ordinals and initialisms are spelt out as a caller would say them. What cannot be said
(mark-up, URLs, other alphabets) becomes `UNKNOWN`, which breaks an n-gram instead of joining words
that were never neighbours.
"""

import re
import unicodedata
from collections.abc import Callable

UNKNOWN = "<unk>"

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}
TITLES = {
    "mr": "mister", "mrs": "missus", "ms": "miz", "dr": "doctor", "st": "saint", "prof": "professor", "capt": "captain",
    "col": "colonel", "gen": "general", "lt": "lieutenant", "rev": "reverend", "messrs": "messieurs", "esq": "esquire",
    "jr": "junior", "sr": "senior", "vs": "versus", "etc": "et cetera", "approx": "approximately", "ave": "avenue",
    "blvd": "boulevard", "mt": "mount", "ft": "fort", "hon": "honorable",
}
SHORT_FORMS = {
    "ok": "okay", "thats": "that's", "dont": "don't", "didnt": "didn't", "doesnt": "doesn't", "cant": "can't",
    "isnt": "isn't", "wasnt": "wasn't", "im": "i'm", "ive": "i've", "youre": "you're", "theyre": "they're",
    "wouldnt": "wouldn't", "couldnt": "couldn't", "shouldnt": "shouldn't", "havent": "haven't", "hes": "he's",
    "ur": "your", "pls": "please", "thx": "thanks", "whats": "what's", "arent": "aren't",
}
SYMBOLS = {"&": " and ", "%": " percent ", "@": " at ", "+": " plus ", "=": " equals ", "°": " degrees "}
CURRENCIES = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "\u2060": "", "\u00ad": ""})
_MONEY = re.compile(r"([$£€]) ?(\d+(?:,\d{3})*)(?:\.(\d\d))?(?!\d)")
_TIME = re.compile(r"\b(\d{1,2}):(\d\d)(?::\d\d)?\b")
_HOUR = re.compile(r"\b(\d{1,2}) ?([ap])\.?m\b\.?", re.I)
_PHONE = re.compile(r"\+?\d{0,2}[ -]?\(?\b\d{3}\)?[ -]\d{3}[ -]\d{4}\b")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b", re.I)
_DECIMAL = re.compile(r"\b(\d+(?:,\d{3})*)\.(\d+)\b")
_INTEGER = re.compile(r"\d+(?:,\d{3})*")
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_INITIAL = re.compile(r"\b([A-Z])\. (?=[A-Z])")
_NOISE = re.compile(r"https?://\S+|www\.\S+|\[[A-Za-z_ ]+\]|/?[ru]/\w+|<[^>]*>|\S*_\S*")
_MONTHS = (
    "january february march april may june july august september october november december"
).split()


def cardinal(value: int) -> str:
    """Words of a non-negative integer below 10¹², American style (no "and")."""
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10] + ("" if value % 10 == 0 else " " + ONES[value % 10])
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if value >= size:
            rest = value % size
            return f"{cardinal(value // size)} {name}" + ("" if rest == 0 else " " + cardinal(rest))
    raise AssertionError(value)


def ordinal(value: int) -> str:
    """Words of an ordinal: 21 becomes "twenty first"."""
    words = cardinal(value).split()
    last = words[-1]
    words[-1] = ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join(words)


def year(value: int) -> str:
    """Words of a year between 1100 and 2099 as it is spoken: 1842, 1905, 2000, 2019."""
    if 2000 <= value <= 2009:
        return cardinal(value)
    century, rest = divmod(value, 100)
    if rest == 0:
        return cardinal(century) + " hundred"
    return cardinal(century) + (" o " + ONES[rest] if rest < 10 else " " + cardinal(rest))


def digits(text: str) -> str:
    """Each digit as a word; every third zero is said "o", as callers do."""
    spoken = [ONES[int(character)] for character in text if character.isdigit()]
    return " ".join("o" if word == "zero" and index % 3 == 1 else word for index, word in enumerate(spoken))


def _integer(text: str) -> str:
    plain = text.replace(",", "")
    if len(plain) > 12 or (len(plain) > 1 and plain[0] == "0") or (len(plain) >= 5 and "," not in text):
        return digits(plain)
    value = int(plain)
    return year(value) if "," not in text and 1100 <= value <= 2099 else cardinal(value)


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if hour > 24 or minute > 59:
        return f" {cardinal(hour)} {cardinal(minute)} "
    tail = "" if minute == 0 and hour <= 12 else "hundred" if minute == 0 else f"o {ONES[minute]}" if minute < 10 else cardinal(minute)
    return f" {cardinal(hour)} {tail} "


def _money(match: re.Match[str]) -> str:
    whole, part = int(match[2].replace(",", "")), int(match[3] or 0)
    name, small = CURRENCIES[match[1]]
    if whole >= 10**12:
        return f" {UNKNOWN} "
    text = f" {cardinal(whole)} {name}{'' if whole == 1 else 's'} "
    if part:
        text += f"and {cardinal(part)} {small if part == 1 else 'pence' if small == 'penny' else small + 's'} "
    return text


def _ordinal_or_unknown(match: re.Match[str]) -> str:
    return f" {ordinal(int(match[1]))} " if len(match[1]) < 5 else f" {UNKNOWN} "


def _date(match: re.Match[str]) -> str:
    month = int(match[2])
    if not 1 <= month <= 12:
        return f" {UNKNOWN} "
    return f" {_MONTHS[month - 1]} {ordinal(int(match[3]))} {_integer(match[1])} "


def _spell(text: str) -> str:
    return " ".join(text.lower())


def spoken_words(text: str, is_word: Callable[[str], bool]) -> list[str]:
    """Words of one written sentence.

    `is_word` says which spellings the lexicon can pronounce: a run of capitals that it cannot
    ("SUV") is spelt letter by letter, a hyphenated word is split, an accented one loses its accents.
    """
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    text = _NOISE.sub(f" {UNKNOWN} ", text)
    text = _PHONE.sub(lambda match: f" {digits(match[0])} ", text)
    text = _ISO_DATE.sub(_date, text)
    text = _MONEY.sub(_money, text)
    text = _TIME.sub(_clock, text)
    text = _HOUR.sub(lambda match: f" {cardinal(int(match[1]))} {match[2].lower()} m ", text)
    text = re.sub(r"(?<=\s)([ap])\.? ?m\b\.?", lambda match: f"{match[1].lower()} m ", text, flags=re.I)
    text = _ORDINAL.sub(_ordinal_or_unknown, text)
    text = _DECIMAL.sub(
        lambda match: f" {_integer(match[1])} point {' '.join(ONES[int(digit)] for digit in match[2])} ", text
    )
    text = _INTEGER.sub(lambda match: f" {_integer(match[0])} ", text)
    text = _INITIALS.sub(lambda match: f" {_spell(match[0].replace('.', ''))} ", text)
    text = _INITIAL.sub(lambda match: f"{match[1].lower()} ", text)
    for symbol, word in SYMBOLS.items():
        text = text.replace(symbol, word)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    shouting = text.isupper()
    words: list[str] = []
    for raw in re.findall(r"<unk>|[A-Za-z']+\.?|[^\x00-\x7f]+", text):
        stem = raw.rstrip(".")
        lower = stem.lower()
        if raw == UNKNOWN or not raw.isascii():
            if raw == UNKNOWN or raw.isalpha():
                words.append(UNKNOWN)
            continue
        if lower in TITLES and (raw.endswith(".") or lower in ("mr", "mrs", "dr")):
            words.extend(TITLES[lower].split())
            continue
        token = _apostrophes(lower, is_word)
        token = SHORT_FORMS.get(token, token)
        if not token:
            continue
        if not is_word(token) and stem.isupper() and not shouting and 2 <= len(stem) <= 5 and "'" not in stem:
            words.extend(token)
        else:
            words.append(token)
    return words


def _apostrophes(token: str, is_word: Callable[[str], bool]) -> str:
    """Quotation marks go, apostrophes that belong to the word stay ("'tis", "dogs'" → "dogs")."""
    if is_word(token):
        return token
    for candidate in (token.strip("'"), token.rstrip("'"), token.lstrip("'")):
        if is_word(candidate):
            return candidate
    return token.strip("'")
