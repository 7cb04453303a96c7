"""Parts of a text for machines, and not read aloud: code, commands, names of files and of settings."""

from __future__ import annotations

import re
from typing import Final

_SIGNS: Final = frozenset("{}<>|\\`")
_NAMES = re.compile(r"[A-Za-z]\w*_\w|[=;]{2,}|=>|::|&&|\w/(?:[\w.-]+/|[\s,;.)]|$)|(?<!\w)~/\w|\$[\w(]*[a-z(]|--?\w+=")
_CALL = re.compile(r"\w\((?!s\))\w{0,20}\)")
_OPTION = re.compile(r"(?:^|\s)(?:--[a-z]|-[a-z](?:[\s,;.:)]|$))")
_WITH = re.compile(r"\bw/o?(?=\s)")
"""As people note it down."""
_SLASHED = re.compile(r"(?<![\w./-])\d{1,4}/\d{1,4}/(?:\d{2,4}|[A-Z]{2,4})(?![\w/])")
"""Days, and directives: "12/03/2024", "96/9/EC"."""
_PRODUCT = re.compile(r"(?<![\w./])[A-Z]\w{1,20}\.js\b(?![\w/])")
"""A name that ends as a file does: "Node.js"."""
_FILE = re.compile(r"\w\.(?:md|py|js|ts|json|toml|ya?ml|txt|sh|tf|html?|css|cfg|ini|lock|exe|zip|tar|gz)\b")
_COMMANDS: Final = {
    **dict.fromkeys(["npx", "apt-get", "conda", "sudo", "pytest", "mkdir"], r"[a-z./-]"),
    **dict.fromkeys(["make", "nox"], "-"),
    "curl": r"-|\w+://|localhost",
    "cd": r"[.~/$]|[\w-]+/|[\w-]+(?:\s*&&|$)",
    **dict.fromkeys(["pip", "pip3"], r"-|(?:install|uninstall|freeze|list|show|download|wheel)\b"),
    **dict.fromkeys(["apt", "brew"], r"-|(?:install|uninstall|remove|update|upgrade|search|tap|list|services|cask)\b"),
    "npm": r"-|(?:i|ci|install|uninstall|run|test|start|publish|init|update|exec|audit)\b",
    "cargo": r"-|(?:install|build|run|test|add|new|init|update|check|fmt|clippy|publish|bench|doc|clean)\b",
    "docker": r"-|(?:run|build|pull|push|compose|ps|exec|images?|stop|rm|login|logs|volume|network)\b",
    "git": r"-|(?:clone|commit|push|pull|add|checkout|init|rebase|merge|status|log|branch|diff|config|tag|fetch|reset"
    r"|stash|switch|submodule|show|revert|blame|bisect|remote|lfs|worktree)\b",
}
"""What programs are told to do: most of their names are words, too ("a cargo de", "apt to", "to brew tea")."""
_CALLED: Final = tuple(f"{name} " for name in _COMMANDS)
_COMMAND = re.compile(rf"(?<![\w-])(?:{'|'.join(f'{name} (?:{told})' for name, told in _COMMANDS.items())})")


def is_code(text: str) -> bool:
    """Tell whether there is code in `text`. Asked of every sentence: most are settled by the signs they lack."""
    if not _SIGNS.isdisjoint(text):
        return True
    text = _WITH.sub("with ", text) if "w/" in text else text
    text = _SLASHED.sub("a number", text) if "/" in text else text
    text = _PRODUCT.sub("A product", text) if ".js" in text else text
    if not _MAYBE.isdisjoint(text) and (_NAMES.search(text) or _OPTION.search(text)):
        return True
    if "(" in text and _CALL.search(text):
        return True
    return _FILE.search(text) is not None or (
        any(name in text for name in _CALLED) and _COMMAND.search(text) is not None
    )


_MAYBE: Final = frozenset("_=;:&/$-")
