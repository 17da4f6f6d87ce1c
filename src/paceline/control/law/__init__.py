"""What the law makes of campaigns that are live: now, on a date, from one to come.

It must never decide what the law is: that is for `compliance`. Read first: `breaking.checked`, `looks.LawLooks`.
"""
