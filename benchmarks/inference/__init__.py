"""How often the statements of `paceline.inference` hold, over many data whose truth is known."""
