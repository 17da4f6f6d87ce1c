"""What was done, in order, provably: rows that are only added, chained by hash, sealed by signed checkpoints.

It must never know what a change means or how the platform is spoken to; it keeps what it is given. Read first:
`entry.Entry`, `book.Book`, `verify.verify`.
"""
