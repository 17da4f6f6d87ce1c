"""Files of call records: read by DuckDB, every row checked, bad ones told, the others kept without a number.

It must never know what is made of the records. Read first: `taking_in`, `checking`, `keeping`.
"""
