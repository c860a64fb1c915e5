"""Written sentences and their spoken words, for the server's way back: `test/golden/written-form.json`.

Owns: 300 made-up sentences with numbers, money, times and dates in the style of the written form (docs/adr/0018-written-form.md)
and their spoken words by `spoken_text.py`, whose inverse the written form is. The test counts how many come back exactly.
"""

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path

import lexicon as lexicon_file
from language_text import MONTHS
from spoken_text import spoken_words

KINDS = ("cardinal", "ordinal", "year", "decimal", "money", "time", "date", "percent", "digits")


def sentences(draw: random.Random, count: int) -> list[tuple[str, str]]:
    """Kind and sentence; lower case and without marks inside, as the comparison is about numbers."""
    def ordinal(value: int) -> str:
        ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
        return f"{value}{ending}"

    def month() -> str:
        return draw.choice(MONTHS).capitalize()

    def cents() -> str:
        return f"{draw.randrange(1, 100):02}"

    kinds: dict[str, tuple[Callable[[], str], ...]] = {
        "cardinal": (
            lambda: f"there were {draw.randrange(10, 1000)} people", lambda: f"we sold {draw.randrange(1000, 1_000_000):,} tickets",
            lambda: f"it has {draw.randrange(1, 900) * 1000:,} pages", lambda: f"about {draw.randrange(1_000_000, 9_000_000):,} users",
            lambda: f"i have {draw.randrange(10, 100)} of them",
        ),
        "ordinal": (lambda: f"on the {ordinal(draw.randrange(10, 100))} floor", lambda: f"this is the {ordinal(draw.randrange(10, 32))} time"),
        "year": (lambda: f"in {draw.randrange(1500, 2031)} we moved", lambda: f"it was built in {draw.randrange(1800, 2000)}", lambda: f"since {draw.randrange(1950, 2027)}"),
        "decimal": (lambda: f"the rate is {draw.randrange(0, 100)}.{draw.randrange(1, 1000)}", lambda: f"it grew to {draw.randrange(1, 20)}.{draw.randrange(1, 10)} million"),
        "money": (
            lambda: f"it costs ${draw.randrange(1, 1000)}", lambda: f"i paid ${draw.randrange(1, 100)}.{cents()}", lambda: f"a bill of £{draw.randrange(2, 500)}.{cents()}",
            lambda: f"you owe €{draw.randrange(2, 5000):,}", lambda: f"they charged me ${draw.randrange(1000, 100000):,} twice",
        ),
        "time": (
            lambda: f"come at {draw.randrange(1, 13)}:{draw.randrange(1, 60):02}", lambda: f"it opens at {draw.randrange(1, 13)}:{draw.randrange(1, 60):02} {draw.choice(('AM', 'PM'))}",
            lambda: f"the bus leaves at {draw.randrange(1, 13)} {draw.choice(('AM', 'PM'))}",
        ),
        "date": (
            lambda: f"on {month()} {ordinal(draw.randrange(1, 32))}", lambda: f"born on {month()} {ordinal(draw.randrange(1, 32))}, {draw.randrange(1930, 2027)}",
            lambda: f"on the {ordinal(draw.randrange(1, 32))} of {month()}", lambda: f"it was the {ordinal(draw.randrange(1, 32))} of {month()} {draw.randrange(1930, 2027)}",
            lambda: f"in {month()} {draw.randrange(1930, 2027)}",
        ),
        "percent": (lambda: f"a discount of {draw.randrange(1, 101)}%", lambda: f"up by {draw.randrange(0, 20)}.{draw.randrange(1, 10)}%"),
        "digits": (lambda: f"my order number is {draw.randrange(100_000, 999_999)}", lambda: f"call me at {draw.randrange(200, 999)}-{draw.randrange(200, 999)}-{draw.randrange(1000, 9999)}"),
    }
    return [(kind, draw.choice(kinds[kind])()) for kind in (KINDS[index % len(KINDS)] for index in range(count))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lexicon", type=Path, default=Path("models/stt-en.lexicon.bin"))
    parser.add_argument("--out", type=Path, default=Path("test/golden/written-form.json"))
    options = parser.parse_args()
    is_word = set(lexicon_file.read(options.lexicon)).__contains__
    cases = [{"kind": kind, "written": text, "spoken": " ".join(spoken_words(text, is_word))} for kind, text in sentences(random.Random(18), 300)]
    lines = ",\n  ".join(json.dumps(case, ensure_ascii=False) for case in cases)
    options.out.write_text(f'{{\n  "description": "training/stt/written_golden.py, seed 18",\n  "cases": [\n  {lines}\n  ]\n}}\n', encoding="utf-8")
    print(f"{options.out}: {len(cases)} cases")


if __name__ == "__main__":
    main()
