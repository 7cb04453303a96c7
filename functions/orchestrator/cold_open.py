"""What can be said before anything was read: a greeting from the request alone, and an apology when a turn fails.

The only words that the orchestrator puts into a podcast; everything else is the script weaver's.
"""

from __future__ import annotations

from common.hosts import hosts_of
from common.records import Segment, Workflow
from common.states import SegmentState

GREETINGS = {
    "en": ("Hello.", "Welcome to Aethercast. I'm {host}.", "Today's subject: {title}."),
    "es": ("Hola.", "Les damos la bienvenida a Aethercast. Soy {host}.", "El tema de hoy: {title}."),
    "fr": ("Bonjour.", "Bienvenue sur Aethercast. Je suis {host}.", "Le sujet du jour : {title}."),
    "de": ("Hallo.", "Willkommen bei Aethercast. Ich bin {host}.", "Unser Thema heute: {title}."),
    "pt": ("Olá.", "Boas-vindas ao Aethercast. Eu sou {host}.", "O tema de hoje: {title}."),
    "it": ("Ciao.", "Benvenuti su Aethercast. Io sono {host}.", "Il tema di oggi: {title}."),
}
"""In three breaths, each a segment: all are voiced side by side, and the first is so short that it is heard almost as
soon as the engine makes its first sound. Each lasts longer than the next takes to be voiced at five times real time."""
APOLOGIES = {
    "en": "We are sorry: this passage could not be voiced. We go on with the next one.",
    "es": "Lo sentimos: este pasaje no se pudo locutar. Seguimos con el siguiente.",
    "fr": "Désolés : ce passage n'a pas pu être lu. Nous continuons avec le suivant.",
    "de": "Es tut uns leid: Diese Stelle konnte nicht gesprochen werden. Wir machen mit der nächsten weiter.",
    "pt": "Pedimos desculpa: este trecho não pôde ser lido. Continuamos com o seguinte.",
    "it": "Ci dispiace: questo passaggio non si è potuto leggere. Continuiamo con il prossimo.",
}


def greeting(workflow: Workflow) -> list[Segment]:
    """The first segments of this workflow, in its language as far as that is known yet."""
    host = hosts_of(workflow.request)[0]
    title = workflow.title.rstrip(".!?… ")
    return [
        Segment(
            index=index,
            kind="cold_open",
            speaker=host["name"],
            voice=host["voice"],
            language=workflow.language,
            text=breath.format(host=host["name"], title=title),
            chapter="",
            state=SegmentState.SCRIPTED,
            expires_at=workflow.expires_at,
        )
        for index, breath in enumerate(GREETINGS[workflow.language])
    ]


def apology(workflow: Workflow) -> str:
    """What is said in place of a turn that no engine would voice."""
    return APOLOGIES[workflow.language]
