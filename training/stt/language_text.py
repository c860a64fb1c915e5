"""The language model's text, by domain.

Owns: which openly licensed corpora are read, how their sentences become spoken words, the weight of
each domain in the mixture, and made-up sentences of the kinds that callers say and books do not
(digits, spelled names, amounts, times, menu choices). Does not count n-grams.

A sentence that is also a transcript of the dev split is left out of every domain except the
closed-vocabulary ones (digits), so that no model has read what it is measured on. One sentence in
fifty, chosen by a hash of its words, is held out for perplexity.
"""

import collections
import csv
import json
import random
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus_split import split_of
from lexicon import read_xz
from spoken_text import ONES, UNKNOWN, cardinal, ordinal, spoken_words, year

Sentence = tuple[str, ...]
IsWord = Callable[[str], bool]

# Share of each domain in the mixture; read books are what most of the transcribed speech is, calls are what it is for.
WEIGHTS = {"books": 0.40, "callers": 0.24, "assistants": 0.06, "everyday": 0.17, "read": 0.08, "numbers": 0.05}
HELD_OUT = 50
CLOSED_CORPORA = ("fsdd_8k_digits",)


@dataclass
class Corpus:
    """Sentences of one domain; `held_out` are for measuring only."""

    name: str
    sentences: list[Sentence] = field(default_factory=list)
    held_out: list[Sentence] = field(default_factory=list)

    def add(self, sentence: Sentence) -> None:
        text = " ".join(sentence)
        (self.held_out if zlib.crc32(text.encode()) % HELD_OUT == 0 else self.sentences).append(sentence)


