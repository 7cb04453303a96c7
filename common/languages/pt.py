"""Portuguese."""

# ruff: noqa: RUF001 - multiplication signs and raised letters are meant

from __future__ import annotations

from typing import Final

from common.languages.pack import Chess, Context, Notes, Nouns, Pack, Phrases, Reading, words

PACK: Final = Pack(
    code="pt",
    name="Portuguese",
    locale="pt-BR",
    speaking_rate=14.6,
    stemmer="portuguese",
    greeting=("Olá.", "Boas-vindas ao Aethercast. Eu sou {host}.", "O tema de hoje: {title}."),
    settling="É muito bom ter você aqui. Fique à vontade: dentro de instantes começamos.",
    untitled="Um texto sem título",
    apology="Pedimos desculpa: este trecho não pôde ser lido. Continuamos com o seguinte.",
    notes=Notes(
        made="Com {speakers}. Escrito e narrado pelo Aethercast, a partir das fontes abaixo.",
        chapters="Capítulos",
        sources="Fontes",
    ),
    phrases=Phrases(
        introduction="E eu sou {other}.",
        opening="Antes de tudo: o que vão ouvir são as palavras das próprias fontes. "
                "Citamos, sem acrescentar nada.",
        opening_alone="Antes de tudo: o que vão ouvir são as palavras das próprias fontes. Cito, sem "
                      "acrescentar nada.",
        begin="É assim que começa.",
        source=("Agora, outra fonte: {title}.", "Passemos a {title}.", "A seguir, {title}."),
        chapter=("Próximo tema: {title}.", "Vamos a isto: {title}.", "O que nos leva a: {title}."),
        moving_on=("Vamos adiante.", "É hora do próximo capítulo.", "Viremos a página."),
        about_name=(
            "E {term}?", "Onde entra {term}?", "O que lemos sobre {term}?", "Uma palavra sobre {term}?",
            "Aqui aparece {term}.",
        ),
        about_word=(
            "A palavra «{term}» chamou-me a atenção. O que há por trás?", "Há um trecho sobre «{term}», não há?",
            "Anotei aqui uma palavra: «{term}».",
        ),
        why=("Há alguma razão?", "A que se deve isso?", "Qual é a explicação?"),
        figures=("Há números?", "Podemos quantificar isso?", "De quanto estamos falando?", "Temos dados?"),
        on=(
            "Continue.", "O que vem depois?", "Como continua?", "Estou ouvindo.", "E então?", "O que mais há?",
            "Vamos ouvir mais.", "Certo. Leia mais.", "E a partir daí?",
        ),
        lead_in=(
            "O texto diz assim:", "Nas palavras da fonte:", "Cito:", "E continua:", "Aqui diz:", "Depois lemos:",
            "E isto, palavra por palavra:",
        ),
        last=("Um último trecho antes de terminar.", "E mais um trecho antes de acabar."),
        unfinished="Paramos aqui. O texto continua.",
        close="Este foi o nosso tema: {title}. Tudo nas palavras das suas fontes. Obrigado por ouvir, e até breve.",
        goodbye="Este foi {title}. Obrigado por ouvir, e até breve.",
        because=("porque", "devido (?:aos?|às?|a)", "já que"),
    ),
    stop_words=words("""
        acordo agora ainda algo alguma algumas algum alguns ante antes ao aos aquela aquele aqueles aqui as assim até
        bem cada com como contra contudo cuja cujo da das de depois desde dessa desse desta deste disso do dois dos
        durante duas e ela elas ele eles em embora enquanto entanto entre era eram essa essas esse esses esta estas
        estava este estes está estão eu faz fazer foi for foram forma grande grandes há isso isto já lhe logo maior
        mais mas meio melhor menos mesma mesmo muita muitas muito muitos na nada nas nem no nos nossa nosso não nunca
        onde os ou outra outras outro outros para parte pela pelas pelo pelos pode podem pois por porque porém pouco
        primeira primeiro qual quais qualquer quando quanto quase que quem se segundo seja sem sempre sendo ser será
        seu seus sido sob sobre sua suas são também tanto tem ter teve tinha toda todas todo todos três um uma umas
        uns vez vezes
    """),
    context=Context(
        first_words=words("""
            ele ela eles elas seu sua seus suas este esta isto estes estas esse essa isso esses essas aquele aquela
            aquilo ambos ambas mas porém contudo todavia assim então depois também além logo portanto e ou nem porque
            ali aí aqui tal tais lhe sim não é são era eram foi foram tem têm
        """),
        openings=(
            "por (?:isso|exemplo)", "em (?:troca|consequência)", "o resultado", r"\w+ (?:seus?|suas?)", "dest[ae]s?",
        ),
        stands_alone=(r"não (?!o\b|a\b|os\b|as\b|lhes?\b)[a-zà-ÿ]",),
        limits=(
            "mas", "porém", "contudo", "todavia", "no entanto", "entretanto", "salvo", "exceto", "excepto", "só",
            "somente", "apenas", "unicamente", "a menos que", "(?:isto|isso) (?:não|só)", "não", "caso contrário",
            "em caso algum", "exceções", r"[^.;:]{0,50}\bnão se aplica\w*", r"excetuam?-se",
            r"[^.;:]{0,50}\b(?:ficam?|está|estão) (?:exclu[ií]d|isent|excetuad|dispensad)\w*",
            r"[^.;:]{0,50}\bnão inclu(?:i|em)", r"[^.;:]{0,60}, (?:porém|contudo|todavia|no entanto|entretanto)\b",
        ),
        narrative=words("""
            disse perguntou respondeu gritou pensou olhou viu foi era havia estava ela eles elas ele lhe lhes seu sua
            me meu minha tinha
        """),
        once_upon_a_time=("era uma vez", "havia uma vez", "há muito tempo"),
        negations=words("não nunca jamais nenhum nenhuma ninguém nada nem sem só somente apenas salvo exceto"),
        leads_on=words("""
            deve devem deverá deverão pode podem poderá poderão não só somente apenas salvo exceto se quando sem com
            seguintes é são ou e nem que menos
        """),
    ),
    nouns=Nouns(
        function_words=words("de e o a em um com por para que se do da no na à"),
        articles=words("o a os as"),
        noun=r"(?:(?<!\b[aA] )|(?![a-zà-öø-ÿ]+[aei]r\b))[a-zà-öø-ÿ]{5,20}",  # "a gritar" is a verb
        fused=words("do da dos das no na nos nas ao à aos às pelo pela um uma"),
        not_nouns=words("""
            meio início princípio final parte partes lado lados número tipo forma maneira modo caso quantidade falta
            resultado facto fato coisa coisas gente anos tempo dias mãos lugar lugares ponto pontos lista texto nível
            ordem ideia resto metade mundo horas hora minutos vezes semana centro momento
        """),
    ),
    reading=Reading(
        num2words="pt_BR",
        percent="por cento",
        permille="por mil",
        degrees="grau|graus",
        minus="menos",
        to="a",
        ratio="a",
        per="por",
        point="vírgula",
        dot="ponto",
        colon="dois pontos",
        slash="barra",
        at="arroba",
        version="versão",
        hashtag="hashtag",
        date="{day} de {month} de {year}",
        scales={3: "mil|mil", 6: "milhão|milhões", 9: "bilhão|bilhões", 12: "trilhão|trilhões"},
        scale_signs={"mi": 6, "bi": 9, "tri": 12, "mil milhões": 9, "biliões": 12},
        bare_scales=(3,),
        plural_s=True,
        before_ratio="mistura|proporção|escala|relação|razão",
        names_in_lower_case=True,
        agreement=(
            ("um$", "um", "uma"), ("dois$", "dois", "duas"), (r"\bdois(?= mil\b)", "dois", "duas"),
            ("entos\\b(?!.*milh)", "entos", "entas"),
        ),
        half=("meio", "meia"),
        and_a_half=("e meio", "e meia"),
        times="vez|vezes",
        half_of="metade",
        of_all=r"d[ao]s?\b",
        feminine=(
            "^(?!.*(?:blema|tema|grama|clima|mapa|planeta|idioma|drama|dilema|poema|lema|sistema|trauma|cometa|poeta|pirata|aroma|diploma|ista"
            "|enigma|paradigma|sintoma|axioma|dogma|delta|gorila|ioga|atleta|guarda|dia)$)"
            ".*(?:(?<!-hor)a|\\bmão|ção|çõe|são|sõe|dade|tade|noite|parte|colher|colhere|mulher|mulhere|vez|veze|voz|voze|luz|luze|mãe|flor"
            "|flore|imagen|fase|base|frase|classe|chave|nave|série|rede|sede|fonte|morte|torre|lei|ordem|ordens|viagem|viagen|gem|gen|triz|trize|ã)$"
        ),
        greek={
            "alpha": "alfa", "theta": "teta", "epsilon": "épsilon", "kappa": "capa", "phi": "fi", "rho": "rô",
            "chi": "chi",
        },
        currencies={
            "$": "dólar|dólares", "€": "euro|euros", "£": "libra|libras", "¥": "iene|ienes", "R$": "real|reais",
            "¢": "centavo|centavos",
            "₿": "bitcoin|bitcoins",
        },
        cents={"R$": "centavo|centavos", "€": "cêntimo|cêntimos"},
        abbreviations={
            "por ex.": "por exemplo", "cf.": "confira", "Srta.": "senhorita", "Srs.": "senhores",
            "Sras.": "senhoras", "Profa.": "professora",
            "Prof.ª": "professora", "Arq.": "arquiteto", "Sto.": "santo", "Sta.": "santa", "S/A": "S A",
            "Ltda.": "limitada",
            "Cia.": "companhia", "Pça.": "praça", "ed.": "edição", "op. cit.": "obra citada", "ibid.": "no mesmo lugar",
            "Exmo.": "excelentíssimo", "V. Exa.": "Vossa Excelência", "Gal.": "general", "Cel.": "coronel",
            "i.e.": "isto é",
            "máx.": "máximo", "mín.": "mínimo", "N. Sra.": "Nossa Senhora", "lat.": "latitude", "r/c": "rés-do-chão",
            "c/": "com", "s/": "sem", "p/": "para", "D. Pedro": "Dom Pedro", "D. João": "Dom João",
            "D. Maria": "Dona Maria",
            "Sr.": "senhor", "Sra.": "senhora", "Dr.": "doutor", "Dra.": "doutora", "Prof.": "professor",
            "p. ex.": "por exemplo", "etc.": "etcétera", "a.C.": "antes de Cristo", "d.C.": "depois de Cristo",
            "a. C.": "antes de Cristo", "d. C.": "depois de Cristo", "Av.": "avenida", "Eng.": "engenheiro",
            "Dep.": "deputado", "Sen.": "senador", "aprox.": "aproximadamente",
            "EUA": "Estados Unidos", "vs.": "contra",
            "pág.": "página", "págs.": "páginas", "tel.": "telefone", "C#": "C sharp",
            "n.º": "número",
        },
        crossed="não:",
        denied=(
            r"(?:não|nao|sem|nunca|nenhuma?|nada|ninguém|proibid[oa]s?|é proibido)\b"
            r"|.*\b(?:proibid[oa]s?|não (?:se permitem?|(?:é|são) (?:permitid|admitid)[oa]s?))\b"
        ),
        symbols={
            "⌀": "diâmetro",
            "∛": "raiz cúbica de", "∑": "soma de", "∏": "produto de", "∫": "integral de", "∂": "derivada parcial",
            "∇": "nabla", "∈": "pertence a", "∉": "não pertence a", "∀": "para todo", "∃": "existe", "∪": "união",
            "∩": "interseção", "⊂": "contido em", "∝": "proporcional a", "∠": "ângulo", "≡": "idêntico a",
            "≪": "muito menor que", "≫": "muito maior que", "⇒": "implica", "↑": "alta de", "↓": "queda de",
            "¶": "parágrafo",
            "♭": "bemol", "♯": "sustenido",
            "&": "e", "+": "mais", "=": "igual a", "@": "arroba", "#": "número", "×": "vezes", "§": "parágrafo",
            "<": "menos de", ">": "mais de", "≤": "no máximo", "≥": "no mínimo", "<=": "no máximo", ">=": "no mínimo",
            "±": "mais ou menos", "~": "cerca de", "≈": "cerca de", "≠": "diferente de", "÷": "dividido por",
            "√": "raiz de", "∞": "infinito", "·": "vezes", "→": "para", "∆": "delta",
        },
        denominators={
            2: "meio|meios", 3: "terço|terços", 4: "quarto|quartos", 5: "quinto|quintos", 6: "sexto|sextos",
            7: "sétimo|sétimos", 8: "oitavo|oitavos", 9: "nono|nonos", 10: "décimo|décimos", 12: "doze avos|doze avos",
            16: "dezesseis avos|dezesseis avos", 100: "centésimo|centésimos", 1000: "milésimo|milésimos",
        },
        over="por",
        power="elevado a",
        powers={2: "ao quadrado", 3: "ao cubo"},
        prefixes={
            -15: "femto", -12: "pico", -9: "nano", -6: "micro", -3: "mili", 3: "quilo", 6: "mega", 9: "giga",
            12: "tera",
        },
        units={
            "seg.": "duration-second", "seg": "duration-second",
            "sem.": "duration-week", "d": "duration-day", "Mpx": "graphics-megapixel",
        },
        named_units={
            "Eq": "equivalente|equivalentes", "dBm": "decibel-miliwatt|decibéis-miliwatt",
            "pts": "ponto|pontos", "pts.": "ponto|pontos",
            "cc": "centímetro cúbico|centímetros cúbicos", "fps": "quadro por segundo|quadros por segundo",
            "pess.": "pessoa|pessoas", "hab.": "habitante|habitantes", "hab": "habitante|habitantes",
            "kr": "coroa|coroas",
            "c. de sopa": "colher de sopa|colheres de sopa", "c. de chá": "colher de chá|colheres de chá",
            "Wh": "watt-hora|watts-hora", "Ah": "ampere-hora|amperes-hora", "M": "molar|molar",
            "Å": "angstrom|angstroms", "dB": "decibel|decibéis", "U": "unidade|unidades",
            "UI": "unidade internacional|unidades internacionais",
            "cv": "cavalo|cavalos", "rpm": "rotação por minuto|rotações por minuto",
            "bpm": "batimento por minuto|batimentos por minuto", "Mbps": "megabit por segundo|megabits por segundo",
            "Mt": "megatonelada|megatoneladas", "Gt": "gigatonelada|gigatoneladas",
            "pb": "ponto-base|pontos-base", "pp": "ponto percentual|pontos percentuais",
            "p.p.": "ponto percentual|pontos percentuais",
        },
        out_of="de",
        rated=r"notas?|avaliaç(?:ão|ões)|pontuaç(?:ão|ões)|classificaç(?:ão|ões)|avaliad[oa]",
        stars="estrela|estrelas",
        points="ponto|pontos",
        sections="parágrafos",
        born_died=("nascido", "falecido"),
        chess=Chess(
            "RDTBC", ("rei", "dama", "torre", "bispo", "cavalo"), takes="captura", check="xeque", mate="xeque-mate",
            becomes="vira", castles=("roque menor", "roque maior"),
        ),
        compass={"N": "norte", "S": "sul", "E": "leste", "W": "oeste", "O": "oeste"},
        hour=(" e ", " horas"),
        hour_marks=("h", "horas"),
        by="por",
        scores_with_x=True,
        pressure="tensão|pressão|PA|TA",
        scripture="Gn|Êx|Lv|Nm|Dt|Js|Jz|Sl|Pv|Is|Jr|Ez|Dn|Os|Mt|Mc|Lc|Jo|Rm|Co|Gl|Ef|Fl|Cl|Hb|Tg|Ap|sura",
        notations=(
            (r"(?<!\w)[Pp]art\.:? (?=(?:às )?\d{1,2}[:.h]\d\d)", "partida "),
            (r"(?<!\w)[Cc]heg\.:? (?=(?:às )?\d{1,2}[:.h]\d\d)", "chegada "),
            (r"(?:\bde )?(?<![\w.,/])([1-9]|1[0-2])/\1 ?h(?:oras)?\b", r"de \1 em \1 horas"),
            (r"\b((?:[Ee]m|[Dd]ur\w+:?|[Ll]ev\w+|[Dd]emor\w+|[Qq]uase|[Pp]reparo:|[Ff]orno:|[Dd]uração:) )(\d{1,2})h\s?"
             r"([0-5]\d)(?![\w:'′’])", r"\1\2 h \3 min"),
            (r"\b(brutos?|líquidos?)/(?=(?:mês|ano|dia|semana|hora)\b)", r"\1 por "), (r"(?<=\d) un\.", " unidades"),
            (r"(?<=\dº) and\.", " andar"),
            (r"(?<=vezes)/(?=(?:dia|semana|mês|ano)\b)", " por "), (r"(?<=mg)/(\d{1,2}) ?h\b", r" a cada \1 h"),
            (r"\b([Vv])it\. (?=[A-K]\d?\b)", r"\1itamina "), (r"(?<=\d) comp\.", " comprimido"),
            (r"\bet al\.", "e outros"), (r"(?<!\w)[Ee]q\. (?=\(?\d)", "equação "),
            (r"(?<!\w)v\. ?(?=\d+\.\d)", "versão "),
            (r"(?<=\d) a\.(?= [a-zà-ÿ]{3})", " anos"), (r"\b[Pp]ar\. único\b", "parágrafo único"),
            (r"(?<!\w)tab\. (?=\d)", "tabela "),
            (r"(?<!\w)[ST]0?(\d{1,2})\s?:?E0?(\d{1,3})(?!\w)", r"temporada \1, episódio \2"),
            (r"\b((?i:ep\.?|episódio|capítulo|parte|etapa) \d{1,3})/(?=\d{1,3}(?![\w/]))", r"\1 de "),
            (r"\bcol\. \((chá|sopa|sobremesa|café)\)", r"colher de \1"),
            (r"\bcol\. (?=de (?:chá|sopa|sobremesa)\b)", "colher "),
            (r"(?<=\d) xíc\.", " xícara"), (r"(?<=\d) env\.", " envelope"), (r"(?<=\d) cx\.?(?!\w)", " caixa"),
            (r"\b[Cc]x\. (?=postal\b)", "caixa "), (r"(?<=\d) qtos?\.", " quartos"),
            (r"(?<=\d) cp(?!\w)", " comprimido"),
            (r"(?<![\w.,/])([2-9]|[1-9]\d) (colher|xícara|envelope|caixa|comprimido)\b", r"\1 \2s"),
            (r"\bcolhers\b", "colheres"),
            (r"(?<=\d) amp\.", " ampolas"), (r"(?<=\d) a\.(?=[,;)])", " anos"), (r"(?<=% )a\.a\.", "ao ano"),
            (r"(?<=% )a\.m\.", "ao mês"), (r"(?<=\d) p\.b\.", " pontos-base"), (r"(?<=\d) cent\.", " centavos"),
            (r"(?:^|(?<=[,;:(] ))R\. (?=[A-ZÁÉÍÓÚ][a-zà-ÿ]{2})", "Rua "), (r"(?<=CO2) eq\.", " equivalente"),
            (r"(?<!\w)1 (?=(?:Co|Ts|Tm|Pe|Jo) \d)", "primeira "), (r"(?<!\w)2 (?=(?:Co|Ts|Tm|Pe|Jo) \d)", "segunda "),
            (r"(?<=\dx)/dia(?!\w)", " por dia"), (r"(?<=\dx)/sem(?:ana)?\.?(?!\w)", " por semana"),
            (r"(?<!\w)km (?=\d)", "quilômetro "),
            (r"(\b(?:[Ll]ei|[Dd]ecreto(?:-[Ll]ei)?|[Pp]ortaria|[Rr]esolução|[Pp]rocesso|MP|PL|PEC|IN)"
             r"(?: [Cc]omplementar)?(?: n[.º°]{1,2})? )"
             r"([\d.]+)/(\d{4}|\d\d)(?![\d/])", r"\1\2 barra \3"),
            (r"(?<!\w)c(?:a|\.|a\.)\s(?=1\d{3})", "circa "),
            (r"(\d)/(jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez)\.?/(?=\d{2,4}(?!\d))", r"\1 de \2. de "),
        ),
        dialed=r"(?:lig\w+|disqu\w+|telefon\w+)(?:\s(?:para|ao?))?(?:\so)?",
        in_laws={"n.º": "número", "al.": "alínea", "inc.": "inciso", "§": "parágrafo"},
        before_numerals={
            "nºs": "números", "n.os": "números", "t.": "tomo", "ep.": "episódio", "cj.": "conjunto",
            "proc.": "processo",
            "sem.": "semana", "v.": "volume", "pên.": "pênaltis",
            "ap.": "apartamento", "apto.": "apartamento", "arts.": "artigos", "Arts.": "artigos", "al.": "alínea",
            "nos": "números",
            "p.": "página", "pp.": "páginas", "cap.": "capítulo", "vol.": "volume", "art.": "artigo", "séc.": "século",
            "sécs.": "séculos", "fig.": "figura", "mín.": "mínimo", "máx.": "máximo", "inc.": "inciso",
            "tel.": "telefone", "ext.": "extensão", "op.": "opus",
        },
        one_hour=(" e ", " hora"),
        hours={1: "uma", 2: "duas", 21: "vinte e uma", 22: "vinte e duas"},
        bare_hours=True,
        list_endings=("etc.",),
        before_century=("século", "séculos"),
        counted=(
            "volume", "capítulo", "tomo", "título", "artigo", "fase", "tipo", "ato", "livro", "parte", "número",
            "cena", "página", "apollo", "inciso",
        ),
        behind_roman=(
            "(?:[Gg]uerra|[Cc]ongresso|[Rr]epública|[Ee]dição|[Cc]oncílio|[Ll]egislatura|[Cc]opa|[Cc]entenário|[Ee]ncontro"
            "|Internacional|[Cc]onferência|[Ff]estival|[Bb]ienal|[Ii]mpério|[Ss]emana|[Jj]ogos|[Pp]lano|[Rr]einado|Reich|[Mm]ilênio|[Aa]niversário|[Ss]éculo|[Dd]inastia|[Tt]orneio|Concurso|Exército)\\b"
        ),
        degree_ordinals=(
            "(?:de (?:janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro"
            "|outubro|novembro|dezembro)|andar|lugar|grau|aniversário)\\b"
        ),
        ranks_up_to=10,
        of="de ",
        eras=r"a\. ?C\.?|antes de (?:Cristo|nossa era)",
        crowds={"k": r"[a-zà-ÿ]{3,}s\b", "M": r"de\s[a-zà-ÿ]"},
        days_like_words=frozenset(("seg", "ter", "qua", "qui", "sex", "dom")),
        months_like_words=frozenset(("mar", "mai", "out", "set", "ago", "jun")),
        written_at="o",
        rank_endings="°º",
        behind_ranks={
            "tri": "trimestre", "trim.": "trimestre", "rod.": "rodada", "mov.": "movimento", "esq.": "esquerdo",
            "ed.": "edição",
        },
        counted_small="páginas?|capítulos?",
        before_decade="os|anos|as",
        before_date=("em", "no dia", "dia", "de", "até", "a partir de", "desde"),
        before_month="em|desde|até|de|a",
        plain_ordinals="o|a|os|as|um|uma|do|da|no|na|pelo|pela|ao|à",
        day_halves=("da manhã", "da tarde", "da noite"),
    ),
    untold_sections=frozenset((
        "ver também", "referências", "ligações externas", "bibliografia", "notas e referências", "notas", "fontes",
    )),
)  # fmt: skip
