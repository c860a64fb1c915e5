"""Pronunciation lexicon of the English recogniser.

    python lexicon.py --text DIR --speech MANIFEST --out models/stt-en.lexicon.bin

Owns: which words can be recognised, their pronunciations, and the file that the decoder builds its
prefix tree from. Pronunciations are CMUdict's without stress; regular derivatives (possessives,
plurals, -ing, -ed, -ly, -ness, compounds, British spellings) that the language model's text contains
and CMUdict lacks are derived by rule, other words of that text are pronounced by the letter-to-sound model. Word ids are
the ids of the language model, which counts the first COUNTED_WORDS (two bytes hold one of these); the rare words behind them
share what it gives to unknown words.

File, little endian: "ATLX", u32 version (1), u32 header length, header JSON
{"phones": [...], "wordCount", "countedWords", "pronunciationCount", "wordBytes"}, then the words joined by "\\n"
(UTF-8, in id order: frequent words first), then for every word one byte with its number of
pronunciations, each one byte of length and one byte per phone (index into `phones`).
"""

import argparse
import collections
import csv
import json
import lzma
import re
import struct
from collections.abc import Callable, Iterable
from pathlib import Path

PHONES = (
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH"
).split()
COUNTED_WORDS = 65_500
MAX_PRONUNCIATIONS = 6
VOICELESS = {"P", "T", "K", "F", "TH"}
SIBILANT = {"S", "Z", "SH", "ZH", "CH", "JH"}
Lexicon = dict[str, list[tuple[str, ...]]]

# Words a caller needs that CMUdict of 2008 does not have, and reduced forms it omits.
ADDED = {
    "okay": ["OW K EY", "K EY"], "hmm": ["HH M", "M"], "mm": ["M"], "mhm": ["M HH M"], "uh": ["AH"], "um": ["AH M"],
    "huh": ["HH AH"], "wifi": ["W AY F AY"], "email": ["IY M EY L"], "emails": ["IY M EY L Z"], "app": ["AE P"],
    "apps": ["AE P S"], "online": ["AO N L AY N", "AA N L AY N"], "website": ["W EH B S AY T"],
    "smartphone": ["S M AA R T F OW N"], "google": ["G UW G AH L"], "gonna": ["G AH N AH", "G AO N AH"],
    "wanna": ["W AA N AH", "W AO N AH"], "gotta": ["G AA T AH"], "shan't": ["SH AE N T"], "ladyship": ["L EY D IY SH IH P"],
    "lordship": ["L AO R D SH IH P"], "archdeacon": ["AA R CH D IY K AH N"], "waistcoat": ["W EH S K AH T", "W EY S T K OW T"],
    "afore": ["AH F AO R"], "attune": ["AH T UW N"], "blog": ["B L AA G"], "selfie": ["S EH L F IY"],
    "miz": ["M IH Z"], "lol": ["L AA L"], "yeah": ["Y AE", "Y EH AH"], "covid": ["K OW V IH D"], "iphone": ["AY F OW N"],
    "o": ["OW"], "a": ["AH", "EY"], "the": ["DH AH", "DH IY"], "an'": ["AH N"], "zed": ["Z EH D"],
}


