"""Spanish."""

# ruff: noqa: RUF001 - multiplication signs and raised letters are meant

from __future__ import annotations

from typing import Final

from common.languages.pack import Chess, Context, Notes, Nouns, Pack, Phrases, Reading, words

PACK: Final = Pack(
    code="es",
    name="Spanish",
    locale="es-ES",
    speaking_rate=16.0,
    stemmer="spanish",
    greeting=("Hola.", "Les damos la bienvenida a Aethercast. Soy {host}.", "El tema de hoy: {title}."),
    settling="Nos alegra que nos acompañen. Pónganse cómodos: empezamos dentro de un momento.",
    untitled="Un texto sin título",
    apology="Lo sentimos: este pasaje no se pudo locutar. Seguimos con el siguiente.",
    notes=Notes(
        made="Con {speakers}. Escrito y locutado por Aethercast, a partir de las fuentes indicadas.",
        chapters="Capítulos",
        sources="Fuentes",
    ),
    phrases=Phrases(
        introduction="Y yo soy {other}.",
        opening="Antes de nada: lo que van a oír son las palabras de las propias fuentes. "
                "Citamos, sin añadir nada.",
        opening_alone="Antes de nada: lo que van a oír son las palabras de las propias fuentes. Cito, sin "
                      "añadir nada.",
        begin="Así empieza.",
        source=("Ahora, otra fuente: {title}.", "Pasemos a {title}.", "A continuación, {title}."),
        chapter=("Siguiente tema: {title}.", "Vamos con esto: {title}.", "Y llegamos a esto: {title}."),
        moving_on=("Pasemos a otra cosa.", "Vamos con el capítulo siguiente.", "Pasemos página."),
        about_name=(
            "¿Y {term}?", "¿Dónde entra {term}?", "¿Qué pasa con {term}?", "¿Qué leemos sobre {term}?",
            "Aquí aparece {term}.",
        ),
        about_word=(
            "Me llama la atención la palabra «{term}». ¿Qué hay detrás?", "Hay un pasaje sobre «{term}», ¿verdad?",
            "Aquí he apuntado una palabra: «{term}».",
        ),
        why=("¿Se da alguna razón?", "¿A qué se debe?", "¿Cuál es la explicación?"),
        figures=(
            "¿Hay cifras?", "¿Podemos ponerle números?", "¿De cuánto estamos hablando?", "¿Tenemos datos?",
        ),
        on=(
            "Sigue.", "¿Qué viene después?", "¿Cómo continúa?", "Te escucho.", "¿Y luego?", "¿Qué más hay?",
            "Oigamos más.", "Bien. Sigue leyendo.", "¿Y a partir de ahí?",
        ),
        lead_in=(
            "El texto lo dice así:", "En palabras de la fuente:", "Cito:", "Y continúa:", "Aquí dice:",
            "Después leemos:", "Y esto, palabra por palabra:",
        ),
        last=("Un último pasaje antes de terminar.", "Y un pasaje más antes de despedirnos."),
        unfinished="Aquí lo dejamos. El texto sigue.",
        close="Este ha sido nuestro tema: {title}. "
              "Todo en palabras de sus fuentes. Gracias por escucharnos, y hasta la próxima.",
        goodbye="Esto ha sido {title}. Gracias por escucharnos, y hasta la próxima.",
        because=("porque", "debido al?", "puesto que", "ya que"),
    ),
    stop_words=words("""
        ahora algo alguna algunas alguno algunos ante antes aquel aquella aquellos así aun aunque bajo bien cada casi
        como con contra cual cuales cualquier cuando cuanto cuya cuyo dado dan decir del desde después donde dos
        durante ella ellas ello ellos embargo entonces entre era eran eres esa esas ese eso esos esta estaba estado
        estar estas este esto estos está están fue fueron gran grandes haber había habían hace hacer hacia hasta hay
        incluso las les los luego mayor mediante mejor menos mientras mismo mucha muchas mucho muchos muy más nada
        otra otras otro otros para parte pero poco por porque primer primera pues que quien quienes qué según ser será
        sido siempre siendo sin sino sobre son su sus también tan tanto tener tenía tiene tienen toda todas todo todos
        tras tres tuvo una unas uno unos usa vez veces ya
    """),
    context=Context(
        first_words=words("""
            él ella ello ellos ellas su sus este esta esto estos estas ese esa eso esos esas aquel aquella aquellos
            aquellas ambos ambas pero sin sino así entonces además también tampoco luego después mientras y e o ni
            porque por allí ahí aquí tal tales dicho dicha lo les sí no es son era eran fue fueron tiene tienen
        """),
        openings=(
            "en (?:cambio|consecuencia)", "por (?:eso|ello|tanto)", "al mismo", "el resultado",
            r"\w+ (?:sus?|est[aeo]s?)",
        ),
        stands_alone=(r"no (?!lo\b|la\b|los\b|las\b|le\b|les\b)[a-zà-ÿ]",),
        limits=(
            "pero", "sin embargo", "no obstante", "con todo", "salvo", "excepto", "solo", "sólo", "únicamente",
            "solamente", "a menos que", "(?:esto|ello|eso) (?:no|solo|sólo)", "no", "de lo contrario",
            "en ningún caso", "excepciones", r"[^.;:]{0,50}\bno se aplica\w*", r"se exceptúan?",
            r"[^.;:]{0,50}\b(?:están?|quedan?) (?:exceptuad|excluid|exent)\w*", r"[^.;:]{0,50}\bno incluyen?",
            r"[^.;:]{0,60}, (?:sin embargo|no obstante|con todo|en cambio|eso sí)\b",
        ),
        narrative=words("""
            dijo preguntó respondió contestó gritó pensó miró vio fue era había estaba ella ellos ellas él le les su
            sus me mi se
        """),
        once_upon_a_time=("érase una vez", "había una vez", "hace mucho tiempo", "en tiempos de"),
        negations=words("no nunca jamás ningún ninguno ninguna nadie nada ni sin tampoco solo sólo salvo excepto"),
        leads_on=words("""
            debe deben deberá deberán puede pueden podrá podrán no solo sólo salvo excepto si cuando siempre sin con
            siguientes menos es son está están o y ni queda quedan que
        """),
    ),
    nouns=Nouns(
        function_words=words("de y e o a en un con por para que se del es no"),
        articles=words("el la los las"),
        fused=words("del al un una uno no nos"),
        not_nouns=words("""
            medio principio final parte partes lado lados número tipo forma manera caso cantidad falta resultado hecho
            cosa cosas gente año años tiempo día días mano manos lugar lugares punto puntos lista texto nivel orden
            idea resto mitad mundo vista centro horas hora minutos veces semana
        """),
    ),
    reading=Reading(
        num2words="es",
        percent="por ciento",
        permille="por mil",
        degrees="grado|grados",
        minus="menos",
        to="a",
        ratio="a",
        per="por",
        point="coma",
        dot="punto",
        colon="dos puntos",
        slash="barra",
        at="arroba",
        version="versión",
        hashtag="hashtag",
        date="{day} de {month} de {year}",
        scales={3: "mil|mil", 6: "millón|millones", 9: "mil millones|mil millones", 12: "billón|billones"},
        scale_signs={"mill.": 6, "bn": 9, "Mrd.": 9},
        money_scale_signs={"k": 3, "K": 3, "M": 6, "MM": 6, "bn": 9},
        bare_scales=(3, 9),
        plural_s=True,
        before_ratio="mezcla|proporción|escala|relación|razón",
        agreement=(
            ("veintiuno$", "veintiún", "veintiuna"), ("uno$", "un", "una"), ("ientos\\b(?!.*mill)", "ientos", "ientas"),
        ),
        half=("medio", "media"),
        and_a_half=("y medio", "y media"),
        times="vez|veces",
        half_of="la mitad",
        of_all=r"del?\b(?: l[ao]s?\b)|del\b",
        feminine=(
            "^(?!.*(?:blema|tema|grama|clima|mapa|planeta|idioma|drama|dilema|poema|lema|sistema|trauma|cometa|poeta|pirata|aroma|diploma|ista"
            "|enigma|paradigma|síntoma|axioma|dogma|delta|gorila|yoga|atleta|guardia|día)$)"
            ".*(?:(?<!-hor)a|\\bmano|[cs]ión|[cs]ione|dad|dade|tad|tade|noche|parte|mujer|mujere|vece|vez|voz|voce|luz|luce|calle|llave|clase|base"
            "|fase|frase|nave|serie|imagen|imágene|flor|flore|red|rede|ley|leye|sede|fuente|muerte|cumbre|nube|torre|sangre)$"
        ),
        greek={
            "alpha": "alfa", "theta": "zeta", "epsilon": "épsilon", "kappa": "kappa", "phi": "fi", "chi": "ji",
            "rho": "ro",
        },
        by="por",
        pressure="tensión|TA|presión arterial",
        scripture="Gn|Gén|Éx|Lv|Nm|Dt|Jos|Jue|Sal|Prov|Is|Jer|Ez|Dn|Os|Mt|Mc|Lc|Jn|Hch|Rom|Rm|Co(?:r(?:intios)?)?|Gál|Ef|Flp|Col|Heb"
                  "|Sant|Ap|sura",
        notations=(
            (r"(?<!\w)[Ss]al\.:? (?=(?:a las? )?\d{1,2}[:.]\d\d)", "salida "),
            (r"(?<!\w)[Ll]leg\.:? (?=(?:a las? )?\d{1,2}[:.]\d\d)", "llegada "),
            (r"(?<!\w)CAD[.:]? (?=\d\d[/.-]\d{2,4}(?!\d))", "caducidad: "),
            (r"(?<!\w)c/ (?=\d+ ?(?:h|horas?|min|minutos|días|semanas|meses|años)\b)", "cada "),
            (r"(?<!\w)([1-4])T (?=(?:de )?(?:19|20)\d\d)", r"\1.º trimestre "), (r"(?<!\w)D\.ª (?=[A-ZÁ-Ú])", "doña "),
            (r"\b((?:[Ee]n|[Dd]ur\w+|[Tt]ard\w+|[Dd]uración:?|[Cc]occión:?|[Pp]rep\w+:?|[Uu]nas|[Cc]asi) )(\d{1,2})h\s?"
             r"([0-5]\d)(?![\w:'′’])", r"\1\2 h \3 min"),
            (r"\b(brutos?|netos?)/(?=(?:mes|año|día|semana|hora)\b)", r"\1 por "), (r"(?<!\w)[Tt]fno\.", "teléfono"),
            (r"(?<=veces)/(?=(?:día|semana|mes|año)\b)", " por "), (r"(?<=mg)/(\d{1,2}) ?h\b", r" cada \1 h"),
            (r"\b([Vv])it\. (?=[A-K]\d?\b)", r"\1itamina "),
            (r"\bet al\.", "y otros"), (r"(?<!\w)[Ee]c\. (?=\(?\d)", "ecuación "),
            (r"(?<=\d) a\.(?= [a-zà-ÿ]{3})", " años"),
            (r"(?<=\d) t\. ?p\.(?=[,;)]|\s|$)", " tras la prórroga"), (r"(?<!\w)c/u(?!\w)", "cada uno"),
            (r"\bIVA incl\.", "IVA incluido"),
            (r"(?<!\w)[ST]0?(\d{1,2})\s?:?E0?(\d{1,3})(?!\w)", r"temporada \1, episodio \2"),
            (r"\b((?i:cap\.?|capítulo|ep\.?|episodio|parte|etapa) \d{1,3})/(?=\d{1,3}(?![\w/]))", r"\1 de "),
            (r"\b([Aa] las? \d{1,2})\.([0-5]\d)(?![\w%]|[.,]\d)", r"\1:\2"),
            (r"(?<!\w)h\. (?=1\d{3}\b)", "hacia "), (r"(?<![\w.,])(\d) hab\.", r"\1 habitaciones"),
            (r"(?<!\w)c/(?=\d)", "cada "),
            (r"(?<=\d) comp\./(?=\d)", " comprimidos cada "), (r"(?<=\d) comp\.", " comprimidos"),
            (r"(?<=\d) amp\.", " ampollas"), (r"(?<=\d) tzs?\.", " tazas"),
            (r"((?:½|(?<!\w)1(?:/[24])?)) comprimidos", r"\1 comprimido"),
            (r"(?<!\w)1 tazas", "1 taza"), (r"(?<=\d) a\.(?=[,;)])", " años"), (r"(?<!\w)1 sobre(?=\s?\()", "un sobre"),
            (r"(?<=[€$]) neg\.", " negociables"), (r"\b(en (?:do|re|mi|fa|sol|la|si)) men\.", r"\1 menor"),
            (r"\b(en (?:do|re|mi|fa|sol|la|si)) may\.", r"\1 mayor"), (r"(?<=CO2) eq\.", " equivalente"),
            (r"(?<!\w)1 (?=(?:Co|Cor|Tes|Ts|Tim|Tm|Pe|P|Jn) \d)", "primera "),
            (r"(?<!\w)2 (?=(?:Co|Cor|Tes|Ts|Tim|Tm|Pe|P|Jn) \d)", "segunda "),
            (r"(?<=\dx)/d(?:ía)?(?!\w)", " al día"), (r"(?<=\dx)/sem(?:ana)?\.?(?!\w)", " por semana"),
            (r"(?<!\w)km (?=\d)", "kilómetro "),
            (r"(?<=\d[ºª])(?=[A-Z](?!\w))", " "), (r"\bP\.?º (?=de\b|del\b|[A-ZÁÉÍÓÚ])", "paseo "),
            (r"(?:^|(?<=[,;:(.] )|(?<=\b[aey] )|(?<=\b(?:de|al) )|(?<=\b(?:con|por|que|del) ))D\. "
             "(?=[A-ZÁÉÍÓÚ][a-záéíóú]{2})", "don "),
            (r"(?<!\w)c(?:a|\.|a\.)\s(?=1\d{3})", "circa "), (r"(?<!\w)vv\.\s(?=\d)", "versículos "),
            (r"(\d)/(ene|feb|mar|abr|may|jun|jul|ago|sept?|oct|nov|dic)\.?/(?=\d{2,4}(?!\d))", r"\1 de \2. de "),
        ),
        contractions=((r"\b([Aa] la) uno\b(?! coma)", r"\1 una"),),
        dialed=r"(?:llam\w+|marc[aó]\w*)(?:\s(?:al?|el))?|teléfono",
        in_laws={"apdo.": "apartado", "párr.": "párrafo", "inc.": "inciso", "let.": "letra"},
        before_numerals={
            "n.os": "números", "t.": "tomo", "arts.": "artículos", "exp.": "expediente", "esc.": "escena",
            "sem.": "semana",
            "aptdo.": "apartado", "pen.": "penaltis",
            "Arts.": "artículos", "núms.": "números", "inc.": "inciso",
            "Dir.": "Directiva",
            "fracc.": "fracción", "Exp.": "expediente",
            "p.": "página", "pp.": "páginas", "cap.": "capítulo", "vol.": "volumen", "art.": "artículo", "s.": "siglo",
            "S.": "siglo", "ss.": "siglos", "fig.": "figura", "mín.": "mínimo", "máx.": "máximo",
            "apdo.": "apartado", "tel.": "teléfono", "ext.": "extensión", "op.": "opus",
        },
        day_halves=("de la mañana", "de la tarde", "de la noche"),
        currencies={
            "cts.": "céntimo|céntimos", "ptas.": "peseta|pesetas", "S/": "sol|soles", "Bs.": "boliviano|bolivianos",
            "mdd": "millón de dólares|millones de dólares", "mdp": "millón de pesos|millones de pesos",
            "$": "dólar|dólares", "€": "euro|euros", "£": "libra|libras", "¥": "yen|yenes", "¢": "céntimo|céntimos",
            "₿": "bitcóin|bitcoines",
        },
        cents={"€": "céntimo|céntimos"},
        abbreviations={
            "cf.": "compárese", "Sres.": "señores", "Sras.": "señoras", "Profa.": "profesora", "Arq.": "arquitecto",
            "Sto.": "santo",
            "Sta.": "santa", "S. A.": "sociedad anónima", "S. L.": "sociedad limitada", "Cía.": "compañía",
            "Pza.": "plaza", "C/": "calle", "c/": "calle", "ed.": "edición", "op. cit.": "obra citada",
            "ibíd.": "en el mismo lugar",
            "Dpto.": "departamento", "dpto.": "departamento", "izq.": "izquierda", "izda.": "izquierda",
            "dcha.": "derecha",
            "JJ. OO.": "Juegos Olímpicos", "FF. AA.": "Fuerzas Armadas", "CC. AA.": "comunidades autónomas",
            "RR. HH.": "recursos humanos", "EEUU": "Estados Unidos", "v. gr.": "verbigracia", "i. e.": "es decir",
            "Excmo.": "excelentísimo", "Ilmo.": "ilustrísimo", "Gral.": "general", "Cnel.": "coronel",
            "a. n. e.": "antes de nuestra era", "M.ª": "María", "R. D.": "Real Decreto",
            "s. n. m.": "sobre el nivel del mar", "lat.": "latitud", "máx.": "máximo", "mín.": "mínimo",
            "Sr.": "señor", "Sra.": "señora", "Srta.": "señorita", "Dr.": "doctor", "Dra.": "doctora",
            "Prof.": "profesor", "p. ej.": "por ejemplo", "etc.": "etcétera", "EE. UU.": "Estados Unidos",
            "EE.UU.": "Estados Unidos", "a. C.": "antes de Cristo", "d. C.": "después de Cristo",
            "a.C.": "antes de Cristo",
            "d.C.": "después de Cristo", "Avda.": "avenida", "Av.": "avenida", "Dña.": "doña", "Lic.": "licenciado",
            "Ing.": "ingeniero",
            "aprox.": "aproximadamente", "Ud.": "usted", "Uds.": "ustedes", "vs.": "contra",
            "1er": "primer", "1.er": "primer", "3er": "tercer", "3.er": "tercer", "núm.": "número", "pág.": "página",
            "págs.": "páginas", "tel.": "teléfono", "C#": "C sharp",
        },
        crossed="no:",
        denied=(
            r"(?:no|sin|nunca|ningun[oa]?|ningún|nada|nadie|prohibid[oa]s?|prohibido)\b"
            r"|.*\b(?:prohibid[oa]s?|no (?:se permiten?|(?:está|están|es|son) (?:permitid|admitid)[oa]s?))\b"
        ),
        symbols={
            "⌀": "diámetro",
            "∛": "raíz cúbica de", "∑": "suma de", "∏": "producto de", "∫": "integral de", "∂": "parcial",
            "∇": "nabla", "∈": "pertenece a", "∉": "no pertenece a", "∀": "para todo", "∃": "existe", "∪": "unión",
            "∩": "intersección", "⊂": "incluido en", "∝": "proporcional a", "∠": "ángulo", "≡": "idéntico a",
            "≪": "mucho menor que", "≫": "mucho mayor que", "⇒": "implica", "↑": "sube", "↓": "baja",
            "¶": "párrafo",
            "♭": "bemol", "♯": "sostenido",
            "&": "y", "+": "más", "=": "igual a", "@": "arroba", "#": "número", "×": "por", "§": "sección",
            "<": "menos de", ">": "más de", "≤": "como máximo", "≥": "como mínimo", "<=": "como máximo",
            ">=": "como mínimo", "±": "más menos", "~": "unos", "≈": "unos", "≠": "distinto de", "÷": "entre",
            "√": "raíz de", "∞": "infinito", "·": "por", "→": "a", "∆": "delta",
        },
        denominators={
            2: "medio|medios", 3: "tercio|tercios", 4: "cuarto|cuartos", 5: "quinto|quintos", 6: "sexto|sextos",
            7: "séptimo|séptimos", 8: "octavo|octavos", 9: "noveno|novenos", 10: "décimo|décimos",
            12: "doceavo|doceavos", 16: "dieciseisavo|dieciseisavos", 100: "centésimo|centésimos",
            1000: "milésimo|milésimos",
        },
        over="sobre",
        power="elevado a",
        powers={2: "al cuadrado", 3: "al cubo"},
        prefixes={
            -15: "femto", -12: "pico", -9: "nano", -6: "micro", -3: "mili", 3: "kilo", 6: "mega", 9: "giga",
            12: "tera",
        },
        units={
            "seg.": "duration-second", "seg": "duration-second",
            "mins": "duration-minute", "sem.": "duration-week", "d": "duration-day", "Mpx": "graphics-megapixel",
        },
        named_units={
            "Eq": "equivalente|equivalentes", "dBm": "decibelio-milivatio|decibelios-milivatio",
            "uds.": "unidad|unidades", "ud.": "unidad|unidades", "ptos.": "punto|puntos", "pts.": "punto|puntos",
            "cc": "centímetro cúbico|centímetros cúbicos", "fps": "fotograma por segundo|fotogramas por segundo",
            "pers.": "persona|personas", "hab.": "habitante|habitantes", "hab": "habitante|habitantes",
            "p.p.": "punto porcentual|puntos porcentuales", "p. p.": "punto porcentual|puntos porcentuales",
            "Tn": "tonelada|toneladas",
            "kr": "corona|coronas",
            "cda.": "cucharada|cucharadas", "cdas.": "cucharada|cucharadas", "cdta.": "cucharadita|cucharaditas",
            "cdtas.": "cucharadita|cucharaditas",
            "Wh": "vatio-hora|vatios-hora", "Ah": "amperio-hora|amperios-hora", "M": "molar|molar",
            "Å": "ángstrom|ángstroms", "dB": "decibelio|decibelios", "U": "unidad|unidades",
            "UI": "unidad internacional|unidades internacionales", "CV": "caballo|caballos",
            "rpm": "revolución por minuto|revoluciones por minuto", "lpm": "latido por minuto|latidos por minuto",
            "Mbps": "megabit por segundo|megabits por segundo", "Mt": "megatonelada|megatoneladas",
            "Gt": "gigatonelada|gigatoneladas", "pb": "punto básico|puntos básicos",
            "pp": "punto porcentual|puntos porcentuales",
        },
        out_of="de",
        rated=r"notas?|puntuaci[oó]n|calificaci[oó]n|valora\w+|reseña",
        stars="estrella|estrellas",
        points="punto|puntos",
        sections="secciones",
        born_died=("nacido", "fallecido"),
        chess=Chess(
            "RDTAC", ("rey", "dama", "torre", "alfil", "caballo"), takes="por", check="jaque", mate="jaque mate",
            becomes="se convierte en", castles=("enroque corto", "enroque largo"),
        ),
        compass={"N": "norte", "S": "sur", "E": "este", "W": "oeste", "O": "oeste"},
        hour=(" y ", " en punto"),
        hour_marks=("h", "hs", "hrs", "horas"),
        hours={1: "una", 21: "veintiuna"},
        list_endings=("etc.",),
        ordinal_suffixes=("º", "ª", ".º", ".ª", "ro", "ra", "do", "da", "to", "ta", "mo", "ma", "vo", "va", "no", "na"),
        shortened_ordinals="(primer|tercer)o$",
        behind_roman=(
            "(?:Guerra|guerra|Congreso|Cumbre|República|Legislatura|Concilio|Copa|Encuentro|Festival|Feria|Jornadas?|Bienal"
            "|Premios?|Edición|edición|Centenario|centenario|Imperio|Internacional|Conferencia|Asamblea|Semana|Plan|[Mm]ilenio|Reich|[Aa]niversario|[Ss]iglo|[Cc]urso|[Tt]orneo|[Cc]ertamen|Concurso|Liga|Ejército|Dinastía|dinastía)\\b"
        ),
        degree_ordinals=(
            "(?:de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre"
            "|noviembre|diciembre|la|las|los|su)|(?<=(?<!\\d)\\d°\\s)en|edición|piso|puesto|lugar|grado|aniversario)\\b"
        ),
        before_century=("siglo", "siglos", "del", "al"),
        fused_before_century=("del", "al"),
        counted=(
            "capítulo", "tomo", "volumen", "título", "artículo", "fase", "tipo", "acto", "libro", "parte", "número",
            "escena", "página", "apolo",
        ),
        ranks_up_to=10,
        of="de ",
        eras=r"a\. ?C\.?|a\. ?n\. ?e\.?|antes de (?:Cristo|nuestra era)",
        crowds={"k": r"[a-zà-ÿ]{3,}s\b", "M": r"(?:de\s[a-zà-ÿ]|[a-zà-ÿ]{3,}s\b)"},
        days_like_words=frozenset(("mar", "dom")),
        months_like_words=frozenset(("mar", "may")),
        written_at="o",
        rank_endings="°º",
        behind_ranks={
            "trim.": "trimestre", "div.": "división", "mov.": "movimiento", "ed.": "edición", "jorn.": "jornada",
        },
        counted_small="páginas?|capítulos?",
        before_decade="los|años|las",
        before_date=("el", "del", "al", "día", "desde el", "hasta el"),
        before_month="en|desde|hasta|de|a|fines de|finales de",
        plain_ordinals="el|la|los|las|un|una|del|al",
    ),
    untold_sections=frozenset(("véase también", "referencias", "notas", "enlaces externos", "bibliografía", "fuentes")),
)  # fmt: skip
