"""What the page says around its tables."""

HEAD = """# How often a twin's intervals hold, and what is called drift

Written by `make bench-twin`. It generates campaigns whose truth is known (three shifts with breaks, absence and
lateness, four attempts over four days, talk of the published shape), fits a twin to each, and counts how often its 90 %
intervals held half-hours that no fit had seen. Nothing of the truth is told to the fit but what its material says.
"""

TAIL = """### What it means

* The platform's statistics do not tell who is in turn. Where people differ and are dialed again over days, a
  twin made of them holds less than it should, and its check is there to refuse it. Half-hours that wander
  beyond chance, and rates by half-hour drawn to the mean as far as they are chance, bring it nearer and not
  there: how busy agents are is off by half-hour of the day, the same way every day. To correct that by the
  half-hour would make the check pass and leave the reason in, so that what other weights do would be predicted
  no better. Call records of the same campaigns tell it.
* The least share that intervals have to hold, 85 %, was set after one of the three twins of that world had passed with
  80 %: for that bound these three are no fresh test, and three are few.
* A fall of the answer propensity by a fifth is not always found on its first day: with days that differ by 4 %, no
  method can, at so few false alarms. Longer data help: of 28 days, the test that knows nothing else finds 93.4 % on the
  first day where it finds 53.9 % of seven.
"""
