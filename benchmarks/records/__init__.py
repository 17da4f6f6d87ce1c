"""Ten million call records: read, checked, counted and fitted, beside a pandas script of the same steps."""
