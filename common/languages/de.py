"""German."""

# ruff: noqa: RUF001 - multiplication signs and raised letters are meant

from __future__ import annotations

from typing import Final

from common.languages.pack import Chess, Context, Notes, Nouns, Pack, Phrases, Reading, words

_FILES: Final = "(?:Bv[A-Z]|Z[RB]|St[RB]|A[BZ][BNR]|AR[sz]?|[KR]N|[DJKLQW]s)"
"""What courts call their files by kind, between two numbers."""

_CIVIL_SENATES: Final = {
    "I": "eins", "II": "zwei", "III": "drei", "IV": "vier", "V": "fünf", "VI": "sechs", "VII": "sieben", "VIII": "acht",
    "IX": "neun", "X": "zehn", "XI": "elf", "XII": "zwölf",
}  # fmt: skip

PACK: Final = Pack(
    code="de",
    name="German",
    locale="de-DE",
    speaking_rate=15.7,
    stemmer="german",
    greeting=("Hallo.", "Willkommen bei Aethercast. Ich bin {host}.", "Unser Thema heute: {title}."),
    settling="Schön, dass Sie da sind. Machen Sie es sich bequem: In wenigen Augenblicken geht es los.",
    untitled="Ein Text ohne Titel",
    apology="Es tut uns leid: Diese Stelle konnte nicht gesprochen werden. Wir machen mit der nächsten "
            "weiter.",
    notes=Notes(
        made="Mit {speakers}. Geschrieben und gesprochen von Aethercast, nach diesen Quellen.",
        chapters="Kapitel",
        sources="Quellen",
    ),
    phrases=Phrases(
        introduction="Und ich bin {other}.",
        opening="Eines vorweg: Was ihr hört, sind die Worte der Quellen selbst. Wir "
                "zitieren und fügen nichts hinzu.",
        opening_alone="Eines vorweg: Was ihr hört, sind die Worte der Quellen selbst. Ich zitiere und füge "
                      "nichts hinzu.",
        begin="So fängt es an.",
        source=(
            "Jetzt zu einer anderen Quelle: {title}.", "Kommen wir zu {title}.", "Als Nächstes: {title}.",
        ),
        chapter=("Nächstes Thema: {title}.", "Weiter hiermit: {title}.", "Das führt uns zu: {title}."),
        moving_on=("Weiter im Text.", "Zeit für das nächste Kapitel.", "Blättern wir um."),
        about_name=(
            "Stichwort {term}.", "Ich habe mir notiert: {term}.", "Was steht da zum Stichwort {term}?",
            "Das nächste Stichwort: {term}.", "Und beim Stichwort {term}?",
        ),
        about_word=("Stichwort {term}.", "Ich habe mir notiert: {term}."),
        why=("Wird ein Grund genannt?", "Woran liegt das?", "Was ist die Erklärung?"),
        figures=(
            "Gibt es Zahlen dazu?", "Kann man das beziffern?", "Um wie viel geht es?", "Haben wir Zahlen?",
        ),
        on=(
            "Lies weiter.", "Was kommt danach?", "Wie geht es weiter?", "Ich höre.", "Und dann?",
            "Was gibt es noch?", "Hören wir mehr.", "Gut. Und weiter?", "Und von da an?",
        ),
        lead_in=(
            "Der Text sagt es so:", "In den Worten der Quelle:", "Ich zitiere:", "Weiter heißt es:", "Hier steht:",
            "Dann lesen wir:", "Und das, Wort für Wort:",
        ),
        last=("Eine letzte Stelle, bevor wir aufhören.", "Und noch eine Stelle zum Schluss."),
        unfinished="Hier hören wir auf. Der Text selbst geht weiter.",
        close="Das war unser Thema: {title}. Alles in den Worten der Quellen. Danke fürs Zuhören, und bis bald.",
        goodbye="Das war {title}. Danke fürs Zuhören, und bis bald.",
        because=("weil", "aufgrund", "wegen"),
    ),
    stop_words=words("""
        aber alle allem allen aller alles als also andere anderen anderer auch auf aus außerdem bei beide beiden beim
        bereits bis bisher dabei dadurch dafür damit danach dann daran darauf daraus darin darüber das dass davon dazu
        dem den denen denn dennoch der deren des deshalb dessen die dies diese diesem diesen dieser dieses doch dort
        drei durch ebenfalls ein eine einem einen einer eines einige einigen er erst erste ersten etwa etwas für ganz
        gegen gewesen gibt haben hat hatte hatten hier hinter ihm ihn ihnen ihr ihre ihrem ihren ihrer immer in ist
        jede jedem jeden jeder jedes jedoch kann kein keine können konnte lassen mehr mehrere meist mit muss müssen
        nach nachdem neben nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit
        selbst sich sie sind so sogar solche soll sollte sondern sowie über um und uns unter viel viele vielen vom von
        vor wann war waren warum was wegen weil weiter weitere welche welcher wenn wer werden wie wieder wird wo wobei
        wurde wurden während zu zum zur zwar zwei zwischen
    """),
    context=Context(
        first_words=words("""
            er sie es ihm ihn ihr ihre ihren ihrem ihrer sein seine seinen seinem seiner dies diese dieser dieses
            diesen diesem das jene jener jenes beide beides aber doch jedoch sondern dann danach darauf damit dadurch
            daher deshalb deswegen also so auch außerdem zudem dennoch trotzdem hingegen dagegen hier dort da und oder
            denn weil dabei dazu davon daran daraus darin solche solcher ja nein allerdings
        """),
        openings=(
            "zum beispiel", "im gegensatz", "das ergebnis", "(?:in|aus|mit|nach|bei|von|an|zu) diese[rmn]",
        ),
        stands_alone=(r"(?:es|da) (?:gibt|war|ist)\b",),
        limits=(
            "aber", "doch", "jedoch", "allerdings", "dennoch", "trotzdem", "nur", "nicht", "außer", "ausgenommen",
            "ausnahmen?", "sonst", "andernfalls", "es sei denn",
            "(?:dies|das|es|sie) (?:gilt|ist|gelten|sind|darf|dürfen) (?:aber |jedoch )?(?:nicht|nur|auch dann)",
            "hiervon", "davon", "keinesfalls", "in keinem fall", r"[^.;:]{0,50}\b(?:gilt|gelten) nicht", "unberührt",
            r"[^.;:]{0,50}\b(?:ist|sind|bleibt|bleiben) (?:\w+ ){0,3}(?:ausgenommen|ausgeschlossen|unberührt|befreit)",
            r"[^.;:,]{0,50}\b(?:aber|jedoch|allerdings|hingegen|dagegen|dennoch|gleichwohl|indes|indessen)\b",
        ),
        narrative=words("""
            er sie ihm ihn ihr sagte fragte antwortete rief flüsterte dachte sah kam ging war hatte stand wusste nahm
            ich mir mich meine
        """),
        once_upon_a_time=("es war einmal", "es lebte einmal", "vor langer zeit", "einst"),
        negations=words("""
            nicht nie niemals kein keine keinen keinem keiner keines niemand nichts nirgends weder ohne nur außer
            ausgenommen
        """),
        leads_on=words("""
            darf dürfen muss müssen soll sollen kann können wird werden nicht nur außer wenn falls sofern
            ausgenommen insbesondere folgende folgenden sowie oder und bis ist sind hat haben ohne mit kein keine
        """),
    ),
    nouns=Nouns(
        function_words=words("in an so der die das und von ab je pro per"),
        fused=words("des eines"),
        not_names=words("""
            Januar Februar März April Mai Juni Juli August September Oktober November Dezember Montag Dienstag
            Mittwoch Donnerstag Freitag Samstag Sonntag Jahr Jahre Jahren Tag Tage Tagen Teil Art Zeit Menschen
            Prozent
        """),
        noun=r"(?!)",
        not_nouns=words("""
            Mitte Anfang Ende Rand Seite Anzahl Form Weise Fall Grund Ergebnis Ding Dinge Ort Stelle Punkt Hand
            Ordnung Bereich Rahmen Zusammenhang Beispiel Woche Wochen Monat Monate Stunde Stunden Minute Minuten Uhr
            Satz Absatz Nummer Rest Hälfte Reihe Lage Welt Million Millionen Milliarde Milliarden Euro Prozent
        """),
    ),
    reading=Reading(
        num2words="de",
        percent="Prozent",
        permille="Promille",
        degrees="Grad|Grad",
        minus="minus",
        to="bis",
        ratio="zu",
        per="pro",
        point="Komma",
        dot="Punkt",
        colon="Doppelpunkt",
        slash="Schrägstrich",
        at="ät",
        version="Version",
        hashtag="Hashtag",
        date="{day} {month} {year}",
        scales={3: "tausend|tausend", 6: "Million|Millionen", 9: "Milliarde|Milliarden", 12: "Billion|Billionen"},
        scale_signs={
            "Tausend": 3, "Tsd.": 3, "Tsd": 3, "Mio.": 6, "Mio": 6, "Mill.": 6, "Mrd.": 9, "Mrd": 9, "Bio.": 12,
            "Bio": 12,
        },
        money_scale_signs={"k": 3, "K": 3, "T": 3, "M": 6, "bn": 9, "B": 9},
        agreement=(("^eins$", "ein", "eine"),),
        half=("ein halber", "eine halbe", "ein halbes"),
        half_declined=(
            ("[Ee]inen|[Dd]en|[Dd]e[ms]|[Ee]ine[mrs]", ("halben", "halben", "halben")),
            ("[Ee]in", ("halber", "halbe", "halbes")),
            ("[Ee]ine|[Dd]er|[Dd]ie|[Dd]as|[Jj]eder?", ("halbe", "halbe", "halbe")),
            ("[Mm]it|[Ii]n|[Nn]ach|[Vv]on|[Vv]or|[Ss]eit|[Aa]us|[Bb]ei|[Zz]u",
             ("einem halben", "einer halben", "einem halben")),
            ("[Uu]m|[Ff]ür|[Oo]hne|[Dd]urch|[Gg]egen|[Aa]uf", ("einen halben", "eine halbe", "ein halbes")),
        ),
        neuter="(?:chen|lein|[Vv]iertel|[Dd]rittel|[Jj]ahr|[Jj]ahrhundert|[Jj]ahrzehnt|[Pp]fund|[Kk]ilo|[Gg]ramm|[Gg]las|[Ss]tück"
               "|[Dd]utzend|[Bb]latt|Ei|[Bb]rot|Bund|Prozent|[Bb]ier|[Hh]uhn|[Vv]olt|[Ww]att|[Aa]mpere|[Hh]ertz|[Bb]yte|Mal|[Ff]ass"
               "|[Bb]üschel|[Gg]ebiet|[Ll]and|[Bb]uch|[Aa]uto|[Aa]lbum|[Kk]onzert|[Mm]itglied|[Tt]reffen|[Ww]erk|[Ll]ied|[Tt]eam|[Bb]ild|[Pp]rojekt|[Gg]esetz|[Jj]ahrtausend|[Qq]uartal|[Hh]albjahr|[Kk]ind|[Tt]or|[Kk]apitel|[Ss]emester|[Ss]piel|[Oo]bergeschoss|[OUED]G|Leben|[Hh]aus|Tal|Zimmer)$",
        joined_half="einhalb",
        feminine="(?:(?<![Bb]yt)(?<!Ende)e|ion|ung|heit|keit|schaft|tät|[Ll]iga|Person|Frau|Mark|KW|Zwiebel|Kartoffel|Nacht|Partei|Stadt"
                 "|[Ww]urst|[Ff]ahrt|[Zz]eit|[Ww]elt|[Ff]rist|[Ww]ahl|[Tt]ochter|[Mm]utter|[Ss]chwester|[Nn]ummer|[Dd]osis|[Kk]ugel"
                 "|[Hh]and|[Zz]ahl|[Tt]ür|[Ss]chicht)$",
        currencies={
            "ct": "Cent|Cent", "Ct": "Cent|Cent", "DM": "D-Mark|D-Mark",
            "SFr.": "Schweizer Franken|Schweizer Franken", "sFr.": "Schweizer Franken|Schweizer Franken",
            "Rp.": "Rappen|Rappen",
            "$": "Dollar|Dollar", "€": "Euro|Euro", "£": "Pfund|Pfund", "¥": "Yen|Yen", "¢": "Cent|Cent",
            "₿": "Bitcoin|Bitcoin",
        },
        cents={"€": "Cent|Cent"},
        by="mal",
        pressure="Blutdruck|RR",
        scripture="Mose|Gen|Ex|Lev|Num|Dtn|Jos|Ri|Sam|Kön|Chr|Esr|Neh|Ps(?:alm)?|Spr|Koh|Jes|Jer|Ez|Dan|Hos|Mt|Mk|Lk|Joh|Apg"
                  "|Röm|Kor|Gal|Eph|Phil|Kol|Thess|Tim|Hebr|Jak|Petr|Offb|Sure",
        in_laws={
            "Abs.": "Absatz", "S.": "Satz", "Nr.": "Nummer", "lit.": "Buchstabe", "UAbs.": "Unterabsatz",
            "Hs.": "Halbsatz", "Alt.": "Alternative",
        },
        behind_numerals={"f.": "folgende", "ff.": "fortfolgende"},
        before_numerals={
            "Bj.": "Baujahr", "Gl.": "Gleis", "Pf.": "Postfach", "op.": "Opus", "H.": "Heft", "Rs.": "Rechtssache",
            "Rn.": "Randnummer", "Rdnr.": "Randnummer", "Rdn.": "Randnummer", "Az.": "Aktenzeichen", "Anl.": "Anlage",
            "Nrn.": "Nummern", "Jg.": "Jahrgang", "Anm.": "Anmerkung",
            "S.": "Seite", "Bd.": "Band", "Abs.": "Absatz", "Art.": "Artikel", "Kap.": "Kapitel", "Tel.": "Telefon",
            "max.": "maximal", "min.": "minimal", "mind.": "mindestens", "geb.": "geboren", "gest.": "gestorben",
            "Kl.": "Klasse", "Fig.": "Figur", "Tab.": "Tabelle", "Ziff.": "Ziffer", "Ausg.": "Ausgabe",
            "Aufl.": "Auflage", "Op.": "Opus",
        },
        abbreviations={
            "tgl.": "täglich", "Pat.": "Patient", "Tbl.": "Tabletten", "Trpf.": "Tropfen",
            "n.E.": "nach Elfmeterschießen",
            "Bft": "Beaufort", "BGBl.": "Bundesgesetzblatt", "Bp.": "Basispunkte", "n.V.": "nach Verlängerung",
            "i. V. m.": "in Verbindung mit", "rd.": "rund", "Pkg.": "Packung", "Hj.": "Halbjahr", "Whg.": "Wohnung",
            "Zi.": "Zimmer", "Urt.": "Urteil", "Beschl.": "Beschluss", "F#": "F sharp",
            "1001 Nacht": "tausendundeine Nacht",
            "u.": "und", "Geb.": "Geboren", "Jhd.": "Jahrhundert", "Jhdt.": "Jahrhundert", "Jt.": "Jahrtausend",
            "exkl.": "exklusive",
            "zzgl.": "zuzüglich", "gem.": "gemäß", "lt.": "laut",
            "bspw.": "beispielsweise", "usf.": "und so fort", "z. Zt.": "zurzeit", "m. E.": "meines Erachtens",
            "v. a.": "vor allem", "o. g.": "oben genannt", "u. v. m.": "und vieles mehr", "u. Ä.": "und Ähnliches",
            "i. A.": "im Auftrag", "i. V.": "in Vertretung", "e. V.": "eingetragener Verein", "a. D.": "außer Dienst",
            "h. c.": "honoris causa", "p. a.": "pro Jahr", "p. P.": "pro Person", "i. S. d.": "im Sinne des",
            "m. a. W.": "mit anderen Worten", "Fa.": "Firma", "Hbf.": "Hauptbahnhof", "Dipl.-Ing.": "Diplom-Ingenieur",
            "tägl.": "täglich", "jährl.": "jährlich", "mtl.": "monatlich", "engl.": "englisch", "dt.": "deutsch",
            "n. V.": "nach Verlängerung", "i. E.": "im Elfmeterschießen", "n. Br.": "nördlicher Breite",
            "s. Br.": "südlicher Breite", "ö. L.": "östlicher Länge", "w. L.": "westlicher Länge",
            "ü. NN": "über Normalnull", "ü. M.": "über Meer", "Drs.": "Drucksache", "BT-Drs.": "Bundestagsdrucksache",
            "Dr.": "Doktor", "Prof.": "Professor", "z. B.": "zum Beispiel", "z.B.": "zum Beispiel",
            "d. h.": "das heißt", "d.h.": "das heißt", "u. a.": "unter anderem", "u.a.": "unter anderem",
            "usw.": "und so weiter", "bzw.": "beziehungsweise", "ca.": "circa", "St.": "Sankt", "vgl.": "vergleiche",
            "v. Chr.": "vor Christus", "n. Chr.": "nach Christus", "v. u. Z.": "vor unserer Zeitrechnung",
            "u. Z.": "unserer Zeitrechnung", "etc.": "et cetera", "vs.": "gegen",
            "Nr.": "Nummer", "24/7": "vierundzwanzig sieben",
            "C#": "C sharp", "Str.": "Straße", "ggf.": "gegebenenfalls", "inkl.": "inklusive", "Abb.": "Abbildung",
            "Jh.": "Jahrhundert", "Jhs.": "Jahrhunderts",
            "Hr.": "Herr", "Hrn.": "Herrn", "evtl.": "eventuell", "sog.": "sogenannt",
            "ggü.": "gegenüber", "MwSt.": "Mehrwertsteuer", "z. T.": "zum Teil", "z.T.": "zum Teil",
            "i. d. R.": "in der Regel", "i.d.R.": "in der Regel", "u. U.": "unter Umständen", "o. Ä.": "oder Ähnliches",
            "o.Ä.": "oder Ähnliches", "s. o.": "siehe oben", "s. u.": "siehe unten", "Mo.": "Montag",
            "Di.": "Dienstag", "Mi.": "Mittwoch", "Do.": "Donnerstag", "Sa.": "Samstag",
            "Jan.": "Januar", "Feb.": "Februar", "Aug.": "August", "Sept.": "September", "Okt.": "Oktober",
            "Nov.": "November", "Dez.": "Dezember", "Apr.": "April",
        },
        notations=(
            (r"(?<!\w)Abf\.:? (?=(?:um )?\d{1,2}[:.]\d\d)", "Abfahrt "),
            (r"(?<!\w)Ank\.:? (?=(?:um )?\d{1,2}[:.]\d\d)", "Ankunft "),
            (r"(?<=\d )Tabl\.(?=[,;)]|\s[a-zà-ü\d])", "Tabletten"),
            (r"(?<=\d )Pat\.(?=[,;)]|\s[a-zä-ü\d(])", "Patienten"),
            (r"(?<=\d )J\.(?=\s\d)", "Jahre"), (r"(?<=\d )T\.(?=[,;)]|\s[a-zäöü\d])", "Tage"),
            (r"\b((?:in|bei|ab|mit|von|nach|seit|zu|vor|unter|über) (?:\d+ (?:und|bis|oder) |\d+[–-])?\d+)"
             r" (Jahr|Tag)e\b",
             r"\1 \2en"),
            (r"(?<=\d) ?[Tt]km(?!\w)", " Tausend km"),
            (r"(?<=[,;] )\*\s?(?=\d{1,2}\.\s?\d{1,2}\.\s?\d{4})", "geboren am "),
            (r"(?<!\w)[Oo]p\. ?(?=\d)", "Opus "),
            (r"\b([Bb]rutto|[Nn]etto)/(?=(?:Monat|Jahr|Woche|Stunde)\b)", r"\1 pro "),
            (r"\b((?:Fahrzeit|Dauer|Spielzeit|Laufzeit|Flugzeit|Gehzeit|Wartezeit|Bestzeit|dauert):?"
             r"(?: (?:ca\.|etwa|rund))? )(\d{1,2}):([0-5]\d) h\b", r"\1\2 h \3 min"),
            (r"\b[Vv]it\. (?=[A-K]\d?\b)", "Vitamin "), (r"(?<=mal)/(?=(?:Tag|Woche|Monat|Jahr)\b)", " pro "),
            (r"\bet al\.", "und andere"), (r"(?<!\w)Gl\. (?=\(\d)", "Gleichung "), (r"(\d:\d\d,\d{1,3}) Min\.", r"\1"),
            (r"(?<!\w)S0?(\d{1,2})\s?:?E0?(\d{1,3})(?!\w)", r"Staffel \1, Folge \2"),
            (r"\b((?:Folge|Teil|Etappe) \d{1,3})/(?=\d{1,3}(?![\w/]))", r"\1 von "),
            *((rf"(?<![\w.]){roman} (?=Z[RB] \d)", f"{number} ") for roman, number in _CIVIL_SENATES.items()),
            (rf"(?<![\w.,/])1 (?={_FILES} \d{{1,5}}/\d\d(?!\d))", "eins "),
            (rf"(?<!\w)({_FILES}) (\d{{1,5}})/(\d\d)(?![\w/])", r"\1 \2 aus \3"),
            (r"\b([CT]-\d{1,4})/(\d\d)(?![\w/])", r"\1 aus \2"),
            (r"(?<![\w.])US-\$", "US$"), (r"(?<=\d)-€-(?=[A-ZÄÖÜ])", " Euro-"),
            (r"(?<=\d)-\$-(?=[A-ZÄÖÜ])", " Dollar-"),
            (r"(?<!\w)(\d{1,2}:\d\d:\d\d) Std\.", r"\1"), (r"(?<!\w)(\d{1,3})\.\+(?=\d)", r"\1+"),
            (r"(?<![\w.,:/])([6-9]|1\d|2[0-4])\.([0-5]\d)\s?[–-]\s?([01]?\d|2[0-4])\.([0-5]\d)"
             r"(?![\w:%]|[.,]\d|\.[–-]|\s(?:Uhr|€|%))", r"\1:\2–\3:\4"),
            (r"(?<=\dx)/(?=(?:Tag|Woche|Monat|Jahr)\b)", " pro "),
            (r"(?<!\w)\*(?=[12]\d{3}\b)", "geboren "), (r"(?<=\d )Bd\.(?= [A-Z][a-zäöü]{3})", "Bund"),
            (r"(?<!\w)([1-5])\. H\. (?:d|des)\.? (?=\d)", r"\1. Hälfte des "),
            (r"(?<!\w)1\.? (?=(?:Mose|Kor|Kön|Sam|Chr|Petr|Joh|Thess|Tim) \d)", "Erster "),
            (r"(?<!\w)2\.? (?=(?:Mose|Kor|Kön|Sam|Chr|Petr|Joh|Thess|Tim) \d)", "Zweiter "),
            (r"(?<!\w)3\.? (?=(?:Mose|Joh) \d)", "Dritter "), (r"(?<!\w)([45])\.? (?=Mose \d)", r"\1. "),
            (r"(?<!\w)km (?=\d)", "Kilometer "),
            (r"(?<=\d)-%-(?=[A-ZÄÖÜ])", " %-"),
            (r"(?<![\w.,:/-])1-(?=[A-ZÄÖÜ])", "Ein-"),
            (r"(?<!\w)geb\.\s(?=\d{1,2}\.\s?[A-Z\d])", "geboren am "),
            (r"(?<!\w)gest\.\s(?=\d{1,2}\.\s?[A-Z\d])", "gestorben am "),
            (r"(?<=[a-zäöüß])str\.(?=\s?\d|,|\s[a-zA-Z])", "straße"),
            (r"(\d[a-z]?, )(\d)(\d)(\d)(\d)(\d)(?= [A-ZÄÖÜ][a-zäöüß])", r"\1\2 \3 \4 \5 \6"),
            (r"(?<!\w)v\.\s?(?=\d{1,2}\.\s?(?:\d{1,2}\.|[A-Z]))", "vom "),
            (r"(?<!\w)s\.\s?(?=(?:S|Abb|Kap|Tab|Anm|Art|Rn|Nr)\.\s?\d|§|Seite)", "siehe "),
            (r"(?<=\d )ff\.(?= [A-ZÄÖÜ])", "fortfolgende"), (r"(?<=\d )f\.(?= [A-ZÄÖÜ]{2})", "folgende"),
            (r"(?<!\w)lit\.\s?(?=[a-z]\b)", "Buchstabe "),
            (r"/(?:J|Jhr)\.(?!\w)", "/Jahr"), (r"/(?:Mon|Mt)\.(?!\w)", "/Monat"), (r"/Wo\.(?!\w)", "/Woche"),
            (r"/Tg?\.(?!\w)", "/Tag"), (r"(?<=\d )J\.(?=[,;)]|\s[a-zäöü/])", "Jahre"),
            (r"(?<![\w,.])1 Jahre", "1 Jahr"),
            (r"(\bdes \d{1,2}\.(?: (?:und|bis|oder) \d{1,2}\.)?) Jh\.", r"\1 Jahrhunderts"),
            (r"(?<=\()\*\s?(?=\d{1,2}\.\s?[A-Z\d])", "geboren am "), (r"†\s?(?=\d{1,2}\.\s?[A-Z\d])", "gestorben am "),
            (r"(?:^|(?<=[,;] ))\*\s?(?=\d{1,2}\. [A-Z]\w+ \d{4})", "geboren am "),
        ),
        dialed=r"(?:wähl\w*|ruf\w*|notruf|notrufnummer)(?:\s(?:Sie|unter|an))?(?:\s(?:die|der))?",
        before_hour="um|ab|bis|gegen|zwischen|kurz (?:nach|vor)|täglich|uhrzeit:?|beginn:?",
        crossed="nicht:",
        denied=(
            r"(?:kein\w*|nicht|nie|niemals|nichts|niemand|verbot\w*)\b"
            r"|.*\b(?:nicht (?:erlaubt|gestattet|zulässig)|verboten|untersagt|unzulässig)\b"
        ),
        symbols={
            "⌀": "Durchmesser",
            "∛": "dritte Wurzel aus", "∑": "Summe über", "∏": "Produkt über", "∫": "Integral über", "∂": "partiell",
            "∇": "Nabla", "∈": "Element von", "∉": "kein Element von", "∀": "für alle", "∃": "es gibt",
            "∪": "vereinigt mit", "∩": "geschnitten mit", "⊂": "Teilmenge von", "∝": "proportional zu",
            "∠": "Winkel", "≡": "identisch mit", "≪": "viel kleiner als", "≫": "viel größer als",
            "⇒": "daraus folgt", "↑": "plus", "↓": "minus", "¶": "Absatz",
            "♭": "Be", "♯": "Kreuz",
            "&": "und", "+": "plus", "=": "gleich", "@": "ät", "#": "Nummer", "×": "mal", "§": "Paragraf",
            "<": "weniger als", ">": "mehr als", "≤": "höchstens", "≥": "mindestens", "<=": "höchstens",
            ">=": "mindestens", "±": "plus minus", "~": "etwa", "≈": "etwa", "≠": "ungleich", "÷": "geteilt durch",
            "√": "Wurzel aus", "∞": "unendlich", "·": "mal", "→": "zu", "∆": "Delta",
        },
        denominators={
            2: "halb|halbe", 3: "Drittel|Drittel", 4: "Viertel|Viertel", 5: "Fünftel|Fünftel", 6: "Sechstel|Sechstel",
            7: "Siebtel|Siebtel", 8: "Achtel|Achtel", 9: "Neuntel|Neuntel", 10: "Zehntel|Zehntel",
            12: "Zwölftel|Zwölftel", 16: "Sechzehntel|Sechzehntel", 100: "Hundertstel|Hundertstel",
            1000: "Tausendstel|Tausendstel",
        },
        over="zu",
        power="hoch",
        powers={2: "hoch zwei", 3: "hoch drei"},
        prefixes={
            -15: "Femto", -12: "Piko", -9: "Nano", -6: "Mikro", -3: "Milli", 3: "Kilo", 6: "Mega", 9: "Giga",
            12: "Tera",
        },
        named_units={
            "Eq": "Äquivalent|Äquivalente", "val": "Val|Val", "dBm": "Dezibel Milliwatt|Dezibel Milliwatt",
            "Tr.": "Tropfen|Tropfen", "U/min": "Umdrehung pro Minute|Umdrehungen pro Minute",
            "fps": "Bild pro Sekunde|Bilder pro Sekunde", "cbm": "Kubikmeter|Kubikmeter", "Pers.": "Person|Personen",
            "Einw.": "Einwohner|Einwohner",
            "Stk.": "Stück|Stück", "Fl.": "Flasche|Flaschen", "Pfd.": "Pfund|Pfund", "Ztr.": "Zentner|Zentner",
            "Dtzd.": "Dutzend|Dutzend", "PP": "Prozentpunkt|Prozentpunkte", "BP": "Basispunkt|Basispunkte",
            "kr": "Krone|Kronen", "Pkt.": "Punkt|Punkte",
            "EL": "Esslöffel|Esslöffel", "TL": "Teelöffel|Teelöffel", "Pr.": "Prise|Prisen",
            "Msp.": "Messerspitze|Messerspitzen", "Pck.": "Päckchen|Päckchen",
            "Wh": "Wattstunde|Wattstunden", "Ah": "Amperestunde|Amperestunden", "M": "Molar|Molar",
            "Å": "Ångström|Ångström", "dB": "Dezibel|Dezibel", "U": "Einheit|Einheiten",
            "IE": "Internationale Einheit|Internationale Einheiten",
            "I.E.": "Internationale Einheit|Internationale Einheiten", "PS": "PS|PS",
            "Mbit/s": "Megabit pro Sekunde|Megabit pro Sekunde", "Gbit/s": "Gigabit pro Sekunde|Gigabit pro Sekunde",
            "Mt": "Megatonne|Megatonnen", "Gt": "Gigatonne|Gigatonnen", "qm": "Quadratmeter|Quadratmeter",
            "GiB": "Gibibyte|Gibibyte", "MiB": "Mebibyte|Mebibyte",
        },
        units={
            "Std.": "duration-hour", "Min.": "duration-minute", "Sek.": "duration-second",
            "Std": "duration-hour", "Sek": "duration-second", "Wo.": "duration-week",
            "Mon.": "duration-month", "Tg.": "duration-day",
        },
        out_of="von",
        rated=r"[Bb]ewert\w+|[Nn]oten?|[Ww]ertung|[Rr]ating",
        stars="Stern|Sterne|Sternen",
        points="Punkt|Punkte",
        sections="Paragrafen",
        born_died=("geboren", "gestorben"),
        chess=Chess(
            "KDTLS", ("König", "Dame", "Turm", "Läufer", "Springer"), takes="schlägt", check="Schach", mate="matt",
            becomes="wird", castles=("kurze Rochade", "lange Rochade"),
        ),
        compass={"N": "Nord", "S": "Süd", "E": "Ost", "W": "West", "O": "Ost"},
        hour=(" Uhr ", " Uhr"),
        hour_marks=("Uhr", "h"),
        hours={1: "ein"},
        bare_hours=True,
        before_date=("am", "vom", "bis", "zum", "seit", "der", "dem", "den"),
        day="ordinal",
        day_ending="n",
        nominative_article="der",
        ordinal_dot=True,
        ordinal_endings=(
            (r"\b(?:[Dd]ieses|[Jj]edes|[Jj]enes)\s$", ""),
            (r"\b(?:[Ii]n|[Aa]n|[Aa]uf|[Aa]us|[Bb]ei|[Mm]it|[Nn]ach|[Vv]on|[Zz]u|[Ss]eit|[Aa]b|[Vv]or|[Uu]nter|[Zz]wischen"
             r"|[Ww]ährend|[Ww]egen|[Tt]rotz|[Aa]nfang|[Mm]itte|[Ee]nde)\s(?:der|die|das)\s$", "n"),
            (r"\b(?:[Dd]e[mns]|[Ii]m|[Aa]m|[Zz]u[mr]|[Vv]om|[Bb]eim|[Ii]ns|[Aa]ns|\w*(?:[Ee]in|[Kk]ein|[Mm]ein|[Ss]ein"
             r"|[Ii]hr|[Uu]nser|[Dd]ies|[Jj]ed)e[mns]|(?:[Ee]in|[Kk]ein|[Mm]ein|[Ss]ein|[Ii]hr|[Uu]nser|[Dd]ies)er)\s$",
             "n"),
            (r"\b(?:[Dd]er|[Dd]ie|[Dd]as|[Jj]eder|(?:[Ee]in|[Kk]ein|[Mm]ein|[Ss]ein|[Ii]hr|[Uu]nser|[Dd]ies|[Jj]ed)e)\s$",
             ""),
            (r"\b(?:[Ee]in|[Kk]ein|[Mm]ein|[Ss]ein|[Ii]hr|[Uu]nser)\s$", "r"),
        ),
        ordinal_nouns=(
            "Jahrhunderts?", "Jh", "Weltkrieg", "Platz", "Mal", "Auflage", "Stock", "Etage", "Klasse", "Runde",
            "Spieltag", "Minute", "Jahrestag", "Geburtstag", "Lebensjahr", "Semester", "Kapitel", "Bundesliga", "Liga",
            "Jahrtausends?", "Quartals?", "Halbjahr", "Halbzeit", "FC", "OG", "UG", "Vorsitzende", "Bürgermeister",

            "Sieg", "Tor", "Reihe", "Preis", "Folge", "Staffel", "Saison", "Spiel", "Satz", "Instanz", "Grad",
            "Generation", "Advent", "Weihnachtstag", "Obergeschoss", "Lesung", "KW", "Armee", "Division",
            "Akt", "Szene", "Teil", "Auflage", "Advent", "Hälfte", "Band", "Strophe", "Quartal", "Vers", "Buch",
            "Symphonie", "Sinfonie", "FSV", "TSV", "FFC", "SC", "BC", "SV", "VfL", "VfB", "HNO", "Hj", "Stufe", "Rang",
        ),
        contractions=(
            (r"\b((?i:mit|aus|bei|nach|seit|von|ab|zu)) eine (?=[A-ZÄÖÜ])", r"\1 einer "),
            (r"\b((?i:mit|aus|bei|nach|seit|von|ab|zu)(?: eine[rm] [A-ZÄÖÜ]\w+ (?:und|oder))?) ein (?=[A-ZÄÖÜ])"
             r"(?!Uhr|Komma|Grund)", r"\1 einem "),
            (r"\b((?i:mit|aus|bei|nach|seit|von|ab|zu) eine[rm] [A-ZÄÖÜ]\w+ (?:und|oder)) eine (?=[A-ZÄÖÜ])",
             r"\1 einer "),
            (r"\b((?i:um|für|ohne|durch|gegen|über|pro|je)) ein (?=(?:Tag|Monat|Euro|Dollar|Cent|Punkt|Franken|Mann"
             r"|Platz|Zug|Gast|Schritt|\w*[Mm]eter|Liter|Zoll|Grad|Teelöffel|Esslöffel)\b)", r"\1 einen "),
            (r"\b((?i:mit|von|unter|bei|nach|zu|seit|aus)(?: (?:König|Kaiser|Papst))?"
             r" [A-ZÄÖÜ]\w+(?: [A-ZÄÖÜ]\w+)?) der ([A-ZÄÖÜ]\w+te)\b", r"\1 dem \2n"),
            (r"\b((?i:mit|von|unter|bei|nach|zu|seit|aus)(?: (?:Königin|Kaiserin))? [A-ZÄÖÜ]\w+(?: [A-ZÄÖÜ]\w+)?) die "
             r"((?:Erste|Zweite|Dritte|Vierte))\b", r"\1 der \2n"),
            (r"\b((?!Johannes|Pius|Clemens|Carlos|Nikolaus|Innozenz|Darius|Xerxes|Ramses|Paulus|Franziskus|Thutmosis)"
             r"[A-ZÄÖÜ][a-zäöüß]+s) der ([A-ZÄÖÜ]\w+te)\b", r"\1 des \2n"),
            (r"\b([Ii]n|[Vv]or) eine (?=(?:Woche|Stunde|Minute|Sekunde)\b)", r"\1 einer "),
            (r"\b([Ii]n|[Vv]or) ein (?=(?:Tag|Monat|Jahr|Jahrhundert|Jahrzehnt)\b)", r"\1 einem "),
        ),
        decade_suffix="ern?",
        ordinal_alone=("r", ""),
        before_ratio="Mischung|Kurs|Verhältnis|Maßstab|Verdünnung|Quote",
        decimals_as_number=False,
        list_endings=("usw.", "etc.", "MwSt.", "Jh.", "usf.", "u. v. m.", "e. V.", "u. Ä."),
        counted=(
            "kapitel", "teil", "band", "typ", "weltkrieg", "artikel", "stufe", "phase", "level", "nummer", "akt",
            "szene", "seite", "apollo", "rocky", "bowl", "hartz",
        ),
        ranked="der {Ordinal}",
        lasting=r"Std\.?|Stunden?",
        eras=r"v\. ?(?:Chr|u\. ?Z)\.?|vor (?:Christus|unserer)",
        crowds={"k": r"(?:[A-ZÄÖÜ]\w+(?:er|en|n|s)|Leute)\b"},
        rank_endings=".",
        behind_ranks={
            "Min.": "Minute", "Aufl.": "Auflage", "Adv.": "Advent", "BL": "Bundesliga", "Kl.": "Klasse",
            "Std.": "Stunde", "Bd.": "Band", "Kap.": "Kapitel", "Abt.": "Abteilung",
        },
        days_like_words=frozenset(("mi", "so", "fr")),
        months_like_words=frozenset(("mai",)),
        before_month="in|im|seit|bis|ab|vom|vor|nach|Stand:?|Anfang|Ende|Mitte",
    ),
    untold_sections=frozenset(("siehe auch", "einzelnachweise", "weblinks", "literatur", "anmerkungen", "quellen")),
)  # fmt: skip
