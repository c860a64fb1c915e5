"""The phone set, and how words and synthesiser segments become phones.

Owns the token order of the acoustic model (blank first, then the 39 phones of CMUdict without stress) and the map from a
transcript to a phone sequence. Does not own the decoder's lexicon. Every phone sequence marks where words begin, because the
alignment may place silence there.
"""

from __future__ import annotations

import lzma
import re
import subprocess
from pathlib import Path

PHONES = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()
)
TOKENS = ["<blank>", *PHONES]
TOKEN_OF_PHONE = {phone: index for index, phone in enumerate(TOKENS)}
SILENCE = 0
"""Index of silence in the frame-level head, which shares the order of TOKENS: no blank there, silence in its place."""

_FLITE_TO_CMU = {"AX": "AH", "AXR": "ER", "NX": "N", "DX": "T", "IX": "IH", "EL": "L", "EM": "M", "EN": "N", "HV": "HH"}


def flite_phone(segment: str) -> int:
    """Token of a flite segment name; `pau` and unknown names are silence (0)."""
    name = segment.upper()
    return TOKEN_OF_PHONE.get(_FLITE_TO_CMU.get(name, name), SILENCE)


def read_variants(corpora: Path) -> dict[str, list[list[int]]]:
    """Every word of the corpora's CMUdict in lower case with its distinct pronunciations as tokens, in the dictionary's order."""
    dictionary: dict[str, list[list[int]]] = {}
    with lzma.open(corpora / "text" / "cmudict_cmudict.xz", "rt", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            fields = line.split("#")[0].split()
            if len(fields) < 3 or not fields[1].isdigit():
                continue
            sounds = [TOKEN_OF_PHONE[re.sub(r"\d", "", phone)] for phone in fields[2:]]
            known = dictionary.setdefault(fields[0].lower(), [])
            if sounds not in known:
                known.append(sounds)
    return dictionary


def read_cmudict(corpora: Path) -> dict[str, list[int]]:
    """First pronunciation of every word of the corpora's CMUdict, as tokens; words in lower case."""
    return {word: variants[0] for word, variants in read_variants(corpora).items()}


def words_of(transcript: str) -> list[str]:
    """Lower-case words of a transcript; apostrophes inside words stay, other punctuation separates."""
    cleaned = re.sub(r"[^a-z' ]+", " ", transcript.lower().replace("\u2019", "'"))
    return [word for word in (raw.strip("'") for raw in cleaned.split()) if word]


def letters_to_sounds(word: str) -> list[int]:
    """Pronunciation of an unknown word by flite's letter-to-sound rules; empty when flite is not installed."""
    try:
        printed = subprocess.run(["flite", "-ps", "-t", word, "none"], capture_output=True, text=True, timeout=10)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return []
    return [token for token in map(flite_phone, printed.stdout.split()) if token != SILENCE]


class Pronouncer:
    """Turns transcripts into tokens: CMUdict first, possessives by rule, letter-to-sound for the rest (remembered)."""

    def __init__(self, corpora: Path) -> None:
        self._known = read_cmudict(corpora)
        self.guessed: set[str] = set()

    def word(self, word: str) -> list[int]:
        """Tokens of one word; empty when nothing is known about it."""
        if word not in self._known:
            stem = word[:-2] if word.endswith("'s") else ""
            if stem in self._known:
                self._known[word] = [*self._known[stem], TOKEN_OF_PHONE["Z"]]
            else:
                self._known[word] = letters_to_sounds(word)
                self.guessed.add(word)
        return self._known[word]

    def transcript(self, transcript: str) -> tuple[list[int], list[int]] | None:
        """(tokens, word starts as indices into tokens), or None when a word has no pronunciation or nothing is left."""
        tokens: list[int] = []
        starts: list[int] = []
        for word in words_of(transcript):
            sounds = self.word(word)
            if not sounds:
                return None
            starts.append(len(tokens))
            tokens.extend(sounds)
        return (tokens, starts) if tokens else None
