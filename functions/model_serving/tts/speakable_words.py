"""The words that tts/speakable.py puts in place of symbols, abbreviations and units, by language."""

# ruff: noqa: RUF001 - the multiplication sign is one

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Words:
    """One language's words. Nouns are "singular|plural"; an abbreviation's key has its dots."""

    percent: str
    degrees: str
    to: str
    point: str
    dot: str
    at: str
    of: str
    """Between a scale and a currency: "three million *of* dollars" in the Romance languages."""
    scales: tuple[str, ...]
    hour: tuple[str, str]
    """Between hours and minutes, and after a full hour."""
    months: tuple[str, ...]
    date: str
    """How a day is said, of {day}, {month} and {year}."""
    currencies: dict[str, str]
    units: dict[str, str]
    abbreviations: dict[str, str]
    symbols: dict[str, str]
    decimal_comma: bool = True


EN: Final = Words(
    percent="percent",
    degrees="degrees",
    to="to",
    point="point",
    dot="dot",
    at="at",
    of="",
    scales=("thousand", "million", "billion", "trillion"),
    hour=(" ", " o'clock"),
    months=("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December"),
    date="{month} {day}, {year}",
    currencies={"$": "dollar|dollars", "€": "euro|euros", "£": "pound|pounds", "¥": "yen|yen"},
    units={
        "km/h": "kilometer per hour|kilometers per hour", "mph": "mile per hour|miles per hour",
        "km²": "square kilometer|square kilometers", "m²": "square meter|square meters", "km": "kilometer|kilometers",
        "m": "meter|meters", "cm": "centimeter|centimeters", "mm": "millimeter|millimeters", "kg": "kilogram|kilograms",
        "g": "gram|grams", "mg": "milligram|milligrams", "ml": "milliliter|milliliters", "ft": "foot|feet",
        "lb": "pound|pounds", "GB": "gigabyte|gigabytes", "MB": "megabyte|megabytes", "GHz": "gigahertz|gigahertz",
        "MHz": "megahertz|megahertz", "kWh": "kilowatt hour|kilowatt hours", "MW": "megawatt|megawatts",
        "GW": "gigawatt|gigawatts", "ms": "millisecond|milliseconds",
    },
    abbreviations={
        "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Prof.": "Professor", "St.": "Saint",
        "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "approx.": "approximately",
        "Jr.": "Junior", "Sr.": "Senior", "ca.": "circa", "U.S.": "U S", "U.K.": "U K", "et al.": "and others",
    },
    symbols={"&": "and", "+": "plus", "=": "equals", "@": "at", "#": "number", "×": "times", "§": "section"},
    decimal_comma=False,
)  # fmt: skip

ES: Final = Words(
    percent="por ciento",
    degrees="grados",
    to="a",
    point="coma",
    dot="punto",
    at="arroba",
    of="de ",
    scales=("mil", "millón", "millones", "billones"),
    hour=(" y ", " en punto"),
    months=("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
            "noviembre", "diciembre"),
    date="{day} de {month} de {year}",
    currencies={"$": "dólar|dólares", "€": "euro|euros", "£": "libra|libras", "¥": "yen|yenes"},
    units={
        "km/h": "kilómetro por hora|kilómetros por hora", "km²": "kilómetro cuadrado|kilómetros cuadrados",
        "m²": "metro cuadrado|metros cuadrados", "km": "kilómetro|kilómetros", "m": "metro|metros",
        "cm": "centímetro|centímetros", "mm": "milímetro|milímetros", "kg": "kilogramo|kilogramos", "g": "gramo|gramos",
        "mg": "miligramo|miligramos", "ml": "mililitro|mililitros", "GB": "gigabyte|gigabytes",
        "MB": "megabyte|megabytes", "GHz": "gigahercio|gigahercios", "MHz": "megahercio|megahercios",
        "kWh": "kilovatio hora|kilovatios hora", "MW": "megavatio|megavatios", "GW": "gigavatio|gigavatios",
    },
    abbreviations={
        "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Dr.": "doctor", "Dra.": "doctora",
        "Prof.": "profesor", "p. ej.": "por ejemplo", "etc.": "etcétera", "EE. UU.": "Estados Unidos",
        "EE.UU.": "Estados Unidos", "a. C.": "antes de Cristo", "d. C.": "después de Cristo",
        "aprox.": "aproximadamente", "Ud.": "usted", "Uds.": "ustedes", "vs.": "contra",
    },
    symbols={"&": "y", "+": "más", "=": "igual a", "@": "arroba", "#": "número", "×": "por", "§": "sección"},
)  # fmt: skip

