"""How reading and keeping call records can fail; a row that is no call record is no failure but a finding."""

from __future__ import annotations

from paceline.primitives.errors import PacelineError


class RecordsError(PacelineError):
    """call records cannot be read or kept"""

    code = "records"


class UnreadableRecordsError(RecordsError):
    """this file holds no call records that can be read"""

    code = "records-unreadable"


class MappingError(RecordsError):
    """it is not said rightly what stands where in this file"""

    code = "records-mapping"


class RecordsKeyError(RecordsError):
    """the key that persons are told apart by is not the one of the records that are kept"""

    code = "records-key"


class NoRecordsError(RecordsError):
    """no call records are kept"""

    code = "no-records"