def corpora(text: Path, speech: Path, is_word: IsWord) -> Iterator[Corpus]:
    """All domains in a fixed order."""
    rows = list(csv.DictReader(speech.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        row["split"] = split_of(row)
    measured = {tuple(row["transcript"].split()) for row in rows if row["split"] != "train" and row["corpus"] not in CLOSED_CORPORA}
    for name, raw in (
        ("books", _books(text)),
        ("callers", _callers(text)),
        ("assistants", _assistants(text)),
        ("everyday", _everyday(text)),
    ):
        corpus = Corpus(name)
        sentences = (one for paragraph in raw for one in re.split(r"(?<=[a-z)”\"'][.!?])\s+(?=[A-Z“\"])|(?<=[;])\s", paragraph))
        for stretch in read_stretches(sentences) if name == "books" else sentences:
            words = tuple(spoken_words(stretch, is_word))
            if words and words not in measured:
                corpus.add(words)
        yield corpus
    read = Corpus("read")
    for row in rows:
        words = tuple(row["transcript"].split())
        if row["split"] == "train" and words not in measured:
            read.add(words)
    yield read
    numbers = Corpus("numbers")
    for words in spoken_numbers(random.Random(5), 160_000):
        if words not in measured:
            numbers.add(words)
    yield numbers


def read_stretches(sentences: Iterable[str]) -> Iterator[str]:
    """Successive sentences of a read text as the stretches between a reader's longer pauses.

    Readers pause within sentences and run over their ends, and recordings are cut in pauses. So every third sentence is cut at
    its commas, and every third runs on into the next one; a checksum of the sentence decides.
    """
    running = ""
    for sentence in sentences:
        kind = zlib.crc32(sentence.encode()) // 64 % 4
        if kind >= 2 and len(running) < 300:
            running += sentence + " "
        elif running:
            yield running + sentence
            running = ""
        elif kind == 1:
            yield from re.split(r"(?<=[,;:—])\s*", sentence)
        else:
            yield sentence
    if running:
        yield running


def _books(text: Path) -> Iterator[str]:
    yield from read_xz(text / "public_domain_sentences.txt.xz")


def _dialogue(text: Path, role: str) -> Iterator[str]:
    for line in read_xz(text / "sgd.jsonl.xz"):
        dialogue = json.loads(line)
        if dialogue["split"] == "train":
            yield from (turn["text"] for turn in dialogue["turns"] if turn["role"] == role)


def _tsv(path: Path, split: str = "train") -> Iterator[str]:
    for line in read_xz(path):
        fields = line.split("\t")
        if len(fields) >= 4 and fields[0] == split and fields[1] == "en":
            yield fields[3]


def _callers(text: Path) -> Iterator[str]:
    yield from _dialogue(text, "user")
    for sentence in _tsv(text / "banking77.tsv.xz"):
        yield from [sentence] * 3


def _assistants(text: Path) -> Iterator[str]:
    yield from _dialogue(text, "assistant")


def _everyday(text: Path) -> Iterator[str]:
    yield from _tsv(text / "goemotions.tsv.xz")
    for line in read_xz(text / "chatterbot_multilingual.jsonl.xz"):
        dialogue = json.loads(line)
        if dialogue["lang"] == "english":
            yield from (turn["text"] for turn in dialogue["turns"] if "```" not in turn["text"])


# Common given names and surnames, for sentences in which callers say and spell them.
NAMES = (
    "james mary john patricia robert jennifer michael linda david elizabeth william barbara richard susan joseph jessica "
    "thomas sarah charles karen christopher lisa daniel nancy matthew betty anthony sandra mark margaret donald ashley steven "
    "kimberly andrew emily paul donna joshua michelle kenneth carol kevin amanda brian melissa george deborah timothy "
    "stephanie ronald rebecca jason sharon edward laura jeffrey cynthia ryan dorothy jacob amy gary kathleen nicholas angela "
    "eric shirley jonathan emma stephen anna larry pamela justin nicole scott samantha brandon katherine benjamin christine "
    "samuel helen gregory rachel alexander carolyn patrick janet frank maria raymond catherine jack heather dennis diane jerry "
    "olivia tyler julie aaron joyce jose victoria henry ruth adam virginia peter lauren zachary kelly nathan christina walter "
    "joan kyle evelyn harold smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez "
    "gonzalez wilson anderson taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson "
    "walker young allen king wright torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter "
    "roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers "
    "gutierrez ortiz morgan cooper peterson bailey reed howard ramos kim cox ward richardson watson brooks chavez wood bennett "
    "gray mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez powell jenkins perry russell "
    "sullivan bell coleman butler henderson barnes fisher vasquez simmons graham murray ford castro marshall owens harrison "
    "fernandez mcdonald woods washington kennedy wells vargas chen freeman webb tucker guzman burns crawford olson simpson "
    "porter hunter gordon mendez silva shaw snyder mason dixon munoz hunt hicks holmes palmer wagner black robertson boyd "
    "stone salazar fox warren mills meyer rice schmidt daniels ferguson nichols stephens soto weaver gardner payne grant dunn "
    "kelley spencer hawkins"
).split()
MONTHS = "january february march april may june july august september october november december".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight".split()
THINGS = (
    "billing|my account|technical support|customer service|sales|an agent|a representative|the operator|a real person|my balance|"
    "my order|a refund|a payment|my card|an appointment|a reservation|the front desk|opening hours|directions|my subscription"
).split("|")


def spoken_numbers(draw: random.Random, count: int) -> Iterator[Sentence]:
    """`count` made-up sentences of digits, letters, times, dates, money, measures and menu choices."""
    letters = "abcdefghijklmnopqrstuvwxyz"

    def digit_string(size: int) -> str:
        zero = draw.choice(("zero", "zero", "zero", "o"))
        return " ".join(zero if d == 0 else ONES[d] for d in (draw.randrange(10) for _ in range(size)))

    def clock() -> str:
        minute = draw.choice(("", "", "fifteen", "thirty", "forty five", "o five", cardinal(draw.randrange(10, 60))))
        return " ".join(f"{cardinal(draw.randrange(1, 13))} {minute} {draw.choice(('a m', 'p m', '', 'in the morning', 'in the evening'))}".split())

    def date() -> str:
        return draw.choice((f"{draw.choice(MONTHS)} {ordinal(draw.randrange(1, 32))}", f"the {ordinal(draw.randrange(1, 32))} of {draw.choice(MONTHS)}",
                            f"{draw.choice(MONTHS)} {ordinal(draw.randrange(1, 32))} {year(draw.randrange(1930, 2031))}", draw.choice(DAYS)))

    def amount() -> str:
        value = draw.choice((draw.randrange(1, 100), draw.randrange(1, 1000), draw.randrange(1, 100) * 100))
        return f"{cardinal(value)} dollar{'' if value == 1 else 's'}" + draw.choice(("", "", f" and {cardinal(draw.randrange(2, 100))} cents"))

    def spelled() -> str:
        return " ".join(draw.choice((draw.choice(NAMES), "".join(draw.choice(letters) for _ in range(draw.randrange(2, 7))))))

    templates: tuple[tuple[int, Callable[[], str]], ...] = (
        (14, lambda: digit_string(1)),
        (10, lambda: digit_string(draw.randrange(2, 7))),
        (8, lambda: digit_string(draw.choice((4, 7, 10, 10, 16)))),
        (5, lambda: f"{draw.choice(('my number is', 'it is', 'the code is', 'my account number is', 'call me at', 'my pin is', 'the zip code is'))} {digit_string(draw.choice((4, 5, 6, 8, 10)))}"),
        (6, lambda: draw.choice(letters)),
        (8, spelled),
        (9, lambda: f"{draw.choice(('my name is', 'my last name is', 'this is', 'it is', 'the last name is', ''))} {(name := draw.choice(NAMES))} {' '.join(name)}"),
        (3, lambda: f"{draw.choice(('my name is', 'this is', 'my first name is', 'it is', 'i am'))} {draw.choice(NAMES)} {draw.choice(NAMES)}"),
        (4, lambda: f"{draw.choice(letters)} as in {draw.choice(NAMES)}"),
        (6, clock), (4, lambda: f"{draw.choice(('at', 'around', 'before', 'after', 'by'))} {clock()}"), (5, date),
        (3, lambda: f"{draw.choice(('on', 'for', 'from', 'until'))} {date()} {draw.choice(('', 'at ' + clock()))}"),
        (5, amount), (3, lambda: f"{draw.choice(('it costs', 'i paid', 'you charged me', 'transfer', 'i owe', 'send'))} {amount()}"),
        (5, lambda: cardinal(draw.choice((draw.randrange(100), draw.randrange(1000), draw.randrange(100000))))),
        (2, lambda: f"{cardinal(draw.randrange(1, 100))} percent"), (2, lambda: f"{cardinal(draw.randrange(100))} point {digit_string(draw.randrange(1, 4))}"),
        (3, lambda: ordinal(draw.randrange(1, 100))), (2, lambda: year(draw.randrange(1900, 2031))),
        (4, lambda: f"{draw.choice(('press', 'option', 'number', 'choose', 'line', 'extension'))} {digit_string(draw.choice((1, 1, 3)))}"),
        (4, lambda: f"{draw.choice(('i want to speak to', 'can i talk to', 'connect me to', 'i have a question about', 'i am calling about', 'please transfer me to', 'i need', ''))} {draw.choice(THINGS)}"),
        (4, lambda: draw.choice(("yes", "no", "yes please", "no thank you", "yeah", "okay", "stop", "repeat that please", "help", "go back", "cancel", "that is correct", "hello", "goodbye", "thank you", "wait a moment", "hold on", "can you repeat that", "i do not understand", "what did you say"))),
    )
    weights = [weight for weight, _ in templates]
    for _ in range(count):
        yield tuple(draw.choices(templates, weights)[0][1]().split())


def coverage(sentences: list[Sentence], is_word: IsWord) -> float:
    """Share of running words that are not in the lexicon."""
    total: collections.Counter[bool] = collections.Counter(word != UNKNOWN and is_word(word) for sentence in sentences for word in sentence)
    return total[False] / max(1, total.total())
