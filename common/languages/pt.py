"""Portuguese."""

# ruff: noqa: RUF001 - multiplication signs and raised letters are meant

from __future__ import annotations

from typing import Final

from common.languages.pack import Context, Notes, Nouns, Pack, Phrases, Reading, words

PACK: Final = Pack(
    code="pt",
    name="Portuguese",
    locale="pt-BR",
    speaking_rate=14.6,
    stemmer="portuguese",
    greeting=("Olá.", "Boas-vindas ao Aethercast. Eu sou {host}.", "O tema de hoje: {title}."),
    untitled="Um texto sem título",
    apology="Pedimos desculpa: este trecho não pôde ser lido. Continuamos com o seguinte.",
    notes=Notes(
        made="Com {speakers}. Escrito e narrado pelo Aethercast, a partir das fontes abaixo.",
        chapters="Capítulos",
        sources="Fontes",
    ),
    phrases=Phrases(
        opening="E eu sou {other}. Antes de tudo: o que vão ouvir são as palavras das próprias fontes. "
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
        because=("porque", "devido", "já que"),
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
        limits=(
            "mas", "porém", "contudo", "todavia", "no entanto", "entretanto", "salvo", "exceto", "excepto", "só",
            "somente", "apenas", "unicamente", "a menos que", "(?:isto|isso) (?:não|só)", "não", "caso contrário",
            "em caso algum", "exceções",
        ),
        narrative=words("""
            disse perguntou respondeu gritou pensou olhou viu foi era havia estava ela eles elas ele lhe lhes seu sua
            me meu minha tinha
        """),
        once_upon_a_time=("era uma vez", "havia uma vez", "há muito tempo"),
    ),
    nouns=Nouns(
        function_words=words("de e o a em um com por para que se do da no na à"),
        articles=words("o a os as"),
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
        degrees="graus",
        minus="menos",
        to="a",
        point="vírgula",
        dot="ponto",
        at="arroba",
        date="{day} de {month} de {year}",
        scales=("mil", "milhão", "milhões", "bilhão", "bilhões"),
        currencies={
            "$": "dólar|dólares", "€": "euro|euros", "£": "libra|libras", "¥": "iene|ienes", "R$": "real|reais",
        },
        abbreviations={
            "Sr.": "senhor", "Sra.": "senhora", "Dr.": "doutor", "Dra.": "doutora", "Prof.": "professor",
            "p. ex.": "por exemplo", "etc.": "etcétera", "a.C.": "antes de Cristo", "d.C.": "depois de Cristo",
            "a. C.": "antes de Cristo", "d. C.": "depois de Cristo", "aprox.": "aproximadamente",
            "EUA": "Estados Unidos", "vs.": "contra",
        },
        symbols={
            "&": "e", "+": "mais", "=": "igual a", "@": "arroba", "#": "número", "×": "vezes", "§": "parágrafo",
        },
        fractions={
            (1, 2): "meio", (1, 4): "um quarto", (3, 4): "três quartos", (1, 3): "um terço", (2, 3): "dois terços",
        },
        hour=(" e ", " horas"),
        hour_marks=("h", "horas"),
        one_hour=(" e ", " hora"),
        hours={1: "uma", 2: "duas", 21: "vinte e uma", 22: "vinte e duas"},
        bare_hours=True,
        list_endings=("etc.",),
        before_century=("século",),
        counted=("volume",),
        ranks_up_to=10,
        of="de ",
    ),
    untold_sections=frozenset((
        "ver também", "referências", "ligações externas", "bibliografia", "notas e referências", "notas", "fontes",
    )),
)  # fmt: skip
