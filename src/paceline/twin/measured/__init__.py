"""From what a dialer measured, by minute, to days that can be played: staffing, answers, handle times, the week.

It must never know what a pacing is. Read first: `day.measured_day`, `clock`, `week`.
"""
