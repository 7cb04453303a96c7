"""English."""

# ruff: noqa: RUF001 - multiplication signs and raised letters are meant

from __future__ import annotations

from typing import Final

from common.languages.pack import Chess, Context, Notes, Nouns, Pack, Phrases, Reading, words

PACK: Final = Pack(
    code="en",
    name="English",
    locale="en-US",
    speaking_rate=15.8,
    stemmer="english",
    greeting=("Hello.", "Welcome to Aethercast. I'm {host}.", "Today's subject: {title}."),
    settling="It is good to have you here. Make yourself comfortable: in a moment we begin.",
    untitled="A text without a title",
    apology="We are sorry: this passage could not be voiced. We go on with the next one.",
    notes=Notes(
        made="With {speakers}. Written and voiced by Aethercast, from the sources below.",
        chapters="Chapters",
        sources="Sources",
    ),
    phrases=Phrases(
        introduction="And I'm {other}.",
        opening="One thing first: what you'll hear are the sources' own words. We quote, "
                "and add nothing.",
        opening_alone="One thing first: what you'll hear are the sources' own words. I quote, and add "
                      "nothing.",
        begin="Here is how it begins.",
        source=("Now to another source: {title}.", "Let's turn to {title}.", "Next, {title}."),
        chapter=("Next: {title}.", "On to this: {title}.", "Which brings us to this: {title}."),
        moving_on=(
            "Let's move on.", "Time for the next chapter.", "That brings us to another side of it.",
            "Let's turn the page.",
        ),
        about_name=(
            "What do we hear about {term}?", "And {term}?", "Where does {term} come in?", "Tell me about {term}.",
            "What does it say about {term}?", "I'd like to hear about {term}.",
        ),
        about_word=(
            "There's a passage on {term}, isn't there?", "What do we read about {term}?",
            "I made a note here: {term}.", "What about {term}?", "Let's talk about {term}.",
        ),
        why=("Does it say why?", "Is there a reason given?", "And the reason?", "What's the explanation?"),
        figures=(
            "Are there any figures?", "Can we put numbers on that?", "How much are we talking about?",
            "Do we have numbers?",
        ),
        on=(
            "Go on.", "What comes next?", "How does it continue?", "I'm listening.", "And then?",
            "What else is there?", "Let's hear more.", "Right. Read on.", "So what follows?",
            "Okay. And from there?",
        ),
        lead_in=(
            "The text puts it this way:", "In the source's words:", "I quote:", "It goes on:", "Here it says:",
            "Then we read:", "It continues like this:", "And this, word for word:",
        ),
        last=("One last passage before we stop.", "And one more passage before we close."),
        unfinished="We stop here. The text itself goes on.",
        close="That was our subject: {title}. "
              "All of it in the words of its sources. Thank you for listening, and goodbye.",
        goodbye="That was {title}. Thank you for listening, and goodbye.",
        because=("because", "(?:is|was|are|were|mainly|largely|partly) (?:due to|caused by)", "the reason"),
    ),
    stop_words=words("""
        about above after again against all also although among and another any are around because been before being
        below between both but can cannot could did does doing down during each either even ever every few first for
        from further had has have having her here hers him his how however including into its itself just last later
        less like made make many may might more most much must nearly neither never nor not now off often once one
        only onto other others our out over own per perhaps quite rather same second several shall she should since
        some still such than that the their them then there therefore these they this those though three through thus
        too toward towards two under until upon use used very was well were what when where whether which while who
        whom whose why will with within without would yet you your
    """),
    context=Context(
        first_words=words("""
            he she it they him her them his hers its their theirs this that these those such both neither either
            another others but yet so then thus hence therefore however nevertheless instead moreover furthermore
            besides also otherwise accordingly consequently similarly meanwhile afterwards here there and or nor
            because which who yes no indeed still too
        """),
        openings=(
            "in (?:return|turn|contrast|addition|both|this|that|these|such|other words|fact)",
            "for (?:this|that|example|instance)",
            "(?:at|on|by|to|with|of|after|from|one of|some of) (?:this|that|these|those|them|there|then|the same)",
            "on the (?:other|contrary)", "as a (?:result|consequence)",
            "the (?:result|reason|explanation|answer|effect|latter|former|same|other|two)",
        ),
        stands_alone=(
            r"it (?:is|was|has been|takes|seems|turns)\b.* (?:that|to)\b", r"there (?:is|are|was|were)\b",
            r"this (?:week|month|year|morning)\b", r"no (?!such\b|more\b|longer\b)[a-z]",
        ),
        takes_up=("therefore", "however", "the latter", "the former", "do the same"),
        limits=(
            "but", "yet", "however", "nevertheless", "nonetheless", "except", "unless", "only", "otherwise",
            "not", "provided", "exceptions?", "the (?:only )?exceptions?",
            r"(?:this|that|it|these|they) (?:do|does|shall|is|are|will|applies|apply|may|must|can) (?:not|only)\b",
            "(?:cannot|never)", "none of (?:this|these|them)", "in no case", "even (?:then|so)",
            r"[^.;:]{0,50}\b(?:do|does|shall|will) not (?:apply|include|cover|extend)",
            r"[^.;:]{0,50}\b(?:is|are|remains?|shall be) (?:exempt|exempted|excluded|excepted|unaffected)",
            r"[^.;:]{0,60}, (?:however|though|nevertheless|nonetheless|on the other hand)\b",
        ),
        narrative=words("""
            he she him her his hers they them said asked replied answered whispered cried told thought looked came
            went was were had knew saw stood took
        """),
        once_upon_a_time=("once upon a time", "once there was", "there (?:once )?lived", "long ago"),
        negations=words("no not never none nor neither nobody nothing nowhere cannot without only except unless"),
        leads_on=words("""
            shall must may can will not except unless only if when provided following without with until include
            includes including excluding are is have has to nor or and
        """),
    ),
    nouns=Nouns(
        function_words=words("""
            of in on at to is it as by or an and but for was are has had can may not so than will a do no per die
        """),
        articles=words("the"),
        fused=words("do no"),
        not_names=words("""
            January February March April May June July August September October November December Monday Tuesday
            Wednesday Thursday Friday Saturday Sunday God I
        """),
        noun=r"[a-z]{4,20}(?: of (?:the |an? )?[a-z]{4,20})?",
        not_noun_endings=("ing",),
        with_article=True,
        not_nouns=words("""
            middle beginning edge part parts side sides number numbers kind sort form way ways bottom case event
            amount lack result purpose course fact people thing things year years time times days hand hands place
            places point points list text state level basis term terms order idea same whole rest front back line view
            light world use need aim
        """),
    ),
    reading=Reading(
        num2words="en",
        percent="percent",
        permille="per mille",
        degrees="degree|degrees",
        minus="minus",
        to="to",
        ratio="to",
        per="per",
        point="point",
        dot="dot",
        colon="colon",
        slash="slash",
        at="at",
        version="version",
        hashtag="hashtag",
        date="{month} {day}, {year}",
        scales={
            3: "thousand|thousand", 5: "lakh|lakh", 7: "crore|crore", 6: "million|million", 9: "billion|billion",
            12: "trillion|trillion",
            15: "quadrillion|quadrillion",
        },
        scale_signs={"bn": 9, "tn": 12, "trn": 12, "mn": 6, "mln": 6},
        money_scale_signs={
            "k": 3, "K": 3, "m": 6, "M": 6, "mm": 6, "MM": 6, "mil": 6, "b": 9, "B": 9, "t": 12, "T": 12,
        },
        currencies={
            "$": "dollar|dollars", "€": "euro|euros", "£": "pound|pounds", "¥": "yen|yen", "¢": "cent|cents",
            "₿": "bitcoin|bitcoins",
        },
        cents={"$": "cent|cents", "£": "penny|pence"},
        abbreviations={
            "20/20": "twenty twenty", "401(k)": "four oh one K", "403(b)": "four oh three B",
            "WWI": "World War One", "WWII": "World War Two", "WW1": "World War One", "WW2": "World War Two",
            "sq. ft.": "square feet", "sq. m": "square meters", "b.i.d.": "twice a day", "t.i.d.": "three times a day",
            "q.i.d.": "four times a day", "p.r.n.": "as needed",
            "cf.": "compare", "viz.": "namely", "ibid.": "in the same place", "op. cit.": "in the work cited",
            "dept.": "department", "govt.": "government", "Ft.": "Fort", "Rd.": "Road", "Bros.": "Brothers",
            "w/": "with", "b/c": "because", "c/o": "care of", "esp.": "especially", "misc.": "miscellaneous",
             "Messrs.": "Messieurs", "Pres.": "President",
            "Cpl.": "Corporal", "Maj.": "Major", "Adm.": "Admiral", "Supt.": "Superintendent",
            "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Prof.": "Professor", "St.": "Saint",
            "Mt.": "Mount", "Lt.": "Lieutenant", "Col.": "Colonel", "Gen.": "General", "Capt.": "Captain",
            "Sgt.": "Sergeant", "Gov.": "Governor", "Sen.": "Senator", "Rep.": "Representative", "Rev.": "Reverend",
            "Hon.": "Honorable", "Inc.": "Incorporated", "Ltd.": "Limited", "Corp.": "Corporation", "Co.": "Company",
            "Ave.": "Avenue", "Blvd.": "Boulevard", "Dept.": "Department", "incl.": "including",
            "Mon.": "Monday", "Tue.": "Tuesday", "Tues.": "Tuesday", "Wed.": "Wednesday", "Thu.": "Thursday",
            "Thurs.": "Thursday", "Fri.": "Friday", "a.m.": "A M", "p.m.": "P M",
            "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus",
            "approx.": "approximately", "24/7": "twenty-four seven", "9/11": "nine eleven", "w/o": "without",
            "C#": "C sharp", "F#": "F sharp", "fig.": "figure", "Fig.": "Figure", "Vol.": "Volume", "Jr.": "Junior",
            "Sr.": "Senior", "ca.": "circa", "U.S.": "U S",
            "U.K.": "U K", "et al.": "and others",
        },
        notations=(
            (r"(?<!\w)dep\.:? (?=(?:at )?\d{1,2}[:.]\d\d)", "departing "),
            (r"(?<!\w)arr\.:? (?=(?:at )?\d{1,2}[:.]\d\d)", "arriving "),
            (r"(?<!\w)d\. (?=(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)\w*\.? \d|1\d{3}\b|20\d\d\b)",
             "died "),
            (r"(?<![\w.'’])s\. ?(?=\d{1,4}[A-Z]?(?:\(|\sof the\b))", "section "),
            (r"(?<![\w.'’])ss\. ?(?=\d{1,4}[A-Z]?(?:[–-]\d|\(|\sand \d))", "sections "),
            (r"\b(gross|net)/(?=(?:month|year|week|day|hour)\b)", r"\1 per "),
            (r"(?<![\w.,/])1 c\.(?= (?:of )?[a-z]{3})", "1 cup"),
            (r"(?<=\d) doz\.", " dozen"), (r"\b([Vv])it\. (?=[A-K]\d?\b)", r"\1itamin "),
            (r"\b([Nn]oon|[Mm]idnight)\s?[–-]\s?(?=\d)", r"\1 to "),
            (r"(?<=\d)\s?[–-]\s?(?=(?:noon|midnight)\b)", " to "),
            (r"(?<!\w)ea\.(?=[,;)]|\s)", "each"), (r"(?<!\w)[Ee]qs?\. (?=\(?\d)", "equation "),
            (r"(?<!\w)S0?(\d{1,2})\s?:?E[pP]?0?(\d{1,3})(?!\w)", r"season \1, episode \2"),
            (r"(?<![\w/])(\d{1,2})/(\d{1,2})c(?!\w)", r"\1, \2 central"),
            (r"(?<!\w)2d (?=(?:[Ee]d|Cir|Dist|Div|Sess|Lt|Series)\b)", "2nd "),
            (r"(?<!\w)3d (?=(?:[Ee]d|Cir|Dist|Div|Sess)\b)", "3rd "),
            (r"((?<=\d)|(?<=[a-z]))-in\.(?=\s?[\w,;)])", "-inch"),
            (r"(?<=\d) in\.(?=[,;:)]| (?:of|by|x|wide|tall|long|deep|thick|high|in|from|to|and|or|below|above|apart"
             r"|across|square|pan|rain|snow)\b)", "in"),
            (r"(?<![\w.,$])100s(?= of\b)", "hundreds"), (r"(?<![\w.,$])1,?000s(?= of\b|[,;])", "thousands"),
            (r"(?<![\w.,$])10s(?= of\b)", "tens"), (r"\$(\d0)s(?!\w)", r"$\1 bills"),
            (r"(?<![\w/])(\d{1,2})/(2|4|8|16)(?=[ -](?:time|meter|metre|signature)\b)", r"\1 \2"),
            (r"((?:4[05]|90|105|120)\+\d{1,2})['’′](?!\w)", r"\1"),
            (r"(?<=\d)(st|nd|rd|th) min\.", r"\1 minute"), (r"(?<=\d)(st|nd|rd|th) fl\.", r"\1 floor"),
            (r"(?<=\d)(st|nd|rd|th) mvt\.", r"\1 movement"), (r"(?<=\d) pkgs?\.", " packages"),
            (r"(?<=\d\d) est\.(?=[,;)])", " estimated"), (r"(?<![\w.,])1 packages", "1 package"),
            (r"(?<=\d) c\.(?= (?:of )?(?:flour|sugar|milk|water|rice|butter|oil|stock|broth|oats|cream|cheese)\b)",
             " cups"),
            (r"(?<!\w)1 (?=(?:Cor|Thess|Tim|Pet|Sam|Chron|Kings|John)\.? \d)", "First "),
            (r"(?<!\w)2 (?=(?:Cor|Thess|Tim|Pet|Sam|Chron|Kings|John)\.? \d)", "Second "),
            (r"(?<!\w)r\. (?=1\d{3}\s?[–-])", "reigned "), (r"(?<!\w)fl\. (?=(?:c\. )?1?\d{3}\b)", "flourished "),
            (r"(?<!\w)km (?=\d)", "kilometer "), (r"(?<=\d)-ga\.?(?!\w)", "-gauge"),
            (r"(?<=times)/(?:wk\.?|week)(?!\w)", " per week"), (r"(?<=\dx)/(?:wk\.?|week)(?!\w)", " per week"),
            (r"(?<=\dx)/day(?!\w)", " per day"), (r"(?<=\dx)/mo\.?(?!\w)", " per month"),
            (r"(\b(?:[Ii]n|[Ss]ince|[Ff]rom|[Uu]ntil|[Aa]fter|[Bb]efore|circa|around|year|by|AD|anno) )10([1-9]\d)"
             r"(?![\w%]|[.,]\d|,?\s(?!to\b|and\b|as\b|was\b)[a-z-]+s\b|\s(?:people|men|women|children))", r"\1ten \2"),
            (r"(ten \d\d(?: to |[–-]))10([1-9]\d)", r"\1ten \2"),
            (r"(?<=\()10([1-9]\d)(?=\)|[–-]1[01]\d\d\))", r"ten \1"),
            (r"(?<=ten \d\d)[–-](?=1\d{3}|ten)", " to "),
            (r"(?<!\w)(7|4|14|10|21)(20|80|40|60)([pi])(?!\w)", r"\1 \2 \3"),
            (r"(?<!\w)\.(\d\d)(?=[ -]cal)", r"\1"),
            (r"(\d ?(?:ft|feet|foot)\.? \d{1,2}) in\b(?!\s[a-z])", r"\1in"),
            (r"(?<=\bD\.C\. )(\d)(\d)(\d)(\d)(\d)(?![\w-]|[.,]\d)", r"\1 \2 \3 \4 \5"),
            (r"(?<=\b(?:AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IA|KS|KY|LA|MA|MD|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND"
             r"|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC) )(\d)(\d)(\d)(\d)(\d)(?![\w-]|[.,]\d)",
             r"\1 \2 \3 \4 \5"),
        ),
        dialed="call(?:s|ed|ing)?|dial(?:s|l?ed|l?ing)?|text(?:ed)?|phone[ds]?|rings?|rang",
        crossed="not:",
        denied=(
            r"(?:no|not|never|don'?t|don’t|do not|none|nothing|nobody|must not|cannot|can't|can’t)\b"
            r"|.*\b(?:not (?:allowed|permitted|accepted|admitted)|forbidden|prohibited|banned)\b"
        ),
        symbols={
            "⌀": "diameter",
            "∛": "cube root of", "∑": "sum of", "∏": "product of", "∫": "integral of", "∂": "partial", "∇": "nabla",
            "∈": "in", "∉": "not in", "∀": "for all", "∃": "there is", "∪": "union", "∩": "intersection",
            "⊂": "subset of", "∝": "proportional to", "∠": "angle", "≡": "is identical to", "≪": "much less than",
            "≫": "much more than", "⇒": "implies", "↑": "up", "↓": "down", "¶": "paragraph",
            "♭": "flat", "♯": "sharp",
            "&": "and", "+": "plus", "=": "equals", "@": "at", "#": "number", "×": "times", "§": "section",
            "<": "less than", ">": "more than", "≤": "at most", "≥": "at least", "<=": "at most", ">=": "at least",
            "±": "plus or minus", "~": "about", "≈": "about", "≠": "is not", "÷": "divided by", "√": "root of",
            "∞": "infinity", "·": "times", "→": "to", "∆": "delta",
        },
        denominators={
            2: "half|halves", 3: "third|thirds", 4: "quarter|quarters", 5: "fifth|fifths", 6: "sixth|sixths",
            7: "seventh|sevenths", 8: "eighth|eighths", 9: "ninth|ninths", 10: "tenth|tenths",
            12: "twelfth|twelfths", 16: "sixteenth|sixteenths", 32: "thirty-second|thirty-seconds",
            100: "hundredth|hundredths", 1000: "thousandth|thousandths",
        },
        over="over",
        power="to the power of",
        powers={2: "squared", 3: "cubed"},
        prefixes={
            -15: "femto", -12: "pico", -9: "nano", -6: "micro", -3: "milli", 3: "kilo", 6: "mega", 9: "giga",
            12: "tera",
        },
        named_units={
            "Eq": "equivalent|equivalents", "dBm": "decibel-milliwatt|decibel-milliwatts", "qt": "quart|quarts",
            "pt": "pint|pints", "st": "stone|stone", "pts": "point|points",
            "mpg": "mile per gallon|miles per gallon", "pc": "percent|percent",
            "sq in": "square inch|square inches",
            "kr": "krone|kroner",
            "Wh": "watt-hour|watt-hours", "Ah": "ampere-hour|ampere-hours", "M": "molar|molar",
            "Å": "angstrom|angstroms", "dB": "decibel|decibels", "U": "unit|units",
            "IU": "international unit|international units",
            "rpm": "revolution per minute|revolutions per minute", "bpm": "beat per minute|beats per minute",
            "fps": "frame per second|frames per second", "Mbps": "megabit per second|megabits per second",
            "Gbps": "gigabit per second|gigabits per second", "kbps": "kilobit per second|kilobits per second",
            "Mt": "megaton|megatons", "Gt": "gigaton|gigatons", "tsp": "teaspoon|teaspoons",
            "tbsp": "tablespoon|tablespoons", "cc": "cubic centimeter|cubic centimeters",
            "sq m": "square meter|square meters",
            "bp": "basis point|basis points", "bps": "basis point|basis points",
            "pp": "percentage point|percentage points", "KiB": "kibibyte|kibibytes", "MiB": "mebibyte|mebibytes",
            "GiB": "gibibyte|gibibytes", "TiB": "tebibyte|tebibytes", "AU": "astronomical unit|astronomical units",
            "sq km": "square kilometer|square kilometers", "sq mi": "square mile|square miles",
        },
        units={
            "wk": "duration-week", "wks": "duration-week", "mo": "duration-month", "mos": "duration-month",
            "in": "length-inch", "sq ft": "area-square-foot", "mins": "duration-minute", "hr": "duration-hour",
            "hrs": "duration-hour", "secs": "duration-second", "sec": "duration-second", "yr": "duration-year",
            "yrs": "duration-year", "gal": "volume-gallon", "fl oz": "volume-fluid-ounce", "kt": "speed-knot",
            "cu m": "volume-cubic-meter",
        },
        attached_units=("in", "pc"),
        out_of="out of",
        rated=r"rat(?:ed|ing|ings|es?)|scor(?:ed?|es|ing)|grad(?:ed?|es)|review(?:ed)?|marks?",
        stars="star|stars",
        points="point|points",
        sections="sections",
        born_died=("born", "died"),
        chess=Chess(
            "KQRBN", ("king", "queen", "rook", "bishop", "knight"), takes="takes", check="check", mate="checkmate",
            becomes="becomes", castles=("castles short", "castles long"),
        ),
        compass={"N": "north", "S": "south", "E": "east", "W": "west", "O": "O"},
        by="by",
        pressure="blood pressure|BP",
        scripture=(
            "Gen(?:esis)?|Ex(?:odus)?|Lev(?:iticus)?|Num(?:bers)?|Deut(?:eronomy)?|Josh(?:ua)?|Judg(?:es)?|Ruth"
            "|Sam(?:uel)?|Kings|Kgs|Chron(?:icles)?|Ezra|Neh(?:emiah)?|Esther|Job|Ps(?:alms?)?|Prov(?:erbs)?"
            "|Eccl(?:esiastes)?|Isa(?:iah)?|Jer(?:emiah)?|Ezek(?:iel)?|Dan(?:iel)?|Hos(?:ea)?|Joel|Amos|Jonah|Micah"
            "|Mal(?:achi)?|Matt(?:hew)?|Mark|Luke|John|Acts|Rom(?:ans)?|Cor(?:inthians)?|Gal(?:atians)?|Eph(?:esians)?"
            "|Phil(?:ippians)?|Col(?:ossians)?|Thess(?:alonians)?|Tim(?:othy)?|Heb(?:rews)?|James|Pet(?:er)?"
            "|Rev(?:elation)?|Qur'?an|Surah?"
        ),
        before_numerals={
            "Rev.": "revision", "rev.": "revision", "cl.": "clause", "Sc.": "Scene", "sc.": "scene", "Rte.": "Route",
            "Rt.": "Route",
            "apt.": "apartment", "Apt.": "Apartment", "tab.": "table", "cat.": "category", "Cat.": "Category",
            "est.": "established", "ss.": "sections", "arts.": "articles", "chs.": "chapters", "figs.": "figures",
            "paras.": "paragraphs", "eqs.": "equations", "secs.": "sections", "Nos.": "numbers", "vols.": "volumes",
            "no.": "number", "nos.": "numbers", "p.": "page", "pp.": "pages", "vol.": "volume", "ch.": "chapter",
            "c.": "circa", "sec.": "section", "para.": "paragraph", "art.": "article", "eq.": "equation",
            "min.": "minimum", "max.": "maximum", "tel.": "telephone", "ext.": "extension",
            "d.": "died", "b.": "born", "op.": "opus", "Op.": "opus",
        },
        abbreviations_behind_names={"St.": "Street", "Dr.": "Drive"},
        day_halves=("A M", "P M"),
        hour=(" ", " o'clock"),
        zero_minute="oh",
        day="ordinal",
        month_first=True,
        ordinal_suffixes=("st", "nd", "rd", "th"),
        decades={
            "00": "hundreds", "10": "tens", "20": "twenties", "30": "thirties", "40": "forties", "50": "fifties",
            "60": "sixties", "70": "seventies", "80": "eighties", "90": "nineties",
        },
        decimal_comma=False,
        decimals_as_number=False,
        list_endings=("etc.", "Inc.", "Ltd.", "Corp.", "Co.", "Ave.", "Blvd.", "Mon.", "Tue.", "Wed.", "Thu.", "Fri."),
        before_ratio="mix|mixed|ratio|odds|scale|dilution",
        pronoun_i=True,
        counted=(
            "war", "part", "chapter", "act", "book", "phase", "type", "volume", "title", "article", "appendix",
            "stage", "level", "number", "bowl", "apollo", "rocky", "fantasy", "saturn", "scene", "section", "figure",
            "schedule", "annex", "class", "group", "division", "gemini", "episode", "season", "page", "table", "size",
        ),
        ranked="the {ordinal}",
        lasting=r"hours?|hrs?",
        eras=r"BCE?\b|B\.C\.",
        crowds={
            "k": r"[a-z]{3,}s\b|people\b", "M": r"[a-z]{3,}s\b|people\b",
            "K": r"(?:followers|subscribers|users|people|steps|views|words|miles|mi\.?|km|euros|fans|jobs|likes"
             r"|homes)(?!\w)",
            "m": r"(?:people|users|viewers|views|subscribers|followers|customers|members|visitors|downloads|jobs|homes"
                 r"|households|tonnes|tons|barrels|copies|votes|voters|children|workers|refugees)\b",
        },
        days_like_words=frozenset(("sat", "sun", "wed")),
        months_like_words=frozenset(("mar", "may")),
        counted_small=r"pages?|parts?|chapters?|scenes?|sections?|figures?|clauses?|paragraphs?",
        before_date=("on", "by", "until", "since", "from", "before", "after", "dated"),
        before_month="in|since|from|until|by|dated",
        behind_roman="(?:century|centuries|Century|Centuries|Corps|Army Corps|Dynasty|dynasty|Olympiad)\\b",
    ),
    untold_sections=frozenset((
        "see also", "references", "notes", "external links", "further reading", "bibliography", "sources",
        "citations",
    )),
)  # fmt: skip
