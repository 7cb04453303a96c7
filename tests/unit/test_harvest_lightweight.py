"""reStructuredText, AsciiDoc and Org are read in their blocks, without their marks."""

from __future__ import annotations

import pytest

from common.text.blocks import BlockKind
from functions.content_harvester import source_text
from functions.content_harvester.source import Document, Source
from functions.content_harvester.source_text import read_text

RST = """\
=====
Tides
=====

:Author: Ann Holm
:Date: 2024-03-01

.. contents::

.. _why:

Why there are tides
===================

The *moon* pulls at the ``water``, and so does the `sun <https://sun.example>`_. See :ref:`the ebb <ebb>` [1]_.

.. code-block:: python

   print('tide')

.. versionadded:: 1.0
   The sun pulls, too.

.. include:: /etc/hostname

.. raw:: html

   <p>Raw</p>

Ebb
~~~

* one
* two

.. [1] A note.
"""
ASCIIDOC = """\
= Tides
Ann Holm <ann@holm.example>
v1.0, 2024-03-01
:toc:

The *moon* pulls at the `water`, and so does https://sun.example[the sun].

== Ebb

.A list
* one
** two

[source,python]
----
print('tide')
----
"""
ORG = """\
#+TITLE: Tides
#+AUTHOR: Ann Holm

* Why there are tides
:PROPERTIES:
:ID: 12
:END:
The *moon* pulls at the /water/, and so does [[https://sun.example][the sun]].

** TODO Ebb :sea:
#+BEGIN_SRC python
print('tide')
#+END_SRC

- one
- two
"""
TEXTILE = """\
h1. Tides

p(lead). The *moon* pulls at the @water@, and so does the "sun":https://sun.example/why.[1] See _the ebb_.

bc. print('tide')
print('ebb')

bq. It never rests.

|_. Year |_. Height |
|\\1. 1901 | 3 m |

h2(#ebb){color:blue}. Ebb

!tide.png(The tide)!

# one
# two

fn1. Newton, 1687.
"""
SENTENCE = "The moon pulls at the water, and so does the sun."


def read(text: str, name: str = "") -> Source:
    return read_text(Document(text.encode(), "text/plain", name))


@pytest.mark.parametrize(("text", "name"), [(RST, "README.rst"), (RST, ""), (ASCIIDOC, "a.adoc"), (ASCIIDOC, ""),
                                            (ORG, "notes.org"), (ORG, "")])  # fmt: skip
def test_markup_other_than_markdown_is_read_without_its_marks(text: str, name: str) -> None:
    source = read(text, name)
    assert (source.title, source.author) == ("Tides", "Ann Holm")
    assert source.left_out["code"] == 1
    told = [(block.kind, block.text) for block in source.blocks]
    assert (BlockKind.PARAGRAPH, SENTENCE) in [(kind, said.partition(" See ")[0]) for kind, said in told]
    assert (BlockKind.HEADING, "Ebb") in told
    assert [(kind, said) for kind, said in told if kind is BlockKind.ITEM][-1] == (BlockKind.ITEM, "two")
    assert not set("*`~=_:[]<>|+") & set(source.text.replace(":ID:", "?"))


@pytest.mark.parametrize("name", ["tides.textile", ""])
def test_textile_is_read_without_its_marks(name: str) -> None:
    source = read(TEXTILE, name)
    assert (source.title, source.left_out) == ("Tides", {"code": 1})
    assert [(block.kind, block.text) for block in source.blocks] == [
        (BlockKind.PARAGRAPH, f"{SENTENCE} See the ebb."),
        (BlockKind.QUOTATION, "It never rests."),
        (BlockKind.TABLE, "Year: 1901, Height: 3 m."),
        (BlockKind.HEADING, "Ebb"),
        (BlockKind.ITEM, "one"),
        (BlockKind.ITEM, "two"),
    ]


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        (
            '[cols="1,1"]\n|===\n|Boat |Year\n\n|Gull\n|1901\n\n|Tern |1920\n|===',
            ["Boat: Gull, Year: 1901.", "Boat: Tern, Year: 1920."],
        ),
        ("|===\n|Boat |Year\n|Gull\n|===", []),
        ("Wick:: What burns.", ["Wick: What burns."]),
        ("Wick::\nWhat burns.", ["Wick: What burns."]),
        ("[[why]]\n== Why [[cause,Cause]]", ["Why"]),
    ],
)
def test_tables_and_terms_of_asciidoc_are_told(written: str, heard: list[str]) -> None:
    told = read(f"= Tides\n\nThe sea rises.\n\n{written}\n\nIt ebbs.", "a.adoc").text.split("\n\n")
    assert told == ["The sea rises.", *heard, "It ebbs."]