FR: Final = Words(
    percent="pour cent",
    degrees="degrés",
    to="à",
    point="virgule",
    dot="point",
    at="arobase",
    of="de ",
    scales=("mille", "million", "millions", "milliard", "milliards"),
    hour=(" heures ", " heures"),
    months=("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
            "décembre"),
    date="{day} {month} {year}",
    currencies={"$": "dollar|dollars", "€": "euro|euros", "£": "livre|livres", "¥": "yen|yens"},
    units={
        "km/h": "kilomètre heure|kilomètres heure", "km²": "kilomètre carré|kilomètres carrés",
        "m²": "mètre carré|mètres carrés", "km": "kilomètre|kilomètres", "m": "mètre|mètres",
        "cm": "centimètre|centimètres", "mm": "millimètre|millimètres", "kg": "kilogramme|kilogrammes",
        "g": "gramme|grammes", "mg": "milligramme|milligrammes", "ml": "millilitre|millilitres",
        "Go": "gigaoctet|gigaoctets", "Mo": "mégaoctet|mégaoctets", "GHz": "gigahertz|gigahertz",
        "MHz": "mégahertz|mégahertz", "kWh": "kilowattheure|kilowattheures", "MW": "mégawatt|mégawatts",
        "GW": "gigawatt|gigawatts",
    },
    abbreviations={
        "M.": "monsieur", "MM.": "messieurs", "Mme": "madame", "Mlle": "mademoiselle", "Dr": "docteur",
        "Pr": "professeur", "p. ex.": "par exemple", "c.-à-d.": "c'est-à-dire", "etc.": "et cetera",
        "av. J.-C.": "avant Jésus-Christ", "apr. J.-C.": "après Jésus-Christ", "env.": "environ",
        "St": "saint", "Ste": "sainte", "vs": "contre",
    },
    symbols={"&": "et", "+": "plus", "=": "égale", "@": "arobase", "#": "numéro", "×": "fois", "§": "paragraphe"},
)  # fmt: skip

DE: Final = Words(
    percent="Prozent",
    degrees="Grad",
    to="bis",
    point="Komma",
    dot="Punkt",
    at="ät",
    of="",
    scales=("Tausend", "Million", "Millionen", "Milliarde", "Milliarden"),
    hour=(" Uhr ", " Uhr"),
    months=("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
            "Dezember"),
    date="{day} {month} {year}",
    currencies={"$": "Dollar|Dollar", "€": "Euro|Euro", "£": "Pfund|Pfund", "¥": "Yen|Yen"},
    units={
        "km/h": "Kilometer pro Stunde|Kilometer pro Stunde", "km²": "Quadratkilometer|Quadratkilometer",
        "m²": "Quadratmeter|Quadratmeter", "km": "Kilometer|Kilometer", "m": "Meter|Meter",
        "cm": "Zentimeter|Zentimeter", "mm": "Millimeter|Millimeter", "kg": "Kilogramm|Kilogramm", "g": "Gramm|Gramm",
        "mg": "Milligramm|Milligramm", "ml": "Milliliter|Milliliter", "GB": "Gigabyte|Gigabyte",
        "MB": "Megabyte|Megabyte", "GHz": "Gigahertz|Gigahertz", "MHz": "Megahertz|Megahertz",
        "kWh": "Kilowattstunde|Kilowattstunden", "MW": "Megawatt|Megawatt", "GW": "Gigawatt|Gigawatt",
    },
    abbreviations={
        "Dr.": "Doktor", "Prof.": "Professor", "z. B.": "zum Beispiel", "z.B.": "zum Beispiel", "d. h.": "das heißt",
        "d.h.": "das heißt", "u. a.": "unter anderem", "u.a.": "unter anderem", "usw.": "und so weiter",
        "bzw.": "beziehungsweise", "ca.": "circa", "St.": "Sankt", "vgl.": "vergleiche",
        "v. Chr.": "vor Christus", "n. Chr.": "nach Christus", "etc.": "et cetera", "Mio.": "Millionen",
        "Mrd.": "Milliarden", "vs.": "gegen",
    },
    symbols={"&": "und", "+": "plus", "=": "gleich", "@": "ät", "#": "Nummer", "×": "mal", "§": "Paragraf"},
)  # fmt: skip

