"""Italian."""

# ruff: noqa: RUF001 - multiplication signs and raised letters are meant

from __future__ import annotations

from typing import Final

from common.languages.pack import Chess, Context, Notes, Nouns, Pack, Phrases, Reading, words

PACK: Final = Pack(
    code="it",
    name="Italian",
    locale="it-IT",
    speaking_rate=15.8,
    stemmer="italian",
    greeting=("Ciao.", "Benvenuti su Aethercast. Io sono {host}.", "Il tema di oggi: {title}."),
    settling="Siamo felici di avervi con noi. Mettetevi comodi: tra pochi istanti si comincia.",
    untitled="Un testo senza titolo",
    apology="Ci dispiace: questo passaggio non si è potuto leggere. Continuiamo con il prossimo.",
    notes=Notes(
        made="Con {speakers}. Scritto e letto da Aethercast, dalle fonti qui sotto.",
        chapters="Capitoli",
        sources="Fonti",
    ),
    phrases=Phrases(
        introduction="E io sono {other}.",
        opening="Una cosa prima di tutto: quelle che sentirete sono le parole delle fonti "
                "stesse. Citiamo, senza aggiungere nulla.",
        opening_alone="Una cosa prima di tutto: quelle che sentirete sono le parole delle fonti stesse. "
                      "Cito, senza aggiungere nulla.",
        begin="Ecco come comincia.",
        source=("Ora un'altra fonte: {title}.", "Passiamo a {title}.", "Poi, {title}."),
        chapter=("Prossimo argomento: {title}.", "Andiamo a questo: {title}.", "Il che ci porta a: {title}."),
        moving_on=("Andiamo avanti.", "È il momento del prossimo capitolo.", "Voltiamo pagina."),
        about_name=(
            "E {term}?", "Dove entra in gioco {term}?", "Qui compare {term}.",
            "Che cosa leggiamo a proposito? Il nome è {term}.",
        ),
        about_word=(
            "Mi colpisce la parola «{term}». Che cosa c'è dietro?", "C'è un passo su «{term}», vero?",
            "Qui mi sono segnato una parola: «{term}».",
        ),
        why=("Viene data una ragione?", "A che cosa si deve?", "Qual è la spiegazione?"),
        figures=(
            "Ci sono delle cifre?", "Possiamo quantificarlo?", "Di quanto parliamo?", "Abbiamo dei numeri?",
        ),
        on=(
            "Continua.", "Che cosa viene dopo?", "Come prosegue?", "Ti ascolto.", "E poi?", "Che altro c'è?",
            "Sentiamo ancora.", "Bene. Leggi avanti.", "E da lì?",
        ),
        lead_in=(
            "Il testo dice così:", "Con le parole della fonte:", "Cito:", "E prosegue:", "Qui si legge:",
            "Poi leggiamo:", "E questo, parola per parola:",
        ),
        last=("Un ultimo passo prima di finire.", "E ancora un passo prima di chiudere."),
        unfinished="Ci fermiamo qui. Il testo continua.",
        close="Questo era il nostro tema: {title}. Tutto con le parole delle fonti. Grazie dell'ascolto, e a presto.",
        goodbye="Questo era {title}. Grazie dell'ascolto, e a presto.",
        because=("perché", "poiché", "a causa", "dato che"),
    ),
    stop_words=words("""
        abbia agli alla alle allo allora altra altre altri altro anche ancora anni aveva avevano avere avuto bene ben
        che chi ciascun ciò circa coi col come con contro cosa così cui dagli dai dal dalla dalle dallo degli dei del
        della delle dello dentro dopo dove due dunque durante ebbe entrambi era erano essa esse essere essi essendo
        fare fatto fino fra fu furono già gli grande grandi hanno infatti infine inoltre invece la le lei loro lui
        lungo ma maggior maggiore mai meno mentre mia molta molte molti molto negli nei nel nella nelle nello nessun
        nessuna niente noi non nostra nostro ogni oltre oppure ora per perché però più poco poi poiché prima primo
        proprio può qualche quale quali quando quanto quasi quella quelle quelli quello questa queste questi questo
        quindi secondo sempre senza sia siano sono sopra sotto spesso stata state stati stato stessa stesso sua sue
        sugli sul sulla sulle suo suoi tale tali tanto tra tre troppo tutta tutte tutti tutto una uno verso viene
        vengono
    """),
    context=Context(
        first_words=words("""
            egli lui lei esso essa essi esse loro suo sua suoi sue questo questa questi queste quello quella quelli
            quelle ciò entrambi entrambe ma però tuttavia così allora poi quindi inoltre anche dunque infatti invece e
            o né perché lì là qui tale tali sì no ne è sono era erano fu furono
        """),
        openings=(
            "per (?:questo|esempio)", "di conseguenza", "il risultato", r"\w+ (?:su[oae]|suoi|quest[oaei])",
        ),
        limits=(
            "ma", "però", "tuttavia", "ciononostante", "eppure", "salvo", "eccetto", "solo", "soltanto",
            "unicamente", "solamente", "a meno che", "altrimenti", "(?:ciò|questo) (?:non|vale solo)", "non",
            "in nessun caso", "eccezioni", r"[^.;:]{0,50}\bnon si applica\w*", "fan?n?o? eccezione",
            r"[^.;:]{0,50}\b(?:è|sono|restano?) (?:esclus|esent|esonerat|eccettuat)\w*",
            r"[^.;:]{0,60}\b(?:però|tuttavia|invece)\b(?! di\b)",
        ),
        narrative=words("""
            disse chiese rispose gridò pensò guardò vide era aveva stava fu andò venne lui lei loro gli suo sua suoi
            mi mio mia
        """),
        once_upon_a_time=("c'era una volta", "c’era una volta", "tanto tempo fa", "molto tempo fa"),
        negations=words("""
            non mai nessun nessuno nessuna niente nulla né senza neppure solo soltanto salvo eccetto tranne
        """),
        leads_on=words("""
            deve devono può possono potrà potranno non solo soltanto salvo eccetto se quando purché senza con
            seguenti è sono o e né che tranne
        """),
    ),
    nouns=Nouns(
        function_words=words("di e o a con per che è si del da il in no se"),
        articles=words("il lo la i gli le"),
        fused=words("""
            del dello della dei degli delle al alla allo ai agli alle nel nella nei nelle sul sulla dal dalla un una
            uno da no
        """),
        not_nouns=words("""
            mezzo inizio fine bordo parte parti lato lati numero tipo forma modo maniera caso quantità mancanza
            risultato fatto cosa cose gente anno anni tempo giorno giorni mano mani luogo luoghi posto punto punti
            elenco lista testo livello ordine resto metà mondo ore minuti volte settimana centro momento
        """),
    ),
    reading=Reading(
        num2words="it",
        percent="per cento",
        permille="per mille",
        degrees="grado|gradi",
        minus="meno",
        to="a",
        ratio="a",
        per="per",
        point="virgola",
        dot="punto",
        colon="due punti",
        slash="barra",
        at="chiocciola",
        version="versione",
        hashtag="hashtag",
        date="{day} {month} {year}",
        scales={3: "mille|mila", 6: "milione|milioni", 9: "miliardo|miliardi", 12: "bilione|bilioni"},
        scale_signs={"mln": 6, "mln.": 6, "mld": 9, "mld.": 9, "Mln": 6, "Mld": 9},
        by="per",
        pressure="pressione|PA",
        scripture="Gn|Gen|Lv|Nm|Dt|Gs|Gdc|Sal|Prv|Is|Ger|Ez|Dn|Os|Mt|Mc|Lc|Gv|Rm|Cor|Gal|Ef|Fil|Col|Eb|Gc|Ap|sura",
        notations=(
            (r"(?<!\w)[Pp]art\.:? (?=(?:alle )?\d{1,2}[:.]\d\d)", "partenza "),
            (r"(?<!\w)[Aa]rr\.:? (?=(?:alle )?\d{1,2}[:.]\d\d)", "arrivo "),
            (r"\b((?i:arriv|classific|giunt|fini|chius|termin|piazz|qualific)\w+ )(\d{1,2})°(?!\s?[CFNSEO]\b)",
             r"\1\2º"),
            (r"(?<![\w.,])(\d{1,2})°(?= (?:in classifica|posto|assoluto)\b)", r"\1º"),
            (r"\b((?:[Ii]n|[Dd]opo|[Dd]ur\w+:?|[Cc]irca|[Qq]uasi|[Cc]ottura:?|[Pp]rep\w+:?) )(\d{1,2})h\s?([0-5]\d)"
             r"(?:['′’](?!\d)|(?![\w:'′’]))", r"\1\2 h \3 min"),
            (r"\b(lord[io]|nett[io])/(?=(?:mese|anno|giorno|ora)\b)", r"\1 per "), (r"(?<=\d) pz\.", " pezzi"),
            (r"(?<!\w)[Oo]p\. ?(?=\d)", "opera "), (r"(?<!\w)[Dd]\. ?[Ll]gs\.", "decreto legislativo"),
            (r"(?<=mg)/(\d{1,2}) ?h\b", r" ogni \1 h"), (r"\b([Vv])it\. (?=[A-K]\d?\b)", r"\1itamina "),
            (r"\bet al\.", "e altri"), (r"(?<!\w)[Ee]q\. (?=\(?\d)", "equazione "),
            (r"(?<!\w)v\. ?(?=\d+\.\d)", "versione "),
            (r"(?<=\d) a\.(?= [a-zà-ÿ]{3})", " anni"),
            (r"(?<!\w)d\.t\.s\.(?=[,;)]|\s|$)", "dopo i tempi supplementari"),
            (r"(?<=\d) pt\.", " punti"), (r"(?<!\w)cad\. ?(?=\d|€)", "cadauno "), (r"\bIVA incl\.", "IVA inclusa"),
            (r"(?<!\w)all\. (?=\d)", "allegato "),
            (r"(?<!\w)S0?(\d{1,2})\s?:?E0?(\d{1,3})(?!\w)", r"stagione \1, episodio \2"),
            (r"\b((?i:ep\.?|episodio|puntata|parte|tappa) \d{1,3})/(?=\d{1,3}(?![\w/]))", r"\1 di "),
            (r"\b((?:[Oo]re|[Dd]?[Aa]lle) \d{1,2}),([0-5]\d)(?![\w%])", r"\1:\2"),
            (r"\bal (\d{1,3})['’′](?![\w\d])", r"al \1º minuto"),
            (r"\bL\. (?=\d{1,3}(?:\.\d{3})+(?!/))", "lire "), (r"(?<=\d )genn\.", "gen."), (r"(?<=\d )febb\.", "feb."),
            (r"(?<=\d )magg\.", "mag."), (r"(?<=\d )giugn?\.", "giu."), (r"(?<=\d )lugl\.", "lug."),
            (r"(?<=\d) cucch\.(?:no|ni)\b", " cucchiaini"), (r"(?<=\d) cucch\.", " cucchiai"),
            (r"((?:½|(?<!\d)[1-9]/\d)) cucchiaini\b", r"\1 cucchiaino"),
            (r"((?:½|(?<!\d)[1-9]/\d)) cucchiai\b", r"\1 cucchiaio"), (r"(?<=\d) bust\.", " bustine"),
            (r"(?<![\w.,/])1 cucchiai\b", "1 cucchiaio"), (r"(?<![\w.,/])1 cucchiaini\b", "1 cucchiaino"),
            (r"(?<![\w.,/])1 bustine\b", "1 bustina"),
            (r"(?<=\d) cpr\.?(?!\w)", " compresse"), (r"(?<!\w)1 compresse", "1 compressa"),
            (r"(?:½|(?<!\w)1/2) compresse", "mezza compressa"),
            (r"(?<=\d) gtt\.?(?!\w)", " gocce"),
            (r"(?<=\d) fl\.", " fiale"), (r"(?<=\d) lt\.?(?!\w)", " l"), (r"(?<=\d) cam\.", " camere"),
            (r"(?<=\d) pti(?!\w)", " punti"),
            (r"(?<=€) tratt\.", " trattabili"), (r"(?<=\d) a\.(?=[,;)])", " anni"),
            (r"(?<!\w)x ([1-9])/die(?!\w)", r"per \1 volte al giorno"),
            (r"(?<=\d)/d(?:ie|ì)(?!\w)", " al giorno"),
            (r"(?<=/kg)/die(?!\w)", " al giorno"), (r"(?<=volte|resse|presa)/d(?:ie|ì)(?!\w)", " al giorno"),
            (r"\bD\.L\. (?=\d)", "decreto legge "),
            (r"\bG\.U\. ", "Gazzetta Ufficiale "), (r"(?<=\d) Cost\.", " della Costituzione"),
            (r"\b(in (?:do|re|mi|fa|sol|la|si)) min\.", r"\1 minore"),
            (r"\b(in (?:do|re|mi|fa|sol|la|si)) magg?\.", r"\1 maggiore"),
            (r"(?<=CO2) eq\.", " equivalente"), (r"(?<!\w)(\d{1,2})° (?=(?:sem|p|mov|trim|post)\.)", r"\1º "),
            (r"(?<!\w)1 (?=(?:Cor|Sam|Re|Cr|Ts|Tm|Pt|Gv) \d)", "prima "),
            (r"(?<!\w)2 (?=(?:Cor|Sam|Re|Cr|Ts|Tm|Pt|Gv) \d)", "seconda "),
            (r"(?<!\w)km (?=\d)", "chilometro "), (r"(?<=\d) cent\.(?=[,;)])", " centesimi"),
            (r"(?<!\w)([12])(?=(?:Cor|Sam|Re|Cr|Ts|Tm|Pt|Gv) \d)", r"\1 "), (r"\b[hH]\.? (?=\d{1,2}[.:]\d\d)", "ore "),
        ),
        in_laws={"co.": "comma", "lett.": "lettera", "n.": "numero"},
        before_numerals={
            "bin.": "binario", "ep.": "episodio", "sc.": "scena", "rig.": "rigori", "sez.": "sezione",
            "sett.": "settimana",
            "t.": "tomo", "artt.": "articoli", "nn.": "numeri", "nr.": "numero", "N.": "numero", "c.": "comma",
            "L.": "legge", "lett.": "lettera", "tab.": "tabella", "cat.": "categoria",
            "co.": "comma", "dir.": "direttiva", "reg.": "regolamento", "Cass.": "Cassazione",
            "p.": "pagina", "pp.": "pagine", "cap.": "capitolo", "vol.": "volume", "art.": "articolo",
            "sec.": "secolo", "secc.": "secoli", "fig.": "figura", "min.": "minimo", "max.": "massimo",
            "max": "massimo", "min": "minimo", "tel.": "telefono", "int.": "interno", "op.": "opera",
        },
        bare_scales=(3,),
        before_ratio="rapporto|scala|proporzione",
        agreement=((r"\buno$", "un", "una"),),
        half=("mezzo", "mezza"),
        and_a_half=("e mezzo", "e mezza"),
        times="volta|volte",
        half_of="la metà",
        of_all=r"de(?:l|llo|lla|gli|lle|i)\b|dell['’]",
        feminine="(?:a|[sz]ione|parte|notte|tà|tù)$",
        greek={"alpha": "alfa", "theta": "teta", "kappa": "cappa", "phi": "fi", "rho": "ro", "chi": "chi"},
        currencies={
            "cent": "centesimo|centesimi", "Lit.": "lira|lire",
            "$": "dollaro|dollari", "€": "euro|euro", "£": "sterlina|sterline", "¥": "yen|yen",
            "¢": "centesimo|centesimi", "₿": "bitcoin|bitcoin",
        },
        cents={"€": "centesimo|centesimi"},
        abbreviations={
            "cfr.": "confronta", "p. es.": "per esempio", "p.es.": "per esempio",
            "es.": "esempio", "Sigg.": "signori", "Sig.na": "signorina", "Dr.": "dottor",
            "Prof.ssa": "professoressa", "Arch.": "architetto", "Sen.": "senatore", "S.p.A.": "società per azioni",
            "S.r.l.": "società a responsabilità limitata", "P.zza": "piazza", "V.le": "viale", "C.so": "corso",
            "ed.": "edizione", "op. cit.": "opera citata", "ibid.": "nello stesso luogo", "v.": "vedi",
            "s.l.m.": "sul livello del mare",
            "N.B.": "nota bene", "i.e.": "cioè", "lat.": "latitudine", "P. IVA": "partita IVA", "L. n.": "legge numero",
            "Sig.": "signor", "Sig.ra": "signora", "Dott.": "dottor", "Dott.ssa": "dottoressa", "dott.": "dottor",
            "dott.ssa": "dottoressa", "prof.": "professor",
            "prof.ssa": "professoressa", "sig.": "signor", "sig.ra": "signora", "Avv.": "avvocato", "On.": "onorevole",
            "p.zza": "piazza", "c.so": "corso", "v.le": "viale", "Prof.": "professor",
            "Ing.": "ingegner", "ad es.": "ad esempio", "ecc.": "eccetera", "a.C.": "avanti Cristo",
            "d.C.": "dopo Cristo", "a. C.": "avanti Cristo", "d. C.": "dopo Cristo", "ca.": "circa", "vs.": "contro",
            "D.Lgs.": "decreto legislativo",
            "q.b.": "quanto basta", "c.c.": "codice civile", "c.p.": "codice penale",
            "pag.": "pagina", "pagg.": "pagine", "tel.": "telefono", "C#": "C sharp",
        },
        crossed="no:",
        denied=(
            r"(?:non|niente|nessun[oa]?|mai|nulla|vietat[oaie]|divieto)\b"
            r"|.*\b(?:vietat[oaie]|proibit[oaie]|non (?:sono|è) (?:ammess|consentit|permess)[oaie])\b"
        ),
        symbols={
            "⌀": "diametro",
            "∛": "radice cubica di", "∑": "somma di", "∏": "prodotto di", "∫": "integrale di",
            "∂": "derivata parziale", "∇": "nabla", "∈": "appartiene a", "∉": "non appartiene a", "∀": "per ogni",
            "∃": "esiste", "∪": "unione", "∩": "intersezione", "⊂": "contenuto in", "∝": "proporzionale a",
            "∠": "angolo", "≡": "identico a", "≪": "molto minore di", "≫": "molto maggiore di", "⇒": "implica",
            "↑": "più", "↓": "meno", "¶": "capoverso",
            "♭": "bemolle", "♯": "diesis",
            "&": "e", "+": "più", "=": "uguale a", "@": "chiocciola", "#": "numero", "×": "per", "§": "paragrafo",
            "<": "meno di", ">": "più di", "≤": "al massimo", "≥": "almeno", "<=": "al massimo", ">=": "almeno",
            "±": "più o meno", "~": "circa", "≈": "circa", "≠": "diverso da", "÷": "diviso", "√": "radice di",
            "∞": "infinito", "·": "per", "→": "a", "∆": "delta",
        },
        denominators={
            2: "mezzo|mezzi", 3: "terzo|terzi", 4: "quarto|quarti", 5: "quinto|quinti", 6: "sesto|sesti",
            7: "settimo|settimi", 8: "ottavo|ottavi", 9: "nono|noni", 10: "decimo|decimi", 12: "dodicesimo|dodicesimi",
            16: "sedicesimo|sedicesimi", 100: "centesimo|centesimi", 1000: "millesimo|millesimi",
        },
        over="su",
        power="elevato a",
        powers={2: "al quadrato", 3: "al cubo"},
        prefixes={
            -15: "femto", -12: "pico", -9: "nano", -6: "micro", -3: "milli", 3: "chilo", 6: "mega", 9: "giga",
            12: "tera",
        },
        units={
            "gg": "duration-day", "gg.": "duration-day", "sec": "duration-second", "sec.": "duration-second",
            "min.": "duration-minute", "sett.": "duration-week", "Mpx": "graphics-megapixel",
        },
        named_units={
            "Eq": "equivalente|equivalenti", "dBm": "decibel milliwatt|decibel milliwatt",
            "cc": "centimetro cubo|centimetri cubi", "fps": "fotogramma al secondo|fotogrammi al secondo",
            "giri/min": "giro al minuto|giri al minuto", "rpm": "giro al minuto|giri al minuto",
            "pers.": "persona|persone", "ab.": "abitante|abitanti", "abit.": "abitante|abitanti",
            "hg": "ettogrammo|ettogrammi", "q": "quintale|quintali",
            "kr": "corona|corone",
            "Wh": "wattora|wattora", "Ah": "amperora|amperora", "M": "molare|molari", "Å": "angstrom|angstrom",
            "dB": "decibel|decibel",
            "U": "unità|unità", "UI": "unità internazionale|unità internazionali", "CV": "cavallo|cavalli",
            "bpm": "battito al minuto|battiti al minuto", "Mbps": "megabit al secondo|megabit al secondo",
            "Mt": "megatonnellata|megatonnellate", "Gt": "gigatonnellata|gigatonnellate",
            "mq": "metro quadrato|metri quadrati", "pb": "punto base|punti base",
            "pp": "punto percentuale|punti percentuali",
            "p.p.": "punto percentuale|punti percentuali", "mc": "metro cubo|metri cubi",
            "km/ora": "chilometro all'ora|chilometri all'ora",
        },
        out_of="su",
        rated=r"vot[oi]|valutazion[ei]|giudizio|recensione|punteggio",
        stars="stella|stelle",
        points="punto|punti",
        sections="paragrafi",
        born_died=("nato", "morto"),
        chess=Chess(
            "RDTAC", ("re", "donna", "torre", "alfiere", "cavallo"), takes="prende", check="scacco",
            mate="scacco matto",
            becomes="diventa", castles=("arrocco corto", "arrocco lungo"),
        ),
        compass={"N": "nord", "S": "sud", "E": "est", "W": "ovest", "O": "ovest"},
        hour=(" e ", " in punto"),
        hours={1: "una"},
        before_time=("ore", "alle", "dalle", "le", "h", r"h\.", "tra le", "fino alle", "all['’]", "dall['’]"),
        list_endings=("ecc.",),
        before_century=("secolo", "secoli", "il", "del", "nel", "dal", "al", "sul"),
        fused_before_century=("il", "del", "nel", "dal", "al", "sul"),
        counted=(
            "volume", "tomo", "capitolo", "titolo", "articolo", "fase", "tipo", "atto", "libro", "parte", "numero",
            "scena", "pagina", "apollo", "canto", "sezione",
        ),
        degree_ordinals=(
            "(?:secolo|piano|posto|trimestre|semestre|luogo|grado|anniversario|giorno|minuto|treno|turno|tempo|set|round|premio|classificato|figlio|movimento|livello|gennaio|febbraio|marzo|aprile|maggio|giugno"
            "|luglio|agosto|settembre|ottobre|novembre|dicembre|al [0-3]?\\d|e [0-3]?\\d)\\b"
        ),
        behind_roman=(
            "(?:secolo|Secolo|millennio|[Gg]uerra|[Cc]ongresso|[Rr]epubblica|[Ee]dizione|[Cc]oncilio|[Ll]egislatura|[Cc]oppa"
            "|[Cc]entenario|Internazionale|[Cc]onferenza|Festival|Biennale|[Ii]mpero|Reich|[Aa]nniversario|[Dd]inastia|[Tt]rimestre|[Ss]emestre|[Mm]unicipio|[Cc]apitolo)\\b"
        ),
        ranks_up_to=39,
        centuries_ranked=True,
        of="di ",
        eras=r"a\. ?C\.?|avanti Cristo",
        crowds={"k": r"(?:follower|like|[a-zà-ÿ]{4,}i)\b", "M": r"di\s[a-zà-ÿ]"},
        days_like_words=frozenset(("mar", "mer", "gio", "dom")),
        months_like_words=frozenset(("mar", "mag", "set", "sett", "gen")),
        contractions=(
            (r"\b([Dd]al (?:primo|\w+) (?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre"
             r"|ottobre|novembre|dicembre)) a (?=\w)", r"\1 al "),
            (r"\bun (?=s[bcdfglmnpqrtvz]|z|gn|ps)", "uno "), (r"\buna (?=[aeiou]\w{2})", "un'"),
            (r"\bil (?=(?:uno|otto\w*|undici)\b)", "l'"), (r"\b([dns]?[aeu]l) (?=(?:uno|otto\w*|undici)\b)", r"\1l'"),
        ),
        rank_endings="°º",
        behind_ranks={
            "sec.": "secolo", "trim.": "trimestre", "sem.": "semestre", "mov.": "movimento", "p.": "piano",
            "ed.": "edizione",
        },
        counted_small="pagin[ae]|capitol[oi]",
        before_date=("il", "del", "dal", "al", "entro il", "dopo il"),
        before_month="in|da|dal|fino a|a|di",
        plain_ordinals="il|lo|la|i|gli|le|un|una|del|della|al|alla|dal|dalla|nel|nella|sul|sulla",
        day_halves=("di mattina", "di pomeriggio", "di sera"),
    ),
    untold_sections=frozenset((
        "voci correlate", "note", "bibliografia", "altri progetti", "collegamenti esterni", "riferimenti", "fonti",
    )),
)  # fmt: skip