def test_what_sphinx_adds_is_told_where_it_has_words() -> None:
    source = read(RST)
    assert "The sun pulls, too." in source.text
    assert "See the ebb." in source.text
    assert "Raw" not in source.text
    assert source.date == "2024-03-01"
    assert source.left_out == {"code": 1, "footnote": 1}


@pytest.mark.parametrize(
    "text",
    [
        "h1. of the storm\n\nIt rose.",
        "So it goes .. and so on.\n\nNobody owns the sea.",
        "* one\n* two",
        "= equals\n\nNobody owns the sea.\n\n=== \n",
    ],
)
def test_other_texts_are_none_of_these(text: str) -> None:
    assert read(f"The sea.\n\n{text}").text.startswith("The sea.")


def test_what_is_deeper_than_anybody_writes_is_told_as_it_stands() -> None:
    deep = "".join(f"{' ' * depth}* a\n\n" for depth in range(300))
    assert read(f"Tides\n=====\n\nThe sea.\n\n{deep}", "a.rst").text.startswith("The sea.")


WIKITEXT = """\
{{Infobox lighthouse
| name = Longships {{small|a tower}}
}}
[[File:Longships.jpg|thumb|Seen from [[Land's End]]]]
'''Longships''' is a [[lighthouse|tower]] {{convert|1.25|mi|km}} off ''Land's End''.<ref>{{cite web|title=L}}</ref> It \
burns.<ref name="a" />{{citation needed}} <!-- still -->[https://light.example The log] says so.

== History ==
It was lit in 1795.
* It stood on [[Carn Bras]].
** It had {{lang|fr|dix}} lamps.
# Oil came first.
# Light came next.

{| class="wikitable"
! Year !! Keepers
|}

== See also ==
* [[Wolf Rock]]

[[Category:Lighthouses]] [[de:Longships]]
"""


@pytest.mark.parametrize("name", ["", "longships.wiki"])
def test_wikitext_is_told_without_its_marks(name: str) -> None:
    source = read_text(Document(WIKITEXT.encode(), "text/plain", name))
    assert [(block.kind, block.level, block.text) for block in source.blocks] == [
        (
            BlockKind.PARAGRAPH,
            0,
            "Longships is a tower 1.25 mi off Land's End. It burns. The log says so.",
        ),
        (BlockKind.HEADING, 2, "History"),
        (BlockKind.PARAGRAPH, 0, "It was lit in 1795."),
        (BlockKind.ITEM, 1, "It stood on Carn Bras."),
        (BlockKind.ITEM, 2, "It had dix lamps."),
        (BlockKind.ITEM, 1, "Oil came first."),
        (BlockKind.ITEM, 1, "Light came next."),
    ]
    assert source.left_out == {"footnote": 1, "table": 1}


@pytest.mark.parametrize("sign", ["[[", "{{", "{|", "]]", "{{{", "<ref>", "[//x ", "'''", "== a\n", "{{a|[["])
def test_wikitext_that_is_never_closed_stands_for_itself(sign: str) -> None:
    text = f"{sign * 500} the lamp is lit"
    assert "the lamp is lit" in read_text(Document(text.encode(), "text/plain", "a.wiki")).text


def clipping(book: str, place: str, said: str) -> str:
    return f"{book}\n- {place}\n\n{said}\n==========\n"


PLACES = [
    ("Your Highlight on page 12 | Location 170-172 | Added on Sunday, March 3, 2019", "Your Note on page 15"),
    ("Ihre Markierung auf Seite 7 | Hinzugefügt am Dienstag, 5. Februar 2019 21:10:11", "Ihre Notiz bei Position 41"),
    ("Votre surlignement sur la page 3 | Ajouté le mardi 5 février 2019", "Votre note à la page 3"),
    ("Tu subrayado en la página 9 | Añadido el martes, 5 de febrero de 2019", "Tu nota en la página 9"),
    ("Seu destaque ou posição 98-100 | Adicionado: terça-feira", "Sua nota ou posição 98"),
    ("La tua evidenziazione a pagina 5 | Aggiunto in data martedì", "La tua nota a pagina 5"),
]