def read_xz(path: Path) -> Iterable[str]:
    """Lines of an xz-compressed or plain text file, without line ends."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as stream:
        for line in stream:
            yield line.rstrip("\n")


def read_cmudict(path: Path) -> Lexicon:
    """CMUdict as {word: pronunciations without stress}; words of letters and apostrophes only."""
    lexicon: Lexicon = {}
    for line in read_xz(path):
        fields = line.split()
        if len(fields) < 3 or line.startswith(";;;"):
            continue
        word = fields[0].lower().rstrip(".") if re.fullmatch(r"[A-Za-z]\.", fields[0]) else fields[0].lower()
        if not re.fullmatch(r"[a-z]+(?:'[a-z]*)*|'[a-z]+", word):
            continue
        pronunciation = tuple(phone.rstrip("012") for phone in fields[2:])
        if any(phone not in PHONES for phone in pronunciation):
            continue
        known = lexicon.setdefault(word, [])
        if pronunciation not in known:
            known.append(pronunciation)
    for word, spoken in ADDED.items():
        lexicon[word] = [tuple(text.split()) for text in spoken]
    return lexicon


def voiced_s(stem: tuple[str, ...]) -> tuple[str, ...]:
    """Plural or possessive ending after a stem: bus-es, cat-s, dog-s."""
    return stem + (("IH", "Z") if stem[-1] in SIBILANT else ("S",) if stem[-1] in VOICELESS else ("Z",))


def past(stem: tuple[str, ...]) -> tuple[str, ...]:
    """Regular past tense: want-ed, talk-ed, call-ed."""
    return stem + (("IH", "D") if stem[-1] in ("T", "D") else ("T",) if stem[-1] in VOICELESS | SIBILANT - {"Z", "ZH", "JH"} else ("D",))


def derive(word: str, lexicon: Lexicon) -> list[tuple[str, ...]]:
    """Pronunciations of a regular derivative of a known word; empty when no rule applies."""
    def stems(*candidates: str) -> list[tuple[str, ...]]:
        return next((lexicon[candidate] for candidate in candidates if candidate in lexicon), [])

    if word.endswith("'s"):
        return [voiced_s(stem) for stem in stems(word[:-2])]
    if word.endswith("s'"):
        return list(stems(word[:-1]))
    if word.endswith("in'"):
        return [stem[:-1] + ("N",) for stem in stems(word[:-1] + "g")]
    for british, american in (("our", "or"), ("ise", "ize"), ("ising", "izing"), ("ised", "ized"), ("isation", "ization"),
                              ("yse", "yze"), ("re", "er"), ("ence", "ense"), ("lling", "ling"), ("lled", "led"), ("grey", "gray")):
        if british in word:
            spelling = word.replace(british, american)
            if spelling != word and spelling in lexicon and (british not in ("re", "ence") or word.endswith(british)):
                return list(lexicon[spelling])
    if word.endswith("es") and len(word) > 4:
        found = [voiced_s(stem) for stem in stems(word[:-2], word[:-3] + "y" if word.endswith("ies") else word[:-1])]
        if found:
            return found
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3 and word[:-1] in lexicon:
        return [voiced_s(stem) for stem in lexicon[word[:-1]]]
    rules = (("ing", ("IH", "NG")), ("ly", ("L", "IY")), ("ness", ("N", "AH", "S")), ("less", ("L", "AH", "S")), ("ful", ("F", "AH", "L")),
             ("ish", ("IH", "SH")), ("ship", ("SH", "IH", "P")), ("er", ("ER",)), ("est", ("AH", "S", "T")), ("y", ("IY",)))
    for ending, phones in rules:
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) > 2:
            doubled = base[:-1] if len(base) > 3 and base[-1] == base[-2] else ""
            found = stems(base, base + "e" if ending in ("ing", "er", "est", "y", "ish") else "", doubled, base[:-1] + "y" if base.endswith("i") else "")
            if found:
                return [stem + phones for stem in found]
    if word.endswith("ed"):
        base = word[:-2]
        found = stems(base, word[:-1], base[:-1] if len(base) > 3 and base[-1] == base[-2] else "", base[:-1] + "y" if base.endswith("i") else "")
        if found:
            return [past(stem) for stem in found]
    prefixes = (("un", ("AH", "N")), ("non", ("N", "AA", "N")), ("over", ("OW", "V", "ER")), ("under", ("AH", "N", "D", "ER")),
                ("re", ("R", "IY")), ("mis", ("M", "IH", "S")), ("out", ("AW", "T")), ("fore", ("F", "AO", "R")), ("dis", ("D", "IH", "S")))
    for prefix, phones in prefixes:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) > 3 and rest in lexicon:
            return [phones + tail for tail in lexicon[rest]]
    for cut in range(len(word) - 3, 2, -1):
        head, tail = word[:cut], word[cut:]
        if head in lexicon and tail in lexicon and "'" not in word:
            return [lexicon[head][0] + end for end in lexicon[tail][:2]]
    return []


def select(
    counts: collections.Counter[str], cmudict: Lexicon, general: set[str], guess: Callable[[str], list[tuple[str, ...]]],
    *, min_derived_count: int = 3, min_guessed_count: int = 2,
) -> Lexicon:
    """Words of the recogniser: those of the text, most frequent first, then common dictionary words and names, then rare ones."""
    lexicon: Lexicon = {}
    rare: Lexicon = {}
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if word in cmudict:
            lexicon[word] = cmudict[word][:MAX_PRONUNCIATIONS]
        elif re.fullmatch(r"[a-z']*[a-z][a-z']*", word) and len(word) > 2:
            derived = [p for p in dict.fromkeys(derive(word, cmudict)) if len(p) < 40][:3] if count >= min_derived_count else []
            spoken = derived or [p for p in guess(word) if 1 < len(p) < 40]
            if spoken:
                (lexicon if derived or count >= min_guessed_count else rare)[word] = spoken
    # What the text lacks: words of a general word list, then names common enough to have a possessive in CMUdict.
    rest = [word for word in cmudict if word not in lexicon]
    rest.sort(key=lambda word: (word not in general, word + "'s" not in cmudict, word.endswith("'s"), len(word), word))
    ordered = [*lexicon, *rest, *rare]
    pronunciations = {**rare, **{word: cmudict[word][:MAX_PRONUNCIATIONS] for word in rest}, **lexicon}
    return {word: pronunciations[word] for word in ordered}


def write(lexicon: Lexicon, path: Path) -> None:
    """Writes the file described above."""
    index = {phone: position for position, phone in enumerate(PHONES)}
    words = "\n".join(lexicon).encode()
    body = bytearray()
    for pronunciations in lexicon.values():
        body.append(len(pronunciations))
        for pronunciation in pronunciations:
            body.append(len(pronunciation))
            body.extend(index[phone] for phone in pronunciation)
    header = json.dumps({
        "phones": PHONES, "wordCount": len(lexicon), "countedWords": min(COUNTED_WORDS, len(lexicon)), "pronunciationCount": sum(map(len, lexicon.values())), "wordBytes": len(words),
    }).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"ATLX" + struct.pack("<II", 1, len(header)) + header + words + bytes(body))


def read(path: Path) -> Lexicon:
    """Reads the file back, for the language model and for the acoustic model's training."""
    data = path.read_bytes()
    assert data[:4] == b"ATLX", path
    _, length = struct.unpack_from("<II", data, 4)
    header = json.loads(data[12 : 12 + length])
    offset = 12 + length
    words = data[offset : offset + header["wordBytes"]].decode().split("\n")
    offset += header["wordBytes"]
    lexicon: Lexicon = {}
    for word in words:
        lexicon[word] = []
        count, offset = data[offset], offset + 1
        for _ in range(count):
            size, offset = data[offset], offset + 1
            lexicon[word].append(tuple(header["phones"][phone] for phone in data[offset : offset + size]))
            offset += size
    return lexicon


