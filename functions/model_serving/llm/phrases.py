"""What the hosts of the extractive writer say themselves: everything but facts. Those are the sources' own sentences.

`{other}` is the other host, `{title}` a source or the podcast, `{term}` a name or word of the passage that follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Phrases:
    """One language's phrases. No phrase is used twice in a podcast unless its blanks are filled otherwise."""

    opening: str
    """Says who else speaks, and that what follows is quoted."""
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
    close: str
    goodbye: str
    """The close of a podcast that a model wrote."""
    because: tuple[str, ...]
    """Words that give a reason."""


PHRASES: Final = {
    "en": Phrases(
        opening="And I'm {other}. One thing first: what you'll hear are the sources' own words. "
        "We quote, and add nothing.",
        opening_alone="One thing first: what you'll hear are the sources' own words. I quote, and add nothing.",
        begin="Here is how it begins.",
        source=("Now to another source: {title}.", "Let's turn to {title}.", "Next, {title}."),
        chapter=("Next: {title}.", "On to this: {title}.", "Which brings us to this: {title}."),
        moving_on=(
            "Let's move on.",
            "Time for the next chapter.",
            "That brings us to another side of it.",
            "Let's turn the page.",
        ),
        about_name=(
            "What do we hear about {term}?",
            "And {term}?",
            "Where does {term} come in?",
            "Tell me about {term}.",
            "What does it say about {term}?",
            "I'd like to hear about {term}.",
        ),
        about_word=(
            "There's a passage on {term}, isn't there?",
            "What do we read about {term}?",
            "I made a note here: {term}.",
            "What about {term}?",
            "Let's talk about {term}.",
        ),
        why=("Does it say why?", "Is there a reason given?", "And the reason?", "What's the explanation?"),
        figures=(
            "Are there any figures?",
            "Can we put numbers on that?",
            "How much are we talking about?",
            "Do we have numbers?",
        ),
        on=(
            "Go on.",
            "What comes next?",
            "How does it continue?",
            "I'm listening.",
            "And then?",
            "What else is there?",
            "Let's hear more.",
            "Right. Read on.",
            "So what follows?",
            "Okay. And from there?",
        ),
        lead_in=(
            "The text puts it this way:",
            "In the source's words:",
            "I quote:",
            "It goes on:",
            "Here it says:",
            "Then we read:",
            "It continues like this:",
            "And this, word for word:",
        ),
        last=("One last passage before we stop.", "Let's hear how it ends."),
        close="That was {title}, in the words of its sources. Thank you for listening, and goodbye.",
        goodbye="That was {title}. Thank you for listening, and goodbye.",
        because=("because", "due to", "caused by", "the reason"),
    ),
    "es": Phrases(
        opening="Y yo soy {other}. Antes de nada: lo que van a oír son las palabras de las propias fuentes. "
        "Citamos, sin añadir nada.",
        opening_alone="Antes de nada: lo que van a oír son las palabras de las propias fuentes. Cito, sin añadir nada.",
        begin="Así empieza.",
        source=("Ahora, otra fuente: {title}.", "Pasemos a {title}.", "A continuación, {title}."),
        chapter=("Siguiente tema: {title}.", "Vamos con esto: {title}.", "Y llegamos a esto: {title}."),
        moving_on=("Pasemos a otra cosa.", "Vamos con el capítulo siguiente.", "Pasemos página."),
        about_name=(
            "¿Y {term}?",
            "¿Dónde entra {term}?",
            "¿Qué pasa con {term}?",
            "¿Qué leemos sobre {term}?",
            "Aquí aparece {term}.",
        ),
        about_word=(
            "Me llama la atención la palabra «{term}». ¿Qué hay detrás?",
            "Hay un pasaje sobre «{term}», ¿verdad?",
            "Aquí he apuntado una palabra: «{term}».",
        ),
        why=("¿Se da alguna razón?", "¿A qué se debe?", "¿Cuál es la explicación?"),
        figures=("¿Hay cifras?", "¿Podemos ponerle números?", "¿De cuánto estamos hablando?", "¿Tenemos datos?"),
        on=(
            "Sigue.",
            "¿Qué viene después?",
            "¿Cómo continúa?",
            "Te escucho.",
            "¿Y luego?",
            "¿Qué más hay?",
            "Oigamos más.",
            "Bien. Sigue leyendo.",
            "¿Y a partir de ahí?",
        ),
        lead_in=(
            "El texto lo dice así:",
            "En palabras de la fuente:",
            "Cito:",
            "Y continúa:",
            "Aquí dice:",
            "Después leemos:",
            "Y esto, palabra por palabra:",
        ),
        last=("Un último pasaje antes de terminar.", "Oigamos cómo acaba."),
        close="Esto ha sido {title}, en palabras de sus fuentes. Gracias por escucharnos, y hasta la próxima.",
        goodbye="Esto ha sido {title}. Gracias por escucharnos, y hasta la próxima.",
        because=("porque", "debido", "puesto que", "ya que"),
    ),
    "fr": Phrases(
        opening="Et moi, c'est {other}. Une chose d'abord : ce que vous allez entendre, ce sont les mots des sources. "
        "Nous citons, sans rien ajouter.",
        opening_alone="Une chose d'abord : ce que vous allez entendre, ce sont les mots des sources. Je cite, "
        "sans rien ajouter.",
        begin="Voici comment cela commence.",
        source=("Passons à une autre source : {title}.", "Voyons maintenant {title}.", "Ensuite, {title}."),
        chapter=("Thème suivant : {title}.", "Passons à ceci : {title}.", "Ce qui nous amène à : {title}."),
        moving_on=("Passons à la suite.", "Place au chapitre suivant.", "Tournons la page."),
        about_name=(
            "Et {term} ?",
            "Où intervient {term} ?",
            "Que lit-on sur {term} ?",
            "Un mot sur {term} ?",
            "Et pour {term} ?",
        ),
        about_word=(
            "Le mot « {term} » m'intrigue. Qu'y a-t-il derrière ?",
            "Il y a un passage sur « {term} », non ?",
            "J'ai noté un mot ici : « {term} ».",
        ),
        why=("Donne-t-on une raison ?", "À quoi cela tient-il ?", "Quelle est l'explication ?"),
        figures=(
            "Y a-t-il des chiffres ?",
            "Peut-on chiffrer cela ?",
            "De combien parle-t-on ?",
            "A-t-on des données ?",
        ),
        on=(
            "Continue.",
            "Et la suite ?",
            "Comment cela continue-t-il ?",
            "Je t'écoute.",
            "Et après ?",
            "Qu'y a-t-il encore ?",
            "Écoutons la suite.",
            "Bien. Lis la suite.",
            "Et à partir de là ?",
        ),
        lead_in=(
            "Le texte le dit ainsi :",
            "Selon les mots de la source :",
            "Je cite :",
            "Et cela continue :",
            "Ici, on lit :",
            "Puis on lit :",
            "Et ceci, mot pour mot :",
        ),
        last=("Un dernier passage avant de finir.", "Écoutons comment cela se termine."),
        close="C'était {title}, dans les mots de ses sources. Merci de votre écoute, et à bientôt.",
        goodbye="C'était {title}. Merci de votre écoute, et à bientôt.",
        because=("parce que", "parce qu'", "parce qu’", "puisque", "en raison", "grâce à"),
    ),
    "de": Phrases(
        opening="Und ich bin {other}. Eines vorweg: Was ihr hört, sind die Worte der Quellen selbst. "
        "Wir zitieren und fügen nichts hinzu.",
        opening_alone="Eines vorweg: Was ihr hört, sind die Worte der Quellen selbst. "
        "Ich zitiere und füge nichts hinzu.",
        begin="So fängt es an.",
        source=("Jetzt zu einer anderen Quelle: {title}.", "Kommen wir zu {title}.", "Als Nächstes: {title}."),
        chapter=("Nächstes Thema: {title}.", "Weiter hiermit: {title}.", "Das führt uns zu: {title}."),
        moving_on=("Weiter im Text.", "Zeit für das nächste Kapitel.", "Blättern wir um."),
        about_name=(
            "Stichwort {term}.",
            "Ich habe mir notiert: {term}.",
            "Was steht da zum Stichwort {term}?",
            "Das nächste Stichwort: {term}.",
            "Und beim Stichwort {term}?",
        ),
        about_word=("Stichwort {term}.", "Ich habe mir notiert: {term}."),
        why=("Wird ein Grund genannt?", "Woran liegt das?", "Was ist die Erklärung?"),
        figures=("Gibt es Zahlen dazu?", "Kann man das beziffern?", "Um wie viel geht es?", "Haben wir Zahlen?"),
        on=(
            "Lies weiter.",
            "Was kommt danach?",
            "Wie geht es weiter?",
            "Ich höre.",
            "Und dann?",
            "Was gibt es noch?",
            "Hören wir mehr.",
            "Gut. Und weiter?",
            "Und von da an?",
        ),
        lead_in=(
            "Der Text sagt es so:",
            "In den Worten der Quelle:",
            "Ich zitiere:",
            "Weiter heißt es:",
            "Hier steht:",
            "Dann lesen wir:",
            "Und das, Wort für Wort:",
        ),
        last=("Eine letzte Stelle, bevor wir aufhören.", "Hören wir, wie es endet."),
        close="Das war {title}, in den Worten der Quellen. Danke fürs Zuhören, und bis bald.",
        goodbye="Das war {title}. Danke fürs Zuhören, und bis bald.",
        because=("weil", "aufgrund", "wegen"),
    ),
    "pt": Phrases(
        opening="E eu sou {other}. Antes de tudo: o que vão ouvir são as palavras das próprias fontes. "
        "Citamos, sem acrescentar nada.",
        opening_alone="Antes de tudo: o que vão ouvir são as palavras das próprias fontes. Cito, sem acrescentar nada.",
        begin="É assim que começa.",
        source=("Agora, outra fonte: {title}.", "Passemos a {title}.", "A seguir, {title}."),
        chapter=("Próximo tema: {title}.", "Vamos a isto: {title}.", "O que nos leva a: {title}."),
        moving_on=("Vamos adiante.", "É hora do próximo capítulo.", "Viremos a página."),
        about_name=(
            "E {term}?",
            "Onde entra {term}?",
            "O que lemos sobre {term}?",
            "Uma palavra sobre {term}?",
            "Aqui aparece {term}.",
        ),
        about_word=(
            "A palavra «{term}» chamou-me a atenção. O que há por trás?",
            "Há um trecho sobre «{term}», não há?",
            "Anotei aqui uma palavra: «{term}».",
        ),
        why=("Há alguma razão?", "A que se deve isso?", "Qual é a explicação?"),
        figures=("Há números?", "Podemos quantificar isso?", "De quanto estamos falando?", "Temos dados?"),
        on=(
            "Continue.",
            "O que vem depois?",
            "Como continua?",
            "Estou ouvindo.",
            "E então?",
            "O que mais há?",
            "Vamos ouvir mais.",
            "Certo. Leia mais.",
            "E a partir daí?",
        ),
        lead_in=(
            "O texto diz assim:",
            "Nas palavras da fonte:",
            "Cito:",
            "E continua:",
            "Aqui diz:",
            "Depois lemos:",
            "E isto, palavra por palavra:",
        ),
        last=("Um último trecho antes de terminar.", "Vamos ouvir como acaba."),
        close="Este foi {title}, nas palavras das suas fontes. Obrigado por ouvir, e até breve.",
        goodbye="Este foi {title}. Obrigado por ouvir, e até breve.",
        because=("porque", "devido", "já que"),
    ),
    "it": Phrases(
        opening="E io sono {other}. Una cosa prima di tutto: quelle che sentirete sono le parole delle fonti stesse. "
        "Citiamo, senza aggiungere nulla.",
        opening_alone="Una cosa prima di tutto: quelle che sentirete sono le parole delle fonti stesse. Cito, senza "
        "aggiungere nulla.",
        begin="Ecco come comincia.",
        source=("Ora un'altra fonte: {title}.", "Passiamo a {title}.", "Poi, {title}."),
        chapter=("Prossimo argomento: {title}.", "Andiamo a questo: {title}.", "Il che ci porta a: {title}."),
        moving_on=("Andiamo avanti.", "È il momento del prossimo capitolo.", "Voltiamo pagina."),
        about_name=(
            "E {term}?",
            "Dove entra in gioco {term}?",
            "Qui compare {term}.",
            "Che cosa leggiamo a proposito? Il nome è {term}.",
        ),
        about_word=(
            "Mi colpisce la parola «{term}». Che cosa c'è dietro?",
            "C'è un passo su «{term}», vero?",
            "Qui mi sono segnato una parola: «{term}».",
        ),
        why=("Viene data una ragione?", "A che cosa si deve?", "Qual è la spiegazione?"),
        figures=("Ci sono delle cifre?", "Possiamo quantificarlo?", "Di quanto parliamo?", "Abbiamo dei numeri?"),
        on=(
            "Continua.",
            "Che cosa viene dopo?",
            "Come prosegue?",
            "Ti ascolto.",
            "E poi?",
            "Che altro c'è?",
            "Sentiamo ancora.",
            "Bene. Leggi avanti.",
            "E da lì?",
        ),
        lead_in=(
            "Il testo dice così:",
            "Con le parole della fonte:",
            "Cito:",
            "E prosegue:",
            "Qui si legge:",
            "Poi leggiamo:",
            "E questo, parola per parola:",
        ),
        last=("Un ultimo passo prima di finire.", "Sentiamo come finisce."),
        close="Questo era {title}, con le parole delle sue fonti. Grazie dell'ascolto, e a presto.",
        goodbye="Questo era {title}. Grazie dell'ascolto, e a presto.",
        because=("perché", "poiché", "a causa", "dato che"),
    ),
}