@pytest.mark.parametrize(("marked", "noted"), PLACES)
def test_passages_marked_in_an_ereader_are_quotations_from_their_books(marked: str, noted: str) -> None:
    walden = clipping("Walden (Henry David Thoreau)", marked, "I went to the woods.")
    own = clipping("\ufeffWalden (Henry David Thoreau)", noted, "Compare with Emerson.")
    bookmark = clipping("Walden (Henry David Thoreau)", "Your Bookmark on page 14 | Location 190", "")
    source = read_text(Document((walden + bookmark + own).encode(), "text/plain", "My Clippings.txt"))
    assert (source.title, source.author) == ("Walden", "Henry David Thoreau")
    told = [(BlockKind.QUOTATION, "I went to the woods."), (BlockKind.PARAGRAPH, "Compare with Emerson.")]
    assert [(block.kind, block.text) for block in source.blocks] == told
    several = read_text(Document((walden + clipping("Emma", marked, "Silly things.") + own).encode(), "", "Mine.txt"))
    assert [(block.kind, block.text) for block in several.blocks] == [
        (BlockKind.HEADING, "Walden (Henry David Thoreau)"), *told,
        (BlockKind.HEADING, "Emma"), (BlockKind.QUOTATION, "Silly things."),
    ]  # fmt: skip


@pytest.mark.parametrize("marks", ["a_ ", "*a ", "+-", ".. _a:\n"])
def test_a_text_whose_markup_takes_too_long_is_told_as_it_stands(marks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_text, "_PATIENCE_S", 0.02)
    text = f"The keeper lit the lamp.\n\n.. note:: {'He has the key. ' * 3}\n\n" + marks * 6_000
    assert "The keeper lit the lamp." in read_text(Document(text.encode(), "", "a.rst")).text


SITES = [
    ("[![npm](https://img.shields.io/npm/v/lamp.svg)](https://npm.im/lamp)", ""),
    ('=== "Linux"\n\n    Open the door.', "Linux:\n\nOpen the door."),
    ("*[HTML]: Hyper Text", ""),
    ('--8<-- "includes/lamp.md"', ""),
    ("A [link](https://light.example){ .md-button } leads on.", "A link leads on."),
    ("Wick\n:   What burns", "Wick: What burns"),
    ("#daily #lamp/oil", ""),
    ("title:: The lamp", ""),
    ("Words with %%a hidden comment%% inside.", "Words with inside."),
    ("- [ ] buy oil \U0001f4c5 2025-03-04\n- [x] trim it", "buy oil\n\ntrim it"),
    ("- TODO buy oil\n- DONE trim it", "buy oil\n\ntrim it"),
    ("The {{ site.name }} lamp burns.", "The lamp burns."),
    ("Owner: Ann\nStatus: In progress\nDue: March 3", "Owner: Ann\n\nStatus: In progress\n\nDue: March 3"),
    ("import Tabs from '@theme/Tabs';\n\n<Tabs>\n<Item value=\"a\">\n\nAn apple.\n\n</Item>\n</Tabs>", "An apple."),
    ("{/* a comment */}", ""),
    ("{% highlight ruby linenos %}\ndef lamp\n\n  x * y\nend\n{% endhighlight %}", ""),
    ('{{< highlight go "linenos=table" >}}\nfunc main() {}\n{{< /highlight >}}', ""),
    ("{%- comment -%}\nAsk Ben.\n{%- endcomment -%}", ""),
]


@pytest.mark.parametrize(("written", "heard"), SITES)
def test_what_a_program_for_notes_or_sites_adds_to_markdown_is_not_heard(written: str, heard: str) -> None:
    text = f"# The lamp\n\nIt burns **well**.\n\n{written}\n\nIt burns all night.\n"
    told = read_text(Document(text.encode(), "", "a.md")).text
    assert told == "\n\n".join(filter(None, ["It burns well.", heard, "It burns all night."]))
