"""How many years of school a text asks of its reader.

English: Flesch-Kincaid grade level (Kincaid, Fishburne, Rogers and Chissom 1975). Spanish: the grade formula of
Crawford (Lectura y Vida 10/4, 1989), made from readers of grades 1 to 6 of Spain and the Americas and valid up to
grade 6; and the perspicuity of Szigriszt-Pazos (1993), which the INFLESZ scale of Barrio-Cantalejo (2008) calls
quite easy above 65.
"""

import re
from typing import Literal

Language = Literal["en", "es"]

SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
EASY_PERSPICUITY = 65.0

# Words whose letters mislead: most end in a silent e within, or part two vowels.
_ENGLISH = {
    "area": 3,
    "being": 2,
    "create": 2,
    "doing": 2,
    "dryer": 2,
    "every": 2,
    "february": 4,
    "going": 2,
    "idea": 3,
    "january": 4,
    "maybe": 2,
    "people": 2,
    "quiet": 2,
    "science": 2,
    "seeing": 2,
    "something": 2,
    "sometimes": 2,
    "tongue": 1,
}
_ENGLISH_SILENT = re.compile(
    r"""(?:
        (?<=[^aeiouy]) (?<!^.) e $          # brace, make; but not the, be
      | (?<=[^aeioudty]) ed $               # closed, but not needed, lifted
      | (?<=[^aeioucsgxzly]) es $           # makes, but not braces, noses
      | (?<=[aeiouy]l) es $                 # soles, but not ankles
      | (?<=.[^aeiouy]) e (?=ly$|ment$|ful$|less$)
    )""",
    re.VERBOSE,
)
_ENGLISH_APART = re.compile(r"ia(?!l|n\b)|io(?!n)|eo|iu|[aeiou]ing\b|ua(?!r)|ier\b|uou")
_SPANISH_SILENT = re.compile(r"(?<=q)u|(?<=g)u(?=[eiéí])|(?<!c)h")
_SPANISH_GLIDE = re.compile(r"y(?=[aeiouáéíóú])")
_SPANISH_VOWELS = re.compile(r"[aeiouyáéíóúü]+")
_SPANISH_NUCLEI = re.compile(r"[aeoáéóíú]")


def syllables(word: str, language: Language) -> int:
    """Syllables of one word, at least one; a number counts one a digit, an abbreviation one a letter."""
    if word[0].isdigit():
        return sum(letter.isdigit() for letter in word)
    if len(word) > 1 and word.isupper():
        return len(word)
    count = _english if language == "en" else _spanish
    return sum(max(1, count(part)) for part in re.split(r"-", word.lower()) if part)


def _english(word: str) -> int:
    word = re.sub(r"['’](?:s|t|re|ll|ve|d|m)?$", "", word)
    if word in _ENGLISH:
        return _ENGLISH[word]
    spoken_le = len(word) > 2 and re.search(r"[^aeiouy]les?$", word) is not None
    sounded = word if spoken_le else _ENGLISH_SILENT.sub("", word)
    groups = len(re.findall(r"[aeiouy]+", sounded))
    return groups + len(_ENGLISH_APART.findall(sounded))


def _spanish(word: str) -> int:
    """A syllable for each strong vowel or accented weak one; weak vowels alone make one together."""
    sounded = _SPANISH_GLIDE.sub("j", _SPANISH_SILENT.sub("", word))
    return sum(max(1, len(_SPANISH_NUCLEI.findall(run))) for run in _SPANISH_VOWELS.findall(sounded))


def _counts(sentences: list[str], language: Language) -> tuple[int, int, int]:
    """Sentences, words and syllables; a heading or a point of a list is a sentence by itself."""
    parts = [part for text in sentences for part in SENTENCE_END.split(text) if WORD.search(part)]
    words = [word for part in parts for word in WORD.findall(part)]
    if not words:
        raise ValueError("there is nothing to read")
    return len(parts), len(words), sum(syllables(word, language) for word in words)


def grade(sentences: list[str], language: Language) -> float:
    """School grade of a text given as its paragraphs and points: Flesch-Kincaid or Crawford.

    Raises ValueError if there is no word in it.
    """
    number, words, spoken = _counts(sentences, language)
    if language == "en":
        return 0.39 * words / number + 11.8 * spoken / words - 15.59
    return -0.205 * 100 * number / words + 0.049 * 100 * spoken / words - 3.407


def perspicuity(sentences: list[str]) -> float:
    """Szigriszt-Pazos perspicuity of a Spanish text, from 0 to about 100; higher is easier.

    Raises ValueError if there is no word in it.
    """
    number, words, spoken = _counts(sentences, "es")
    return 206.835 - 62.3 * spoken / words - words / number
