"""The Pack of a language: every word that the program itself says, and rules to read and quote texts by.

Each language has a module of its two letters beside this module. Every Pack fills the fields without defaults; the
others are for peculiarities of some languages. Patterns are regular expressions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

_NOUN: Final = r"[a-zà-öø-ÿ]{5,20}"


@dataclass(frozen=True)
class Pack:
    """One language."""

    code: str
    """ISO 639-1, two letters: how requests, documents and engines name the language."""
    name: str
    """In English, as prompts and messages have it."""
    locale: str
    """BCP 47, such as "pt-BR": the accent of hosted voices, and the region whose customs numbers are read by."""
    speaking_rate: float
    """Characters a second, measured over both embedded voices; hosted ones differ from them as from each other."""
    stemmer: str
    """Snowball's name of the language, whose algorithm tells which words are alike: https://snowballstem.org."""
    greeting: tuple[str, ...]
    """What is said before anything was read, of {host} and {title}. In three breaths, each a segment: all are voiced
    side by side, and the first is so short that it is heard almost as soon as the engine makes its first sound. Each
    lasts longer than the next takes to be voiced at five times real time."""
    settling: str
    """What a greeting has in addition, before the title, where services are only just being started: five seconds that
    suit an episode that is heard again, too."""
    untitled: str
    """What a podcast is called whose text has no title."""
    apology: str
    """What is said in place of a turn that no engine would voice."""
    notes: Notes
    phrases: Phrases
    stop_words: frozenset[str]
    """Words of three letters and more that say nothing of what a text is about."""
    context: Context
    nouns: Nouns
    reading: Reading
    untold_sections: frozenset[str]
    """Titles of sections in its Wikipedia that point elsewhere and tell nothing, in lower case."""


@dataclass(frozen=True)
class Notes:
    """The headings of show notes."""

    made: str
    """Says who speaks, {speakers}, and who made the podcast."""
    chapters: str
    sources: str


@dataclass(frozen=True)
class Phrases:
    """The extractive writer's own phrases: everything but facts, which are the sources' sentences.

    `{other}` is a host, `{title}` a source or the podcast, `{term}` a name or word of the next passage.
    No phrase is used twice in a podcast unless its blanks are filled otherwise.
    """

    introduction: str
    """Says who else speaks."""
    opening: str
    """Says that what follows is quoted."""
    opening_alone: str
    begin: str
    """Leads into the first sentences."""
    source: tuple[str, ...]
    """Leads into a source that was not quoted yet."""
    chapter: tuple[str, ...]
    """Leads into a chapter that has a heading in the source, or is about one thing."""
    moving_on: tuple[str, ...]
    """Leads into a chapter that has no name."""
    about_name: tuple[str, ...]
    """Asks for what comes next by a name in it."""
    about_word: tuple[str, ...]
    """Asks for what comes next by a word in it."""
    why: tuple[str, ...]
    """Asks for a reason, where the passage that follows gives one."""
    figures: tuple[str, ...]
    """Asks for numbers, where the passage that follows has some."""
    on: tuple[str, ...]
    """Asks for what comes next, whatever it is."""
    lead_in: tuple[str, ...]
    """Attributes what the same host then quotes."""
    last: tuple[str, ...]
    """Leads into the last passage."""
    unfinished: str
    """Says that a text which is read from its beginning goes on after what was read."""
    close: str
    goodbye: str
    """The close of a podcast that a model wrote."""
    because: tuple[str, ...]
    """Words that give a reason."""


@dataclass(frozen=True)
class Context:
    """How sentences depend on each other, and what they are part of."""

    first_words: frozenset[str]
    """Pronouns, possessives, words like "therefore"; where subjects are left out, verbs."""
    openings: tuple[str, ...]
    """Patterns of longer ones: "in return"."""
    limits: tuple[str, ...]
    """Patterns of beginnings that take something back of the sentence before: "however", "only if"."""
    narrative: frozenset[str]
    """Words that stories are full of: persons, and verbs of saying in the past."""
    once_upon_a_time: tuple[str, ...]
    """Patterns of how tales begin."""
    negations: frozenset[str]
    """Words that turn a statement into its contrary, or narrow it: two sentences that differ in them say two things."""
    leads_on: frozenset[str] = frozenset()
    """Words that a lead-in ends with, and no sentence: "shall", "except". Stop words and function words do, too."""
    stands_alone: tuple[str, ...] = ()
    """Patterns of beginnings that look alike and depend on nothing: "it is true that"."""
    takes_up: tuple[str, ...] = ()
    """Patterns that show the same anywhere in a sentence's first words."""


