"""The house rules that no linter knows, each as a fact about the tree."""
