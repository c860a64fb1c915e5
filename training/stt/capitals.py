"""Words that are written with a capital wherever they stand: `models/stt-en.capitals.txt`.

Owns: counting openly licensed text, the choice of entries and the file: one entry a line in its written form ("London",
"McDonald", "New York"), sorted; an entry of two words counts only as a whole. Words count in the middle of sentences alone.
An entry is written so in at least 80 % of its occurrences, often enough, and not only by the habit of one corpus (novels write
"Captain", the dialogues are full of shop signs: a word that a general word list has in small letters needs the other corpora).
Days, months, countries, languages and given names are added by list; what is also a common word ("may", "will", "mark") is
left to the context.
"""

import argparse
import collections
import json
import re
from collections.abc import Iterator
from pathlib import Path

import lexicon as lexicon_file
from language_text import NAMES
from lexicon import read_xz

LEAST_SHARE = 0.8
LEAST_COUNT = 4
# Dialogues name the same places over and over: a phrase needs this many there or a tenth elsewhere, a word this many alone there.
LEAST_COUNT_PHRASE = 50

DAYS_AND_MONTHS = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February April June July September October November December"
).split()
COUNTRIES = (
    "Afghanistan Albania Algeria America Angola Argentina Armenia Australia Austria Azerbaijan Bahrain Bangladesh Belarus Belgium Belize "
    "Bolivia Bosnia Botswana Brazil Britain Bulgaria Burma Cambodia Cameroon Canada Chile China Colombia Congo Croatia Cuba Cyprus Denmark "
    "Ecuador Egypt England Eritrea Estonia Ethiopia Europe Fiji Finland France Gabon Gambia Germany Ghana Greece Greenland Guatemala Guyana "
    "Haiti Honduras Hungary Iceland India Indonesia Iran Iraq Ireland Israel Italy Jamaica Japan Kazakhstan Kenya Korea Kosovo Kuwait Laos "
    "Latvia Lebanon Liberia Libya Liechtenstein Lithuania Luxembourg Madagascar Malawi Malaysia Malta Mauritius Mexico Moldova Monaco Mongolia "
    "Montenegro Morocco Mozambique Myanmar Namibia Nepal Netherlands Nicaragua Niger Nigeria Norway Oman Pakistan Palestine Panama Paraguay "
    "Peru Philippines Poland Portugal Qatar Romania Russia Rwanda Scotland Senegal Serbia Singapore Slovakia Slovenia Somalia Spain Sudan "
    "Sweden Switzerland Syria Taiwan Tanzania Thailand Tibet Tunisia Uganda Ukraine Uruguay Uzbekistan Venezuela Vietnam Wales Yemen Zambia "
    "Zimbabwe Africa Asia"
).split()
LANGUAGES = (
    "Afghan African Albanian American Arab Arabic Armenian Asian Australian Austrian Belgian Bengali Brazilian British Bulgarian Canadian "
    "Cantonese Chilean Chinese Colombian Croatian Cuban Czech Danish Dutch Egyptian English Estonian Ethiopian European Finnish French German "
    "Greek Gujarati Hawaiian Hebrew Hindi Hungarian Icelandic Indian Indonesian Iranian Iraqi Irish Israeli Italian Japanese Jewish Korean "
    "Kurdish Latin Latvian Lithuanian Malay Mandarin Marathi Mexican Mongolian Moroccan Muslim Christian Catholic Nepali Nigerian Norwegian "
    "Pakistani Persian Peruvian Portuguese Punjabi Romanian Russian Scottish Serbian Slovak Spanish Swahili Swedish Swiss Syrian Tamil Telugu "
    "Thai Tibetan Turkish Ukrainian Urdu Vietnamese Welsh Yiddish Zulu"
).split()
PHRASES = (
    "New York|New Zealand|New Jersey|New Mexico|New Orleans|New Hampshire|New Delhi|New England|South Africa|North Korea|South Korea|"
    "Saudi Arabia|Sri Lanka|Costa Rica|Puerto Rico|El Salvador|United States|United Kingdom|Great Britain|Northern Ireland|Hong Kong|"
    "Los Angeles|San Francisco|San Diego|San Jose|Las Vegas|Santa Barbara|Tel Aviv|North America|South America|North Carolina|"
    "South Carolina|North Dakota|South Dakota|West Virginia|Rhode Island|Happy New Year|Good Friday|Red Cross|White House"
).split("|")
# Initialisms, brands and names that the recogniser knows as one word.
SPELLINGS = (
    "TV PC USA UK NASA FBI CIA IBM BBC NATO USB GPS VIP DVD CD ATM SMS YouTube PayPal iPhone iPad eBay LinkedIn WhatsApp WiFi "
    "Google Facebook Microsoft Netflix Uber Spotify Samsung Android Instagram Mastercard Smith Bob"
).split()

