"""Markov chains solved by force: every state, the whole generator, one dense solve. Nothing here knows a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

State = tuple[int, ...]
Moves = Callable[[State], Iterable[tuple[State, float]]]


def steady_state(start: State, moves: Moves) -> dict[State, float]:
    """Return the share of time in each state that can be reached from one, given the moves and their rates."""
    numbers, todo = {start: 0}, [start]
    rates: list[tuple[int, int, float]] = []
    while todo:
        here = todo.pop()
        for there, rate in moves(here):
            if rate > 0 and there not in numbers:
                numbers[there] = len(numbers)
                todo.append(there)
            if rate > 0 and there != here:
                rates.append((numbers[here], numbers[there], rate))
    generator = np.zeros((len(numbers), len(numbers)))
    for origin, target, rate in rates:
        generator[origin, target] += rate
        generator[origin, origin] -= rate
    balance = generator.T.copy()
    balance[-1] = 1.0  # one equation says nothing new; in its place the shares add up to 1
    shares = np.linalg.solve(balance, np.eye(len(numbers))[-1])
    return {state: float(shares[number]) for state, number in numbers.items()}


def birth_death(most: int, births: Callable[[int], float], deaths: Callable[[int], float]) -> list[float]:
    """Return the share of time with 0, 1, ... `most` present."""

    def moves(state: State) -> Iterable[tuple[State, float]]:
        (present,) = state
        if present < most:
            yield (present + 1,), births(present)
        if present > 0:
            yield (present - 1,), deaths(present)

    shares = steady_state((0,), moves)
    return [shares[present,] for present in range(most + 1)]
