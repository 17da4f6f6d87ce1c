"""A tenant with one campaign that has the schedule in question."""

from __future__ import annotations

import json

from paceline.campaign.blocks import Schedule
from paceline.campaign.schedule.model import WEEKDAYS, time_of_day

NOW = "2026-11-21T12:00:00+00:00"
COUNTRIES = ("CA", "MX", "US")
"""Every region of them is where contacts may be."""


def tenants_file(asked: Schedule) -> str:
    """Return the emulator's tenants file."""
    windows = ", ".join(
        f'{{ dayOfWeek = "{WEEKDAYS[one.weekday].upper()}", startTime = "{time_of_day(one.start_s)}:00", '
        f'endTime = "{time_of_day(one.end_s)}:00" }}'
        for one in asked.windows
    )
    return f"""
[[tenants]]
id = "bench"
requests_per_minute = 1000000
clients = [{{ id = "bench", secret = "bench", scopes = ["Campaign.ReadWrite"] }}]

[[tenants.campaigns]]
id = "CMP-BENCH"
status = "PAUSED"

[tenants.campaigns.schedule]
timezone = {json.dumps(asked.zone)}
businessHoursDirective = "{asked.directive.value}"
maxConcurrentCalls = {asked.max_calls}
timeWindows = [{windows}]
"""
