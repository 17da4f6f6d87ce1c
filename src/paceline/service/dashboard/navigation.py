"""The menu: which pages there are, in their order, and who is shown them."""

from __future__ import annotations

from dataclasses import dataclass

from paceline.control.access_rights import Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page in the menu: its address, and all addresses below it, belong to it."""

    path: str
    label: str
    right: Right = Right.READ

    def holds(self, path: str) -> bool:
        """Return whether an address belongs to this page.

        >>> Place(path="/changes", label="Changes").holds("/changes/17")
        True
        """
        if self.path == "/":
            return path == "/" or path.startswith(("/campaigns/", "/many/"))
        return path == self.path or path.startswith(f"{self.path}/")


PLACES: tuple[Place, ...] = (
    Place(path="/", label="Campaigns"),
    Place(path="/changes", label="Changes"),
    Place(path="/rollouts", label="Rollouts"),
    Place(path="/experiments", label="Experiments"),
    Place(path="/accuracy", label="Accuracy"),
    Place(path="/abandonment", label="Abandonment"),
    Place(path="/audit", label="Audit trail"),
    Place(path="/calling-time", label="Calling time"),
    Place(path="/webhooks", label="Webhooks"),
    Place(path="/keys", label="Keys", right=Right.ADMINISTER),
    Place(path="/runbooks", label="Runbooks"),
    Place(path="/words", label="Words"),
)
"""The menu, from the first to the last."""