PT: Final = Words(
    percent="por cento",
    degrees="graus",
    to="a",
    point="vírgula",
    dot="ponto",
    at="arroba",
    of="de ",
    scales=("mil", "milhão", "milhões", "bilhão", "bilhões"),
    hour=(" e ", " horas"),
    months=("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
            "novembro", "dezembro"),
    date="{day} de {month} de {year}",
    currencies={
        "$": "dólar|dólares", "€": "euro|euros", "£": "libra|libras", "¥": "iene|ienes", "R$": "real|reais",
    },
    units={
        "km/h": "quilômetro por hora|quilômetros por hora", "km²": "quilômetro quadrado|quilômetros quadrados",
        "m²": "metro quadrado|metros quadrados", "km": "quilômetro|quilômetros", "m": "metro|metros",
        "cm": "centímetro|centímetros", "mm": "milímetro|milímetros", "kg": "quilograma|quilogramas",
        "g": "grama|gramas", "mg": "miligrama|miligramas", "ml": "mililitro|mililitros", "GB": "gigabyte|gigabytes",
        "MB": "megabyte|megabytes", "GHz": "giga-hertz|giga-hertz", "MHz": "mega-hertz|mega-hertz",
        "kWh": "quilowatt-hora|quilowatts-hora", "MW": "megawatt|megawatts", "GW": "gigawatt|gigawatts",
    },
    abbreviations={
        "Sr.": "senhor", "Sra.": "senhora", "Dr.": "doutor", "Dra.": "doutora", "Prof.": "professor",
        "p. ex.": "por exemplo", "etc.": "etcétera", "a.C.": "antes de Cristo", "d.C.": "depois de Cristo",
        "a. C.": "antes de Cristo", "d. C.": "depois de Cristo", "aprox.": "aproximadamente",
        "EUA": "Estados Unidos", "vs.": "contra",
    },
    symbols={"&": "e", "+": "mais", "=": "igual a", "@": "arroba", "#": "número", "×": "vezes", "§": "parágrafo"},
)  # fmt: skip

IT: Final = Words(
    percent="per cento",
    degrees="gradi",
    to="a",
    point="virgola",
    dot="punto",
    at="chiocciola",
    of="di ",
    scales=("mila", "milione", "milioni", "miliardo", "miliardi"),
    hour=(" e ", " in punto"),
    months=("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
            "novembre", "dicembre"),
    date="{day} {month} {year}",
    currencies={"$": "dollaro|dollari", "€": "euro|euro", "£": "sterlina|sterline", "¥": "yen|yen"},
    units={
        "km/h": "chilometro all'ora|chilometri all'ora", "km²": "chilometro quadrato|chilometri quadrati",
        "m²": "metro quadrato|metri quadrati", "km": "chilometro|chilometri", "m": "metro|metri",
        "cm": "centimetro|centimetri", "mm": "millimetro|millimetri", "kg": "chilogrammo|chilogrammi",
        "g": "grammo|grammi", "mg": "milligrammo|milligrammi", "ml": "millilitro|millilitri",
        "GB": "gigabyte|gigabyte", "MB": "megabyte|megabyte", "GHz": "gigahertz|gigahertz",
        "MHz": "megahertz|megahertz", "kWh": "chilowattora|chilowattora", "MW": "megawatt|megawatt",
        "GW": "gigawatt|gigawatt",
    },
    abbreviations={
        "Sig.": "signor", "Sig.ra": "signora", "Dott.": "dottor", "Dott.ssa": "dottoressa", "Prof.": "professor",
        "Ing.": "ingegner", "ad es.": "ad esempio", "ecc.": "eccetera", "a.C.": "avanti Cristo",
        "d.C.": "dopo Cristo", "a. C.": "avanti Cristo", "d. C.": "dopo Cristo", "ca.": "circa",
        "vs.": "contro",
    },
    symbols={"&": "e", "+": "più", "=": "uguale a", "@": "chiocciola", "#": "numero", "×": "per", "§": "paragrafo"},
)  # fmt: skip

WORDS: Final = {"en": EN, "es": ES, "fr": FR, "de": DE, "pt": PT, "it": IT}
