"""French."""

# ruff: noqa: RUF001 - multiplication signs and raised letters are meant

from __future__ import annotations

from typing import Final

from common.languages.pack import Chess, Context, Notes, Nouns, Pack, Phrases, Reading, words

PACK: Final = Pack(
    code="fr",
    name="French",
    locale="fr-FR",
    speaking_rate=17.6,
    stemmer="french",
    greeting=("Bonjour.", "Bienvenue sur Aethercast. Je suis {host}.", "Le sujet du jour : {title}."),
    settling="Nous sommes heureux de vous retrouver. Installez-vous confortablement : nous commençons dans un instant.",
    untitled="Un texte sans titre",
    apology="Désolés : ce passage n'a pas pu être lu. Nous continuons avec le suivant.",
    notes=Notes(
        made="Avec {speakers}. Écrit et dit par Aethercast, d'après les sources ci-dessous.",
        chapters="Chapitres",
        sources="Sources",
    ),
    phrases=Phrases(
        introduction="Et moi, c'est {other}.",
        opening="Une chose d'abord : ce que vous allez entendre, ce sont les mots des "
                "sources. Nous citons, sans rien ajouter.",
        opening_alone="Une chose d'abord : ce que vous allez entendre, ce sont les mots des sources. Je "
                      "cite, sans rien ajouter.",
        begin="Voici comment cela commence.",
        source=("Passons à une autre source : {title}.", "Voyons maintenant {title}.", "Ensuite, {title}."),
        chapter=("Thème suivant : {title}.", "Passons à ceci : {title}.", "Ce qui nous amène à : {title}."),
        moving_on=("Passons à la suite.", "Place au chapitre suivant.", "Tournons la page."),
        about_name=(
            "Et {term} ?", "Où intervient {term} ?", "Que lit-on sur {term} ?", "Un mot sur {term} ?",
            "Et pour {term} ?",
        ),
        about_word=(
            "Le mot « {term} » m'intrigue. Qu'y a-t-il derrière ?", "Il y a un passage sur « {term} », non ?",
            "J'ai noté un mot ici : « {term} ».",
        ),
        why=("Donne-t-on une raison ?", "À quoi cela tient-il ?", "Quelle est l'explication ?"),
        figures=(
            "Y a-t-il des chiffres ?", "Peut-on chiffrer cela ?", "De combien parle-t-on ?", "A-t-on des données ?",
        ),
        on=(
            "Continue.", "Et la suite ?", "Comment cela continue-t-il ?", "Je t'écoute.", "Et après ?",
            "Qu'y a-t-il encore ?", "Écoutons la suite.", "Bien. Lis la suite.", "Et à partir de là ?",
        ),
        lead_in=(
            "Le texte le dit ainsi :", "Selon les mots de la source :", "Je cite :", "Et cela continue :",
            "Ici, on lit :", "Puis on lit :", "Et ceci, mot pour mot :",
        ),
        last=("Un dernier passage avant de finir.", "Encore un passage avant de nous quitter."),
        unfinished="Nous nous arrêtons ici. Le texte, lui, continue.",
        close="C'était notre sujet : {title}. "
              "Le tout dans les mots de ses sources. Merci de votre écoute, et à bientôt.",
        goodbye="C'était {title}. Merci de votre écoute, et à bientôt.",
        because=("parce que", "parce qu'", "parce qu’", "puisque", "en raison", "grâce à"),
    ),
    stop_words=words("""
        ainsi alors après assez aucun aucune aujourd auquel aussi autre autres aux avait avaient avant avec avoir
        beaucoup bien car cela celle celles celui cependant ces cet cette ceux chaque chez comme comment dans depuis
        des deux dont durant elle elles encore enfin entre est était étaient été être eux faire fait fois font grand
        grande ils jusqu jusque leur leurs lors lorsque lui mais mal malgré même mêmes moins mon notamment notre nos
        nous ont par parce parfois parmi pas pendant peu peut peuvent plus plusieurs plutôt pour pourquoi premier
        première presque près puis puisque quand que quel quelle quelques qui quoi sans selon sera ses soit son sont
        sous souvent sur tandis tant tel telle tels tous tout toute toutes très trois trop une vers voici voilà votre
        vous
    """),
    context=Context(
        first_words=words("""
            il elle ils elles lui leur leurs son sa ses ce cet cette ces cela ceci celui celle ceux celles c'est mais
            ainsi donc alors puis ensuite aussi cependant pourtant toutefois néanmoins or et ou ni car là ici tel
            telle tels telles y en oui non
        """),
        openings=(
            "par (?:conséquent|exemple)", "en (?:revanche|effet|outre)", "le résultat",
            r"\w+ (?:son|sa|ses|leurs?|cela|ce)",
        ),
        limits=(
            "mais", "cependant", "toutefois", "néanmoins", "pourtant", "sauf", "seuls?", "seules?", "seulement",
            "uniquement", "excepté", "à moins", "sinon", "(?:ceci|cela|il|elle|ils|elles) ne", "ne",
            "en aucun cas", "exceptions?", r"[^.;:]{0,50}\bne s['’]applique\w* pas", "fon?t exception",
            r"[^.;:]{0,50}\b(?:est|sont) (?:exempt|exclu|dispens|except)\w*",
            r"[^.;:]{0,60}\b(?:cependant|toutefois|néanmoins|pourtant|en revanche)\b",
        ),
        narrative=words("""
            il elle ils elles lui leur dit demanda répondit cria pensa regarda vit fut était avait alla vint je me mon
            ma son sa ses
        """),
        once_upon_a_time=("il était une fois", "il y avait une fois", "il y a (?:bien )?longtemps"),
        negations=words("ne pas jamais aucun aucune personne rien ni sans non seulement sauf uniquement"),
        leads_on=words("""
            doit doivent peut peuvent pas que sauf si lorsque quand sans avec suivants suivantes notamment est sont
            ou et ni uniquement seulement
        """),
    ),
    nouns=Nouns(
        function_words=words("de du des et en au aux un une est à y a se si"),
        articles=words("le la les"),
        fused=words("du des au aux un une nos à"),
        not_nouns=words("""
            milieu début bord partie parties côté côtés nombre genre sorte forme façon manière cas quantité manque
            résultat fait chose choses gens année années temps jour jours main mains lieu lieux place point points
            liste texte niveau ordre reste moitié monde heure heures minutes fois semaine centre moment
        """),
    ),
    reading=Reading(
        num2words="fr",
        percent="pour cent",
        permille="pour mille",
        degrees="degré|degrés",
        minus="moins",
        to="à",
        ratio="à",
        per="par",
        point="virgule",
        dot="point",
        colon="deux-points",
        slash="barre oblique",
        at="arobase",
        version="version",
        hashtag="hashtag",
        date="{day} {month} {year}",
        scales={3: "mille|mille", 6: "million|millions", 9: "milliard|milliards", 12: "billion|billions"},
        scale_signs={"Mrd.": 9, "Mds": 9, "Md": 9, "Mrd": 9, "mds": 9, "md": 9},
        bare_scales=(3,),
        agreement=((r"\bun$", "un", "une"),),
        half=("un demi", "une demi"),
        and_a_half=("et demi", "et demie"),
        times="fois|fois",
        half_of="la moitié",
        of_all=r"de l(?:a\b|['’])|du\b|des\b",
        feminine=(
            "(?:livre|heure|minute|seconde|tonne|once|calorie|couronne|roupie|lire|mole|partie|unité|année|personne|fois"
            "|semaine|journée|page|cuillère|pincée|gousse|tasse|cuillerée|poignée|tranche|bouteille|boîte|botte|pomme|carotte|orange"
            "|tablette|douzaine|équipe|étoile|femme|fille|nuit|voix|fleur|ville|route|rue|maison|chose|langue|voiture|ligne|lettre|phrase|image"
            "|classe|place|règle|étape|chambre|cause|carte|porte|pièce|série|école|église|île|œuvre|espèce|famille"
            "|république|dynastie|guerre|législature|photo|vidéo|usine|banque|attaque|victime|recette|course|source"
             r"|victoire|armée|journée|idée|société"
            "|[stx]ion|(?<!com)ité|ette|[ae]nce|esse|euse|trice|tude)$"
        ),
        greek={"beta": "bêta", "zeta": "zêta", "eta": "êta", "theta": "thêta", "mu": "mu", "nu": "nu"},
        currencies={
            "cts": "centime|centimes", "FCFA": "franc CFA|francs CFA",
            "$": "dollar|dollars", "€": "euro|euros", "£": "livre|livres", "¥": "yen|yens", "¢": "centime|centimes",
            "₿": "bitcoin|bitcoins",
        },
        cents={"€": "centime|centimes"},
        by="sur",
        pressure="tension|TA|pression artérielle",
        scripture="Gn|Ex|Lv|Nb|Dt|Jos|Jg|Ps|Pr|Qo|Is|Jr|Ez|Dn|Os|Mt|Mc|Lc|Jn|Ac|Rm|Co|Ga|Ep|Ph|Col|He|Jc|Ap|sourate",
        in_laws={"al.": "alinéa", "§": "paragraphe"},
        before_numerals={
            "t.": "tome", "dir.": "directive", "arts.": "articles", "n°s": "numéros",
            "th.": "thermostat", "ép.": "épisode", "bât.": "bâtiment", "apt": "appartement", "sem.": "semaine",
            "sc.": "scène",
            "alt.": "altitude", "chg": "charges", "an.": "année",
            "no": "numéro", "nos": "numéros", "p.": "page", "pp.": "pages", "art.": "article", "vol.": "volume",
            "chap.": "chapitre", "v.": "vers", "fig.": "figure", "al.": "alinéa", "min.": "minimum", "max.": "maximum",
            "tél.": "téléphone",
        },
        abbreviations={
            "cf.": "voir", "Mmes": "mesdames", "Mlles": "mesdemoiselles", "ibid.": "au même endroit",
            "op. cit.": "ouvrage cité", "s.v.p.": "s'il vous plaît", "SVP": "s'il vous plaît", "Cie": "compagnie",
            "Sté": "société", "resp.": "respectivement", "éd.": "édition", "dép.": "département",
            "i.e.": "c'est-à-dire", "qqn": "quelqu'un", "req.": "requête", "av. JC": "avant Jésus-Christ",
            "apr. JC": "après Jésus-Christ", "ap. JC": "après Jésus-Christ", "a.p.": "après prolongation",
            "lat.": "latitude", "d'alt.": "d'altitude", "règl.": "règlement",
            "M.": "monsieur", "MM.": "messieurs", "Mme": "madame", "Mlle": "mademoiselle", "Dr": "docteur",
            "Pr": "professeur", "p. ex.": "par exemple", "c.-à-d.": "c'est-à-dire", "etc.": "et cetera",
            "av. J.-C.": "avant Jésus-Christ", "apr. J.-C.": "après Jésus-Christ", "ap. J.-C.": "après Jésus-Christ",
            "bd": "boulevard", "av.": "avenue", "env.": "environ", "St": "saint",
            "Ste": "sainte", "vs": "contre",
            "tél.": "téléphone", "C#": "C sharp",
            "24h/24": "vingt-quatre heures sur vingt-quatre", "24 h/24": "vingt-quatre heures sur vingt-quatre",
            "7j/7": "sept jours sur sept", "24/7": "vingt-quatre sept", "1ers": "premiers", "1res": "premières",
        },
        crossed="non :",
        denied=(
            r"(?:pas|ne|n['’]\w+|aucune?|jamais|rien|interdi\w*|défense)\b"
            r"|.*\b(?:interdite?s?|défendue?s?|ne (?:sont|est) pas|pas (?:autorisée?s?|admise?s?|admis))\b"
        ),
        symbols={
            "⌀": "diamètre",
            "∛": "racine cubique de", "∑": "somme de", "∏": "produit de", "∫": "intégrale de",
            "∂": "dérivée partielle", "∇": "nabla", "∈": "appartient à", "∉": "n'appartient pas à",
            "∀": "pour tout", "∃": "il existe", "∪": "union", "∩": "inter", "⊂": "inclus dans",
            "∝": "proportionnel à", "∠": "angle", "≡": "identique à", "≪": "très inférieur à",
            "≫": "très supérieur à", "⇒": "implique", "↑": "en hausse de", "↓": "en baisse de", "¶": "paragraphe",
            "♭": "bémol", "♯": "dièse",
            "&": "et", "+": "plus", "=": "égale", "@": "arobase", "#": "numéro", "×": "fois", "§": "paragraphe",
            "<": "moins de", ">": "plus de", "≤": "au plus", "≥": "au moins", "<=": "au plus", ">=": "au moins",
            "±": "plus ou moins", "~": "environ", "≈": "environ", "≠": "différent de", "÷": "divisé par",
            "√": "racine de", "∞": "l'infini", "·": "fois", "→": "vers", "∆": "delta",
        },
        denominators={
            2: "demi|demis", 3: "tiers|tiers", 4: "quart|quarts", 5: "cinquième|cinquièmes", 6: "sixième|sixièmes",
            7: "septième|septièmes", 8: "huitième|huitièmes", 9: "neuvième|neuvièmes", 10: "dixième|dixièmes",
            12: "douzième|douzièmes", 16: "seizième|seizièmes", 100: "centième|centièmes", 1000: "millième|millièmes",
        },
        over="sur",
        power="puissance",
        powers={2: "au carré", 3: "au cube"},
        prefixes={
            -15: "femto", -12: "pico", -9: "nano", -6: "micro", -3: "milli", 3: "kilo", 6: "méga", 9: "giga",
            12: "téra",
        },
        named_units={
            "Eq": "équivalent|équivalents", "dBm": "décibel-milliwatt|décibels-milliwatts", "gttes": "goutte|gouttes",
            "pers.": "personne|personnes", "hab.": "habitant|habitants", "hab": "habitant|habitants",
            "pp": "point de pourcentage|points de pourcentage", "fps": "image par seconde|images par seconde",
            "i/s": "image par seconde|images par seconde", "rpm": "tour par minute|tours par minute",
            "cc": "centimètre cube|centimètres cubes",
            "kr": "couronne|couronnes",
            "c. à s.": "cuillère à soupe|cuillères à soupe", "c. à c.": "cuillère à café|cuillères à café",
            "Wh": "wattheure|wattheures", "Ah": "ampère-heure|ampères-heures", "M": "molaire|molaires",
            "Å": "angström|angströms", "dB": "décibel|décibels", "U": "unité|unités",
            "UI": "unité internationale|unités internationales",
            "tr/min": "tour par minute|tours par minute", "bpm": "battement par minute|battements par minute",
            "Mbit/s": "mégabit par seconde|mégabits par seconde", "Mt": "mégatonne|mégatonnes",
            "Gt": "gigatonne|gigatonnes", "ch": "cheval|chevaux", "Ko": "kilooctet|kilooctets",
            "ko": "kilooctet|kilooctets", "pb": "point de base|points de base", "pt": "point|points",
            "pts": "points|points",
        },
        out_of="sur",
        rated=r"not(?:e|es|ée?|ation)|évalu\w+|avis",
        stars="étoile|étoiles",
        points="point|points",
        sections="paragraphes",
        born_died=("né", "mort"),
        chess=Chess(
            "RDTFC", ("roi", "dame", "tour", "fou", "cavalier"), takes="prend", check="échec", mate="mat",
            becomes="devient", castles=("petit roque", "grand roque"),
        ),
        compass={"N": "nord", "S": "sud", "E": "est", "W": "ouest", "O": "ouest"},
        hour=(" heures ", " heures"),
        hour_marks=("h", "H", "heures"),
        one_hour=(" heure ", " heure"),
        hours={1: "une", 21: "vingt et une"},
        bare_hours=True,
        first=("premier", "première"),
        ordinal_suffixes=("er", "de", "re", "ère", "e", "ème", "nd", "nde", "ᵉ", "ᵉʳ", "es", "èmes", "ieme", "ième"),
        units={
            "an": "duration-year", "ans": "duration-year", "Go": "digital-gigabyte", "Mo": "digital-megabyte",
            "To": "digital-terabyte",
            "mn": "duration-minute", "sec": "duration-second", "sec.": "duration-second", "sem.": "duration-week",
            "j": "duration-day", "Mpx": "graphics-megapixel", "po": "length-inch",
        },
        list_endings=("etc.",),
        counted=(
            "volume", "article", "phase", "type", "part", "chapitre", "tome", "livre", "titre", "acte", "niveau",
            "numéro", "scène", "page", "apollo",
        ),
        plural_s=True,
        before_ratio="mélange|rapport|échelle|proportion|dilution",
        elided_of="d'",
        of="de ",
        eras=r"av\. ?J\.?-?C\.?|avant (?:Jésus-Christ|notre ère)",
        crowds={"k": r"[a-zà-ÿ]{3,}s\b", "M": r"(?:de\s|d['’])"},
        days_like_words=frozenset(("mer", "jeu", "mar")),
        months_like_words=frozenset(("mai", "mars", "juin", "août")),
        notations=(
            (r"(?<!\w)[Dd]ép\.(?= ?:? ?(?:à )?\d{1,2}(?: ?h|:\d\d))", "départ"),
            (r"(?<!\w)[Aa]rr\.(?= ?:? ?(?:à )?\d{1,2}(?: ?h|:\d\d))", "arrivée"),
            (r"(?<!\w)(?<!hashtag )Me (?!Too)(?=[A-ZÀ-Þ][a-zà-ÿ]+)", "maître "), (r"(?<=\d) cp\.?(?!\w)", " comprimés"),
            (r"(?<![\w.,/])1 comprimés", "1 comprimé"), (r"(?<!\w)T1 (?=(?:19|20)\d\d)", "premier trimestre "),
            (r"(?<!\w)T([2-4]) (?=(?:19|20)\d\d)", r"\1e trimestre "),
            (r"\b(bruts?|nets?|HT|TTC|CC|HC)/(?=(?:mois|an|jour|semaine|heure|h|pers)\b)", r"\1 par "),
            (r"(?<=1er )dép\.", "départ"), (r"(?<!\w)tlj\.?(?!\w)", "tous les jours"),
            (r"(?<!\w)ttes (?=les\b)", "toutes "),
            (r"(?<!\w)sf (?=\d|dim|lun|jours|le\b)", "sauf "), (r"(?<=g)/(\d{1,2}) ?h\b", r" toutes les \1 h"),
            (r"\b([Vv])it\. (?=[A-K]\d?\b)", r"\1itamine "),
            (r"\bet al\.", "et autres"), (r"(?<!\w)[Éé]q\. (?=\(?\d)", "équation "),
            (r"(?<!\w)v\. ?(?=\d+\.\d)", "version "),
            (r"(?<=\d) a\.(?= [a-zà-ÿ]{3})", " ans"), (r"(?<!\w)tabl\. (?=\d)", "tableau "),
            (r"(?<!\w)S0?(\d{1,2})\s?:?E0?(\d{1,3})(?!\w)", r"saison \1, épisode \2"),
            (r"\b((?i:ép\.?|épisode|partie|étape|volet) \d{1,3})/(?=\d{1,3}(?![\w/]))", r"\1 sur "),
            (r"(?<!\w)4 ?[x×] ?(?=(?:100|200|400|800|1[ \u00a0]?500)(?!\d))", "4 fois "),
            (r"(?<!\w)4[x×]4(?!\w)", "4 4"),
            (r"(?<=\d) F(?=[,;:.)]|\s|$)", " francs"), (r"(?<=\d) ?c€", " centimes"), (r"(?<=\d) nds(?!\w)", " nœuds"),
            (r"(?<=\d) ch\.(?=[,;)]|\s[a-zà-ÿ]|$)", " chambres"), (r"(?<=\d) p\.(?=[,;)])", " pièces"),
            (r"(?<=\d) ?càs(?!\w)", " cuillères à soupe"), (r"(?<=\d) ?càc(?!\w)", " cuillères à café"),
            (r"(?<![\w.,/])1 cuillères", "1 cuillère"), (r"(?<!\w)t\.a\.b\.?(?!\w)", "tirs au but"),
            (r"(?<=\d) amp\.", " ampoules"), (r"(?<=\d) a\.(?=[,;)])", " ans"),
            (r"(?<=\dx)/j(?:our)?(?!\w)", " par jour"), (r"(?<=\dx)/sem(?:\.|aine)?(?!\w)", " par semaine"),
            (r"(?<![\w.,/])1/(\d{2,4})e(?!\w)", r"un \1e"), (r"(?<=\d/10)e(?!\w)", ""),
            (r"(?<!\d)49[-.]3(?![\d,])", "49 3"),
            (r"(?<=l)/100(?! ?km|\w)", " aux 100"),
            (r"\b(en (?:ut|do|ré|mi|fa|sol|la|si)(?: [b♭♯#])?) min\.", r"\1 mineur"),
            (r"\b(en (?:ut|do|ré|mi|fa|sol|la|si)) maj\.", r"\1 majeur"),
            (r"(?<!\w)1 (?=(?:Co|Th|Tm|P|Jn) \d)", "première "), (r"(?<!\w)2 (?=(?:Co|Th|Tm|P|Jn) \d)", "deuxième "),
            (r"(?<!\w)km (?=\d)", "kilomètre "),
            (r"\bC\. (civ|pén|trav|com|cons)\.", r"Code \1"), (r"Code civ\b", "Code civil"),
            (r"Code pén\b", "Code pénal"), (r"Code trav\b", "Code du travail"), (r"Code com\b", "Code de commerce"),
            (r"(?<=guerre de )(14|39)[-–](18|45)(?!\w)", r"\1 \2"),
            (r"(?<!\w)[Oo]p\.\s?(?=\d)", "opus "), (r"(?<!\w)ca\.?\s(?=\d)", "circa "),
        ),
        contractions=((r"\bd' (?=\w)", "d'"),),
        rank_endings="e",
        behind_ranks={
            "s.": "siècle", "arr.": "arrondissement", "trim.": "trimestre", "ét.": "étage", "j.": "journée",
            "mvt": "mouvement",
            "mill.": "millénaire", "civ.": "chambre civile", "min": "minute", "min.": "minute", "éd.": "édition",
        },
        counted_small="pages?|chapitres?|scènes?",
        before_decade="les|des|aux",
        before_date=("le", "du", "au", "dès le", "avant le", "après le", "jusqu'au"),
        behind_roman=r"(?:siècles?|millénaires?|République|dynasties?|Reich|[Gg]uerre mondiale|congrès|législature)\b",
        before_month="en|depuis|dès|avant|après|fin|début",
    ),
    untold_sections=frozenset((
        "voir aussi", "références", "notes et références", "liens externes", "bibliographie", "articles connexes",
        "notes", "références et notes", "sources",
    )),
)  # fmt: skip
