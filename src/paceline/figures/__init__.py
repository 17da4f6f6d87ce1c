"""Every picture that is made of a campaign, and the calendar file of its schedule.

It reads what others have judged and never judges, asks the platform or writes to the ledger; pure text comes out. Read
first: `week.week_of`, `svg.svg_of`, `ics.calendar_of`.
"""
