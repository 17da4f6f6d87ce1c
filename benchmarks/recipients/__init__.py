"""Are millions at once told the same as one person alone, and how much sooner?"""
