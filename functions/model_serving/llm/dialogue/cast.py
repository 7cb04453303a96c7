"""The hosts behind the names that a model gives to the speakers of turns."""

from __future__ import annotations

import re
from collections.abc import Sequence


class Cast:
    """Knows the hosts by their names, and remembers the host meant by each name of the model's own."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._hosts = tuple(hosts)
        self._known = {host.split(" ", maxsplit=1)[0].casefold(): host for host in reversed(hosts)}
        self._known |= {host.casefold(): host for host in hosts}
        self._taken: set[str] = set()

    def host(self, name: str, *, next_host: str) -> str:
        """Return the host of a given name; without a name, `next_host`. A name of no host is taken for `next_host`, and
        means the same host ever after; the next such name means another host, as long as others remain."""
        said = " ".join(re.sub(r"[*_\[\]():]", " ", name).split()).casefold()
        if not said:
            return next_host
        if said not in self._known:
            first_word = said.split(" ", maxsplit=1)[0]
            self._known[said] = self._numbered(said) or self._known.get(first_word) or self._free(next_host)
        return self._known[said]

    def _numbered(self, said: str) -> str | None:
        """ "Host 2", "Speaker B": by their order."""
        found = re.fullmatch(r"(?:the )?(?:host|speaker|person|voice)[ _-]?(?:([1-9])|([a-d]))", said)
        if not found:
            return None
        number = int(found[1]) - 1 if found[1] else "abcd".index(found[2])
        return self._hosts[number] if number < len(self._hosts) else None

    def _free(self, next_host: str) -> str:
        others = [host for host in (next_host, *self._hosts) if host not in self._taken]
        host = others[0] if others else next_host
        self._taken.add(host)
        return host