def main() -> None:
    from language_text import corpora
    from letters_to_sounds import Pronouncer

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, required=True, help="folder with cmudict, words_en and the LM's texts (xz)")
    parser.add_argument("--speech", type=Path, required=True, help="speech manifest (TSV); its train transcripts count as text")
    parser.add_argument("--letters-to-sounds", type=Path, default=Path("models/stt-en.g2p.bin"))
    parser.add_argument("--out", type=Path, default=Path("models/stt-en.lexicon.bin"))
    options = parser.parse_args()
    cmudict = read_cmudict(options.text / "cmudict_cmudict.xz")
    general = {word.lower() for word in read_xz(options.text / "words_en.xz")}
    counts: collections.Counter[str] = collections.Counter()
    for corpus in corpora(options.text, options.speech, cmudict.__contains__):
        for sentence in corpus.sentences:
            counts.update(sentence)
    spoken = {row["transcript"] for row in csv.DictReader(options.speech.open(), delimiter="\t", quoting=csv.QUOTE_NONE) if row["split"] == "train"}
    for transcript in spoken:
        counts.update({word: 2 for word in set(transcript.split())})
    pronouncer = Pronouncer(options.letters_to_sounds)
    lexicon = select(counts, cmudict, general, lambda word: [phones for phones, probability in pronouncer.pronounce(word, 2) if probability >= 0.2])
    write(lexicon, options.out)
    total = sum(counts.values())
    missing = sum(count for word, count in counts.items() if word not in lexicon)
    made = sum(word not in cmudict for word in lexicon)
    print(f"{len(lexicon)} words ({made} derived or guessed), {sum(map(len, lexicon.values()))} pronunciations, "
          f"{100 * missing / total:.2f} % of running words not covered")


if __name__ == "__main__":
    main()