# Capitalised in novels or in one corpus, common words everywhere; or names that are words too.
NOT_NAMES = set(
    "a i aunt uncle captain colonel doctor lord lady king queen president mother father mama papa mamma mum mom mommy daddy dad grandma "
    "grandpa granny sir sire madam madame miss mister missus master count prince princess duke duchess baron baroness emperor empress pope "
    "bishop general major sergeant lieutenant corporal inspector professor judge justice senator governor minister ambassador marquis marquess "
    "monsieur mademoiselle signor signora senor squire brother sister saint street road avenue square lane hall house park church chapter book "
    "volume section act part north south east west heaven hell providence nature fortune fate god gods lords bible gospel deity almighty "
    "creator saviour heavenly internet earth moon sun march may mark bill will frank grant hope joy faith grace rose lily daisy violet iris ivy "
    "ruby pearl amber jade jasmine summer autumn april's dawn eve jack rob sue pat art ray rich chip dean drew gene guy hank jay "
    "josh lance max miles nick pierce rusty skip sterling trey van wade ward angel chase hunter mason carter parker cooper tyler turner taylor "
    "baker cook fisher gardner porter potter smith's weaver white black brown green gray grey young long stone bell ford fox wood woods hill "
    "price rice reed ross love day way bush banks field fields rivers lake bond cash dolly penny polish turkey china's jordan chad "
    "christian catholic ok okay amen sabbath ladies gentlemen majesty highness excellency honor honour lordship ladyship worship grace's "
    "please thanks yes no well oh ah hello hi hey good dear because therefore however perhaps nay".split()
)
SMALL = set("i a an the of at in on for all is to from with and or my your this that are by de".split())
KINDS_OF_PLACE = set(
    "street avenue road drive boulevard lane square apartments apartment hotel center centre theater theatre inn restaurant kitchen cafe "
    "grill bar museum park plaza village suites dental medical clinic market salon studio church".split()
)
# In this folder's own lists they stand as names; as words they are too rare to matter.
ALWAYS = {"China", "Christian", "Catholic", "Jordan"}

_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
_SENTENCE = re.compile(r"(?<=[.?!;:])[\"”’')\]]*\s+|[—…]|--+|\n")


def sentences(text: Path) -> Iterator[tuple[str, str]]:
    """Corpus and sentence."""
    for line in read_xz(text / "public_domain_sentences.txt.xz"):
        yield "books", line
    for line in read_xz(text / "sgd.jsonl.xz"):
        dialogue = json.loads(line)
        if dialogue["split"] == "train":
            for turn in dialogue["turns"]:
                yield "dialogues", turn["text"]
    for line in read_xz(text / "goemotions.tsv.xz"):
        fields = line.split("\t")
        if len(fields) >= 4 and fields[0] == "train" and fields[1] == "en":
            yield "forums", fields[3]


Counts = collections.Counter[tuple[str, str]]


def count(text: Path) -> tuple[dict[str, Counts], Counts, collections.Counter[str]]:
    """By corpus how often (word, spelling) stands inside a sentence; weight of capitalised pairs; number of all pairs."""
    words: dict[str, Counts] = collections.defaultdict(collections.Counter)
    large: Counts = collections.Counter()
    elsewhere: Counts = collections.Counter()
    pairs: collections.Counter[str] = collections.Counter()
    for corpus, line in sentences(text):
        for sentence in _SENTENCE.split(line.replace("’", "'").replace("Mr.", "Mr").replace("Mrs.", "Mrs").replace("St.", "St").replace("Dr.", "Dr")):
            found = [(match[0].strip("'"), match.start(), match.end()) for match in _WORD.finditer(sentence)]
            if len(found) < 3 or sum(1 for word, _, _ in found if word[:1].isupper()) > 0.5 * len(found):
                continue
            for at, (word, start, end) in enumerate(found):
                before = sentence[max(0, start - 2) : start]
                if at == 0 or re.search(r"[\"“‘'(\[]", before):
                    continue
                base = word[:-2] if word.endswith("'s") else word
                words[corpus][base.lower(), base] += 1
                if at + 1 < len(found) and found[at + 1][1] == end + 1 and sentence[end] == " ":
                    following = found[at + 1][0]
                    pairs[f"{word} {following}".lower()] += 1
                    if word[:1].isupper() and following[:1].isupper():
                        large[f"{word} {following}".lower(), f"{word} {following}"] += 1
                        elsewhere[f"{word} {following}".lower(), f"{word} {following}"] += corpus != "dialogues"
    frequent = {pair: number for pair, number in large.items() if number + 9 * elsewhere[pair] >= LEAST_COUNT_PHRASE}
    return words, collections.Counter(frequent), pairs