@dataclass(frozen=True)
class Nouns:
    """How names and nouns are found in a text, article and all, without a tagger."""

    function_words: frozenset[str]
    """Short words (the longer ones are stop words) before which a noun is complete: no adjective, no part of a name."""
    articles: frozenset[str] = frozenset()
    """Definite ones that a name or noun is quoted with or after."""
    fused: frozenset[str] = frozenset()
    """Prepositions with an article in them, and indefinite articles: a name cannot be lifted out from behind them."""
    not_names: frozenset[str] = frozenset()
    """Words with a capital letter that are no names to ask after, such as months."""
    noun: str = _NOUN
    """A pattern of what follows an article; of nothing where nouns have capitals, and are found as names are."""
    not_nouns: frozenset[str] = frozenset()
    """Words that tell nothing by themselves, only of what: "middle", "part", "number"."""
    not_noun_endings: tuple[str, ...] = ()
    """Endings of words that stand after an article and are no nouns."""
    with_article: bool = False
    """A noun is quoted with its article, because that shows neither case nor gender."""


@dataclass(frozen=True)
class Chess:
    """How moves are said."""

    letters: str
    """Of king, queen, rook, bishop and knight, as the language writes moves."""
    pieces: tuple[str, str, str, str, str]
    takes: str
    check: str
    mate: str
    becomes: str
    castles: tuple[str, str]
    """On the short and on the long side."""


