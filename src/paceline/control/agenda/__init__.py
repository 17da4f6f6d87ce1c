"""What waits for its hour, or for an approval, and what may still arrive of it: kept, and found again.

It must never make a change: that is for `due`. Read first: `agenda.Agenda`, `planned.Planned`, `on_its_way.OnItsWay`.
"""
