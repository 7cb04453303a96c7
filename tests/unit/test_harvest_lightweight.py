"""reStructuredText, AsciiDoc and Org are read in their blocks, without their marks."""

from __future__ import annotations

import pytest

from common.text.blocks import BlockKind
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


def test_what_sphinx_adds_is_told_where_it_has_words() -> None:
    source = read(RST)
    assert "The sun pulls, too." in source.text
    assert "See the ebb." in source.text
    assert "Raw" not in source.text
    assert source.date == "2024-03-01"
    assert source.left_out == {"code": 1, "footnote": 1}


@pytest.mark.parametrize(
    "text",
    ["So it goes .. and so on.\n\nNobody owns the sea.", "* one\n* two", "= equals\n\nNobody owns the sea.\n\n=== \n"],
)
def test_other_texts_are_none_of_these(text: str) -> None:
    assert read(f"The sea.\n\n{text}").text.startswith("The sea.")


def test_what_is_deeper_than_anybody_writes_is_told_as_it_stands() -> None:
    deep = "".join(f"{' ' * depth}* a\n\n" for depth in range(300))
    assert read(f"Tides\n=====\n\nThe sea.\n\n{deep}", "a.rst").text.startswith("The sea.")
