"""A model's thoughts, taken out of its answer: drafts would be spoken, and a plan in the thoughts taken for the plan.

Servers with knowledge of a model's thought marks send the thoughts in a field of their own; others leave the thoughts
in the text, between marks different from model to model. A mark may be cut in two by the stream, its end may never
come, and some templates write the opening mark themselves: then an answer begins with thoughts and only their end is
marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

_NAMES: Final = r"(?:\w+:)?(?:think|thinking|thoughts?|reasoning|reflection|scratchpad|analysis)"
_OPEN = re.compile(
    rf"<\|?{_NAMES}\|?>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|channel\|>\s*(?:analysis|commentary)",
    re.IGNORECASE,
)
_CLOSE = re.compile(
    rf"<\|?/{_NAMES}\|?>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|channel\|>\s*final",
    re.IGNORECASE,
)
_OTHER_MARK = re.compile(
    rf"{_CLOSE.pattern}|<\|(?:start|im_start)\|>(?:assistant\b)?"
    r"|<\|(?:message|end|return|im_end|eot_id|endoftext|begin_of_solution|end_of_solution)\|>|</s>",
    re.IGNORECASE,
)
_BEGINNING_OF_A_MARK = re.compile(
    r"(?:<\|(?:channel|start|im_start)\|>\s*\w{0,10}|<[^<>\n]{0,30}|\[/?(?:T(?:H(?:I(?:N(?:K)?)?)?)?)?|◁[^▷\n]{0,7})\Z",
    re.IGNORECASE,
)
_LONGEST_MARK: Final = 40
_ANSWER = re.compile(r"[{\[]|```|^\W{0,4}[A-Z]\w{0,30}(?: \w{1,20})?\W{0,3}:", re.MULTILINE)
_PREAMBLE: Final = 60
"""Characters. What is longer before the first sign of an answer may be thoughts whose end is still to be marked."""
_LONGEST_PREAMBLE: Final = 100_000
"""Characters of thoughts whose end may still be marked; they are looked through again with each piece."""


def without_reasoning(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the answer in `pieces`, without the model's thoughts before or in the middle of the answer."""
    text, thinking, begun = "", False, False
    for piece in pieces:
        text += piece
        while found := (_CLOSE if thinking else _OPEN).search(text):
            before, text, thinking = text[: found.start()], text[found.end() :], not thinking
            if thinking and (said := _OTHER_MARK.sub("", before)):
                begun = begun or bool(said.strip())
                yield said
        if thinking:
            text = text[-_LONGEST_MARK:]
            continue
        if not begun and (found := _CLOSE.search(text)):  # all before it was thought
            text = text[found.end() :]
        begun = begun or len(text) > _LONGEST_PREAMBLE or _begins(text)
        if begun:
            ready = found.start() if (found := _BEGINNING_OF_A_MARK.search(text)) else len(text)
            if said := _OTHER_MARK.sub("", text[:ready]):
                yield said
            text = text[ready:]
    if not thinking and (said := _OTHER_MARK.sub("", text)):
        yield said


def _begins(text: str) -> bool:
    found = _ANSWER.search(text.lstrip()[: 2 * _PREAMBLE])
    return found is not None and found.start() < _PREAMBLE
