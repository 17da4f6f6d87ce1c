"""How often changes of weights are called significant, where nothing was gained and where something was."""