def single_words(words: dict[str, Counts], is_word: set[str], common: set[str]) -> dict[str, str]:
    """Entries by their lower-case form."""
    total: Counts = collections.Counter()
    by_corpus: dict[str, dict[str, list[int]]] = {corpus: collections.defaultdict(lambda: [0, 0]) for corpus in words}
    for corpus, counts in words.items():
        for (lower, spelling), number in counts.items():
            total[lower, spelling] += number
            by_corpus[corpus][lower][0] += number
            by_corpus[corpus][lower][1] += number if spelling[:1].isupper() else 0
    spellings: dict[str, Counts] = collections.defaultdict(collections.Counter)
    for (lower, spelling), number in total.items():
        spellings[lower][spelling, ""] += number
    chosen: dict[str, str] = {}
    for lower, counts in spellings.items():
        everything = sum(counts.values())
        if lower not in is_word or lower in NOT_NAMES or len(lower) < 3 or lower.startswith("i'") or everything < LEAST_COUNT:
            continue
        share = sum(number for (spelling, _), number in counts.items() if spelling[:1].isupper()) / everything
        measured = [large / both for both, large in (by_corpus[corpus][lower] for corpus in words) if both >= 10]
        if share < LEAST_SHARE or any(one < 0.6 for one in measured):
            continue
        read = sum(by_corpus[corpus][lower][0] for corpus in words if corpus != "dialogues")
        if (lower in common or lower.removesuffix("s") in common) and (read < 10 or share < 0.95):
            continue
        if read < LEAST_COUNT and everything < LEAST_COUNT_PHRASE:
            continue
        best = max((number, spelling) for (spelling, _), number in counts.items() if spelling[:1].isupper())[1]
        mixed = best[1:] != best[1:].lower() and (re.fullmatch(r"Mac?[A-Z][a-z]+|O'[A-Z][a-z]+|De[A-Z][a-z]+", best) is not None)
        chosen[lower] = best if mixed else best[:1].upper() + best[1:].lower()
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, required=True, help="folder of the text corpora")
    parser.add_argument("--lexicon", type=Path, default=Path("models/stt-en.lexicon.bin"))
    parser.add_argument("--out", type=Path, default=Path("models/stt-en.capitals.txt"))
    options = parser.parse_args()
    is_word = set(lexicon_file.read(options.lexicon))
    words, large, pairs = count(options.text)
    dictionary = {word for word in read_xz(options.text / "words_en.xz") if word.islower()}
    entries = single_words(words, is_word, dictionary)
    counted = len(entries)
    small: collections.Counter[str] = collections.Counter()
    capitalised: collections.Counter[str] = collections.Counter()
    for counts in words.values():
        for (lower, spelling), number in counts.items():
            (small if spelling.islower() else capitalised)[lower] += number
    for name in (*DAYS_AND_MONTHS, *COUNTRIES, *LANGUAGES):
        if name.lower() not in NOT_NAMES or name in ALWAYS:
            entries.setdefault(name.lower(), name)
    for name in NAMES:
        if name not in NOT_NAMES and capitalised[name] >= 3 * small[name]:
            entries.setdefault(name, name.capitalize())
    for spelling in SPELLINGS:
        if spelling.lower() in is_word:
            entries[spelling.lower()] = spelling
    for phrase in PHRASES:
        entries.setdefault(phrase.lower(), phrase)
    for (lower, spelling), number in large.items():
        first, second = lower.split(" ")
        if first in entries and second in entries or {first, second} & SMALL or not {first, second} <= is_word:
            continue
        if number >= LEAST_SHARE * pairs[lower] and second not in KINDS_OF_PLACE:
            if re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", spelling):
                entries.setdefault(lower, spelling)
    lines = sorted(entries.values())
    options.out.write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{options.out}: {len(lines):,} entries ({counted:,} single words by counting, {sum(' ' in line for line in lines):,} phrases), {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
