"""How fast the ledger takes rows, each durable when the call returns: one caller against many, in one run."""
