"""Groups connections by account (the client's network), and finds the largest account; used by connection_table."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Held = TypeVar("Held")


class Accounts(Generic[Held]):
    """The open connections of each account. An account is the client's network (client_address.account_of).

    Every operation except ``least`` takes constant time, because attackers can cause these operations very often.
    """

    def __init__(self) -> None:
        # Account -> its connections, in the order in which they were added.
        self._held: dict[str, OrderedDict[Held, None]] = {}
        # Index n holds the accounts with n connections; those that have had n for the longest time come first.
        self._by_size: list[OrderedDict[str, None]] = [OrderedDict()]
        self._largest = 0
        self.total = 0

    def size(self, account: str) -> int:
        """Returns how many connections an account holds."""
        return len(self._held.get(account, ()))

    @property
    def largest(self) -> str:
        """The account with the most connections; of several, the one that reached that number first; "" if none."""
        return next(iter(self._by_size[self._largest]), "")

    def add(self, account: str, connection: Held) -> None:
        """Adds a connection to an account; it must not belong to any account yet."""
        self._held.setdefault(account, OrderedDict())[connection] = None
        self.total += 1
        self._moved(account, len(self._held[account]) - 1)

    def remove(self, account: str, connection: Held) -> None:
        """Removes a connection. Raises KeyError if the account does not hold it."""
        own = self._held[account]
        del own[connection]
        self.total -= 1
        self._moved(account, len(own) + 1)
        if not own:
            del self._held[account]

    def _moved(self, account: str, before: int) -> None:
        """Updates the index by size after ``account``, which had ``before`` connections, has gained or lost one."""
        now = len(self._held[account])
        if before:
            del self._by_size[before][account]
        if now == len(self._by_size):
            self._by_size.append(OrderedDict())
        if now:
            self._by_size[now][account] = None
        if now > self._largest or not self._by_size[self._largest]:
            self._largest = now

    def least(self, account: str, rank: Callable[[Held], int]) -> Held:
        """The account's connection with the lowest ``rank``; of several, the one that was added first."""
        return min(self._held[account], key=rank)
