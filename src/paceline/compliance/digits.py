r"""Patterns of digits as one automaton, which tells apart exactly what the patterns tell apart; pure.

Rules:
* Known are digits, `\d`, `[...]`, `(...)`, `(?:...)`, `|`, `?`, `*`, `+`, `{n}` and `{m,n}`; any other sign is an
  error, for a pattern that is read wrongly would call somebody.
* A text of digits is at every moment in one state; two texts in the same state have matched the same patterns so far,
  and always will with the same digits to come.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from paceline.primitives.errors import PacelineError

State = frozenset[int]
"""Where the patterns may be after some digits; empty when none of them can match any more."""
_ALL = (1 << 10) - 1


class StrangePatternError(PacelineError):
    """a pattern of digits has a sign in it that is not known here"""

    code = "strange-pattern"


@dataclass(slots=True)
class Automaton:
    """Some patterns, read once; each has a name, and names may stand for several."""

    _masks: list[int] = field(default_factory=list)
    _follow: list[tuple[int, ...]] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _begin: set[int] = field(default_factory=set)
    _reached: dict[tuple[int, ...], State] = field(default_factory=dict)

    def add(self, name: str, pattern: str) -> None:
        """Add a pattern that a whole text matches or does not.

        Raises:
            StrangePatternError: it has a sign that is not known here.
        """
        accept = self._state(0, ())
        self._names[accept] = name
        self._begin.add(_Reader(pattern, self).whole(accept))

    def start(self) -> State:
        """Return where a text begins."""
        return self._closed(tuple(sorted(self._begin)))

    def after(self, state: State) -> tuple[State, ...]:
        """Return the states after each of the ten digits."""
        return tuple(
            self._closed(
                tuple(sorted({to for each in state if self._masks[each] >> digit & 1 for to in self._to(each)}))
            )
            for digit in range(10)
        )

    def matched(self, state: State) -> frozenset[str]:
        """Return the names of the patterns that match a text that ends here."""
        return frozenset(self._names[each] for each in state if each in self._names)

    def _state(self, mask: int, follow: tuple[int, ...]) -> int:
        """Add a state: with a mask it takes a digit, without one it only leads on."""
        self._masks.append(mask)
        self._follow.append(follow)
        return len(self._masks) - 1

    def _to(self, state: int) -> tuple[int, ...]:
        return self._follow[state]

    def _closed(self, states: tuple[int, ...]) -> State:
        found = self._reached.get(states)
        if found is None:
            seen, waiting = set(states), list(states)
            while waiting:
                each = waiting.pop()
                if self._masks[each] == 0:
                    fresh = [to for to in self._follow[each] if to not in seen]
                    seen.update(fresh)
                    waiting += fresh
            # What only leads on tells nothing apart.
            found = frozenset(each for each in seen if self._masks[each] or each in self._names)
            self._reached[states] = found
        return found


class _Reader:
    """Reads one pattern from its end to its beginning, so that each part knows what follows it."""

    def __init__(self, pattern: str, automaton: Automaton) -> None:
        self._pattern = pattern
        self._automaton = automaton
        self._at = 0

    def whole(self, then: int) -> int:
        """Return the state in which the pattern begins; `then` follows it."""
        tree = self._either()
        if self._at < len(self._pattern):
            raise self._strange()
        return self._made(tree, then)

    def _either(self) -> _Part:
        ways = [self._row()]
        while self._next() == "|":
            self._at += 1
            ways.append(self._row())
        return ways[0] if len(ways) == 1 else _Part("either", parts=tuple(ways))

    def _row(self) -> _Part:
        parts: list[_Part] = []
        while self._next() not in {"", "|", ")"}:
            parts.append(self._counted(self._one()))
        return _Part("row", parts=tuple(parts))

    def _one(self) -> _Part:
        sign = self._take()
        if sign == "(":
            if self._pattern.startswith("?:", self._at):
                self._at += 2
            inner = self._either()
            if self._take() != ")":
                raise self._strange()
            return inner
        if sign == "[":
            return _Part("digit", mask=self._listed())
        if sign == "\\" and self._take() == "d":
            return _Part("digit", mask=_ALL)
        if sign.isascii() and sign.isdigit():
            return _Part("digit", mask=1 << int(sign))
        raise self._strange()

    def _listed(self) -> int:
        mask = 0
        while (sign := self._take()) != "]":
            if sign == "\\" and self._take() == "d":
                mask |= _ALL
                continue
            last = sign
            if self._next() == "-":
                self._at += 1
                last = self._take()
            if not (sign.isascii() and last.isascii() and sign.isdigit() and last.isdigit()):
                raise self._strange()
            mask |= sum(1 << digit for digit in range(int(sign), int(last) + 1))
        return mask

    def _counted(self, part: _Part) -> _Part:
        known = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        sign = self._next()
        if sign in known:
            self._at += 1
            return _Part("times", parts=(part,), times=known[sign])
        if sign != "{":
            return part
        inside, closed, _ = self._pattern[self._at + 1 :].partition("}")
        least, comma, most = inside.partition(",")
        if not closed or not least.isdigit() or (comma and not most.isdigit()):
            raise self._strange()
        self._at += len(inside) + 2
        return _Part("times", parts=(part,), times=(int(least), int(most) if comma else int(least)))

    def _made(self, part: _Part, then: int) -> int:
        automaton = self._automaton
        if part.kind == "digit":
            return automaton._state(part.mask, (then,))  # noqa: SLF001 - the reader is a part of the automaton
        if part.kind == "either":
            return automaton._state(0, tuple(self._made(each, then) for each in part.parts))  # noqa: SLF001 - as above
        if part.kind == "row":
            for each in reversed(part.parts):
                then = self._made(each, then)
            return then
        least, most = part.times
        if most is None:
            again = automaton._state(0, ())  # noqa: SLF001 - as above
            automaton._follow[again] = (self._made(part.parts[0], again), then)  # noqa: SLF001 - as above
            then = again
        for _ in range((most or least) - least):
            then = automaton._state(0, (self._made(part.parts[0], then), then))  # noqa: SLF001 - as above
        for _ in range(least):
            then = self._made(part.parts[0], then)
        return then

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        sign = self._next()
        if not sign:
            raise self._strange()
        self._at += 1
        return sign

    def _strange(self) -> StrangePatternError:
        return StrangePatternError(f"a pattern cannot be read from its sign {self._at}: {self._pattern[:80]!r}")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a pattern: one digit, a row, a choice, or something several times."""

    kind: str
    mask: int = 0
    parts: tuple[_Part, ...] = ()
    times: tuple[int, int | None] = (1, 1)
