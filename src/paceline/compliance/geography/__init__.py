"""Where the holders of numbers may be, as data: area codes and numbering plans, reviewed by hand; pure.

It must never know a number, only its first digits. Read first: `area_codes.toml`, `countries.toml`, `tables`.
"""
