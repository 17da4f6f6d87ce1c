"""The command line: words become calls, results become text and exit codes; it decides nothing.

It must start fast: a command's module, and every heavy library, is loaded only when that command runs. Read first:
`main.app`.
"""
