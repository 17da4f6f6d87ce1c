"""How often a twin's intervals hold what they say, and whether drift is found and ageing is not called drift."""