@dataclass(frozen=True)
class Reading:
    """How numbers, dates, signs and abbreviations are read out. Nouns are "singular|plural".

    Months and units take their names from CLDR, by the pack's locale.
    """

    num2words: str
    """The language's name in the library of that name."""
    percent: str
    permille: str
    degrees: str
    """A noun, as all that have a bar in them: "degree|degrees"."""
    minus: str
    to: str
    """Between the ends of a range."""
    ratio: str
    """Between the parts of a ratio or a score."""
    per: str
    point: str
    """Between a number and its decimals."""
    dot: str
    """Between the parts of an address or a version."""
    colon: str
    slash: str
    """Within an address."""
    at: str
    """The sign of an e-mail address."""
    version: str
    hashtag: str
    date: str
    """How a day is said, of {day}, {month} and {year}."""
    scales: Mapping[int, str]
    """Powers of ten -> nouns that follow a number as part of it."""
    currencies: Mapping[str, str]
    """Nouns by their signs, each as people call it who do not say which country's it is. Signs and codes that say it
    have their names from CLDR."""
    cents: Mapping[str, str]
    """The signs of currencies at home here -> what their hundredth parts are called."""
    abbreviations: Mapping[str, str]
    """Dots and all -> what they stand for."""
    symbols: Mapping[str, str]
    denominators: Mapping[int, str]
    """Of fractions, as nouns; with others, `over` stands between two numbers."""
    over: str
    power: str
    """Between a number and its exponent."""
    powers: Mapping[int, str]
    """Exponents -> as they are said behind the number."""
    prefixes: Mapping[int, str]
    """Powers of ten -> as they begin the names of units."""
    named_units: Mapping[str, str]
    """Nouns of units that CLDR has no names for: "Wh", "M" (mol per liter), "dB", "U" (of insulin), "Ah"."""
    compass: Mapping[str, str]
    """The letters behind coordinates."""
    out_of: str
    """Between a rating and the best one."""
    rated: str
    """A pattern of words before ratings: "rated 4/5"."""
    stars: str
    points: str
    """Nouns, as `degrees`, of what is given in ratings."""
    sections: str
    """Two and more of "§"."""
    born_died: tuple[str, str]
    """The signs before dates of lives: "* 1820 † 1903"."""
    chess: Chess
    hour: tuple[str, str]
    """Between hours and minutes, and after a full hour."""
    notations: tuple[tuple[str, str], ...] = ()
    """Patterns of what is written in ways of this language alone -> the same in other ways, before numbers are read."""
    dialed: str = ""
    """A pattern of words behind which numbers of three digits are said digit by digit: "call 911"."""
    crossed: str = ""
    """What a cross before an item says: "not:"."""
    denied: str = r"(?!)"
    """A pattern of an item that says so itself: "No dogs", "Dogs not allowed"."""
    scale_signs: Mapping[str, int] = field(default_factory=dict)
    """Abbreviations of scales -> powers of ten."""
    money_scale_signs: Mapping[str, int] = field(default_factory=lambda: {"k": 3, "K": 3, "M": 6, "bn": 9, "B": 9})
    """Those that are scales in sums of money alone: "$5M", "450 k€". Right behind a number whose currency is before
    it, those of English are as well: "€5m"."""
    bare_scales: tuple[int, ...] = ()
    """Powers of ten before which there is no one: "mil", not "un mil"."""
    agreement: tuple[tuple[str, str, str], ...] = ()
    """Patterns of ends of numbers, and what these are before a masculine and a feminine noun; the first that fits."""
    half: tuple[str, ...] = ()
    """One half before a masculine, a feminine and, where there are any, a neuter noun."""
    half_declined: tuple[tuple[str, tuple[str, str, str]], ...] = ()
    """Patterns of the words before one half -> what it then is, in the same order; the first that fits."""
    and_a_half: tuple[str, ...] = ()
    """The same behind one and more and their noun."""
    contractions: tuple[tuple[str, str], ...] = ()
    """Patterns of words that are one before certain sounds -> what they then are: "un'ora"."""
    times: str = ""
    """A noun, feminine: "two and a half times"."""
    joined_half: str = ""
    """One half as the end of a whole number's word: "zweieinhalb"."""
    half_of: str = ""
    """One half of all: before one of the words of the pattern `of_all`."""
    of_all: str = ""
    feminine: str = ""
    """A pattern of singular nouns that are feminine, among those of units, currencies and scales."""
    neuter: str = ""
    """A pattern of singular nouns that are neuter, among those counted by halves."""
    names_in_lower_case: bool = False
    """CLDR has the names of currencies with a capital letter that a sentence does not have them with."""
    attached_units: tuple[str, ...] = ()
    """Symbols of units that are words, but right behind a number: "7in"."""
    greek: Mapping[str, str] = field(default_factory=dict)
    """Names of Greek letters that are not as in English."""
    day_halves: tuple[str, ...] = ()
    """What "am" and "pm" are said as, where they are written, and "pm" from eight on, where that differs."""
    lasting: str = ""
    """A pattern of what makes a time that something lasts of "1:45", which otherwise is a time of day."""
    crowds: Mapping[str, str] = field(default_factory=dict)
    """The scales "k" and "M" -> a pattern of words before which they are scales: "5k followers"."""
    abbreviations_behind_names: Mapping[str, str] = field(default_factory=dict)
    """What some abbreviations stand for behind a name, and before none: the "St." of streets."""
    before_numerals: Mapping[str, str] = field(default_factory=dict)
    """Abbreviations that are such before a number alone, in whichever digits: of pages, of centuries."""
    behind_numerals: Mapping[str, str] = field(default_factory=dict)
    """The same behind a number alone: "p. 12 f."."""
    in_laws: Mapping[str, str] = field(default_factory=dict)
    """Abbreviations of what a section of a law is cited by: "§ 5 Abs. 2 S. 1"."""
    scripture: str = ""
    """A pattern of the books of the Bible, as they are cited before chapter and verse."""
    by: str = ""
    """Between the sides of something: "3x4 m"."""
    scores_with_x: bool = False
    """"2 x 1" is a score."""
    pressure: str = ""
    """A pattern of what blood pressure is called: "12/8" is no fraction behind it."""
    hour_marks: tuple[str, ...] = ("h",)
    """What may be written behind a time."""
    zero_minute: str = ""
    """Before minutes under ten: "nine *oh* five"."""
    one_hour: tuple[str, str] | None = None
    """As `hour`, for one o'clock, where that differs."""
    hours: Mapping[int, str] = field(default_factory=dict)
    """Hours that are not said as numbers are: feminine ones."""
    bare_hours: bool = False
    """"9 h" and "14h30" are times."""
    before_hour: str = ""
    """A pattern of words behind which "9 h" is a time of day, where elsewhere so many hours are meant."""
    before_time: tuple[str, ...] = ()
    """Words before which "14.30" is a time."""
    before_date: tuple[str, ...] = ()
    """Words before which "3.5.", or "31/12", is a date."""
    before_month: str = ""
    """A pattern of words before which "03/2024" is a month."""
    eras: str = ""
    """A pattern of what stands behind years that are counted backwards: "500–400 BC" is a range."""
    written_at: str = ""
    """What "@" is in words for both genders: "l@s niñ@s"."""
    day: Literal["ordinal", "first"] = "first"
    """Whether all days of a month are ordinal numbers, or the first alone."""
    day_ending: str = ""
    """What a day ends in, but after the nominative article."""
    nominative_article: str = ""
    ordinal_dot: bool = False
    """"3. Mai" is the third: a dot makes an ordinal number."""
    ordinal_endings: tuple[tuple[str, str], ...] = ()
    """Patterns of what is before an ordinal number with a dot -> what it then ends in; the first that fits."""
    ordinal_nouns: tuple[str, ...] = ()
    """Patterns of nouns that make an ordinal number of "19." whatever is before."""
    ordinal_alone: tuple[str, str] = ("", "")
    """What an ordinal number with a dot ends in where nothing is before: masculine and feminine."""
    shortened_ordinals: str = ""
    """A pattern of ordinal numbers that are shorter before a noun; its group is what is left: "primer"."""
    degree_ordinals: str = ""
    """A pattern of what makes an ordinal number of "1°" when it follows."""
    month_first: bool = False
    """A date of numbers and strokes begins with its month, if that can be one."""
    first: tuple[str, str] | None = None
    """The first of something, masculine and feminine, where it is not the ordinal number that num2words has."""
    ordinal_suffixes: tuple[str, ...] = ("º", "ª", ".º", ".ª")
    """What makes an ordinal number of the number before it."""
    decades: Mapping[str, str] = field(default_factory=dict)
    """The last two digits of "1990s" -> as they are said."""
    days_like_words: frozenset[str] = frozenset()
    """Abbreviations of days, in small letters without their dots, that are words as well: "sat", "mer"."""
    months_like_words: frozenset[str] = frozenset()
    """The same of months."""
    behind_ranks: Mapping[str, str] = field(default_factory=dict)
    """Abbreviations that are such behind an ordinal number alone: "XIXe s.", "V sec."."""
    rank_endings: str = ""
    """The letters that end those, besides Roman numerals."""
    counted_small: str = ""
    """A pattern of words behind which Roman numerals are in small letters: "page xii"."""
    plain_ordinals: str = ""
    """A pattern of words behind which "2a" and "3°" are ordinal numbers."""
    before_decade: str = ""
    """A pattern of words behind which "90s" is no time in seconds."""
    decade_suffix: str = ""
    """A pattern of what makes a decade of the number before it, and is said so."""
    before_ratio: str = ""
    """A pattern of words before which "1:10" is no time."""
    plural_s: bool = False
    """Nouns have an s in the plural, and are otherwise as in the singular."""
    decimal_comma: bool = True
    """12,5 rather than 12.5, and then 1.000 rather than 1,000."""
    decimals_as_number: bool = True
    """Up to three decimals are said as one number, not digit by digit."""
    of: str = ""
    """Between a scale and a currency: "three million *of* dollars"."""
    elided_of: str = ""
    """The same before a vowel, where it differs."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Symbols that units have in this language alone -> what CLDR calls these."""
    list_endings: tuple[str, ...] = ()
    """Abbreviations that end a list, and share their full stop with the sentence that they end."""
    behind_roman: str = ""
    """A pattern of nouns that Roman numerals before them count: "II Guerra Mundial"."""
    before_century: tuple[str, ...] = ()
    """Words before Roman numerals that are centuries."""
    fused_before_century: tuple[str, ...] = ()
    """Those among them that may be before anything else, a single letter included."""
    counted: tuple[str, ...] = ()
    """Words before Roman numerals that count: "chapter IV" is chapter four."""
    pronoun_i: bool = False
    """A lone "I" is a word of its own."""
    ranked: str = ""
    """How a ruler's number is said, of {ordinal} or, with a capital letter, {Ordinal}; plain, if empty."""
    ranks_up_to: int = 0
    """Until where plain ones are ordinal numbers; what comes after is not."""
    centuries_ranked: bool = False
    """Centuries are numbered as rulers are."""


def words(text: str) -> frozenset[str]:
    """Make a set of the words in `text`."""
    return frozenset(text.split())
