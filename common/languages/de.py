"""German."""

# ruff: noqa: RUF001 - multiplication signs and raised letters are meant

from __future__ import annotations

from typing import Final

from common.languages.pack import Context, Notes, Nouns, Pack, Phrases, Reading, words

PACK: Final = Pack(
    code="de",
    name="German",
    locale="de-DE",
    speaking_rate=15.7,
    stemmer="german",
    greeting=("Hallo.", "Willkommen bei Aethercast. Ich bin {host}.", "Unser Thema heute: {title}."),
    untitled="Ein Text ohne Titel",
    apology="Es tut uns leid: Diese Stelle konnte nicht gesprochen werden. Wir machen mit der nächsten "
            "weiter.",
    notes=Notes(
        made="Mit {speakers}. Geschrieben und gesprochen von Aethercast, nach diesen Quellen.",
        chapters="Kapitel",
        sources="Quellen",
    ),
    phrases=Phrases(
        opening="Und ich bin {other}. Eines vorweg: Was ihr hört, sind die Worte der Quellen selbst. Wir "
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
            "hiervon", "davon", "keinesfalls", "in keinem fall",
        ),
        narrative=words("""
            er sie ihm ihn ihr sagte fragte antwortete rief flüsterte dachte sah kam ging war hatte stand wusste nahm
            ich mir mich meine
        """),
        once_upon_a_time=("es war einmal", "es lebte einmal", "vor langer zeit", "einst"),
    ),
    nouns=Nouns(
        function_words=words("in an so der die das und von"),
        not_names=words("""
            Januar Februar März April Mai Juni Juli August September Oktober November Dezember Montag Dienstag
            Mittwoch Donnerstag Freitag Samstag Sonntag Jahr Jahre Jahren Tag Tage Tagen Teil Art Zeit Menschen
            Prozent
        """),
        noun=r"(?!)",
        not_nouns=words("""
            Mitte Anfang Ende Rand Seite Anzahl Form Weise Fall Grund Ergebnis Ding Dinge Ort Stelle Punkt Hand
            Ordnung Bereich Rahmen Zusammenhang Beispiel Woche Wochen Monat Monate Stunde Stunden Minute Minuten Uhr
            Satz Absatz Nummer Rest Hälfte Reihe Lage Welt
        """),
    ),
    reading=Reading(
        num2words="de",
        percent="Prozent",
        degrees="Grad",
        minus="minus",
        to="bis",
        point="Komma",
        dot="Punkt",
        at="ät",
        date="{day} {month} {year}",
        scales=("Tausend", "Million", "Millionen", "Milliarde", "Milliarden"),
        currencies={"$": "Dollar|Dollar", "€": "Euro|Euro", "£": "Pfund|Pfund", "¥": "Yen|Yen"},
        abbreviations={
            "Dr.": "Doktor", "Prof.": "Professor", "z. B.": "zum Beispiel", "z.B.": "zum Beispiel",
            "d. h.": "das heißt", "d.h.": "das heißt", "u. a.": "unter anderem", "u.a.": "unter anderem",
            "usw.": "und so weiter", "bzw.": "beziehungsweise", "ca.": "circa", "St.": "Sankt", "vgl.": "vergleiche",
            "v. Chr.": "vor Christus", "n. Chr.": "nach Christus", "etc.": "et cetera", "Mio.": "Millionen",
            "Mrd.": "Milliarden", "vs.": "gegen",
        },
        symbols={
            "&": "und", "+": "plus", "=": "gleich", "@": "ät", "#": "Nummer", "×": "mal", "§": "Paragraf",
        },
        fractions={
            (1, 2): "ein halb", (1, 4): "ein Viertel", (3, 4): "drei Viertel", (1, 3): "ein Drittel",
            (2, 3): "zwei Drittel",
        },
        hour=(" Uhr ", " Uhr"),
        hour_marks=("Uhr", "h"),
        bare_hours=True,
        before_date=("am", "vom", "bis", "zum", "seit", "der", "dem", "den"),
        day="ordinal",
        day_ending="n",
        nominative_article="der",
        ordinal_dot=True,
        decimals_as_number=False,
        list_endings=("usw.", "etc."),
        counted=("kapitel", "teil", "band", "typ", "weltkrieg", "artikel", "stufe", "phase", "level"),
        ranked="der {Ordinal}",
    ),
    untold_sections=frozenset(("siehe auch", "einzelnachweise", "weblinks", "literatur", "anmerkungen", "quellen")),
)  # fmt: skip
