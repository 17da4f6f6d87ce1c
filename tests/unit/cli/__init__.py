"""Words of the command line, by themselves."""
