"""Runs what the documents show: Python and shell listings of README.md and docs/, and the examples in docstrings.

A listing that cannot run here says so above itself: `<!-- skip: next "why" -->`.
"""

from __future__ import annotations

from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection
from sybil.typing import Parser

from tests.lessons import begin, end
from tests.listings import evaluate_bash, evaluate_console
from tests.places import write_into_memory

pytest_plugins = ["tests.order"]

write_into_memory()

LISTINGS: list[Parser] = [
    SkipParser(),
    PythonCodeBlockParser(),
    CodeBlockParser(language="bash", evaluator=evaluate_bash),
    CodeBlockParser(language="console", evaluator=evaluate_console),
]

pytest_collect_file = SybilCollection(
    [
        Sybil(LISTINGS, patterns=["README.md"]),
        Sybil(LISTINGS, path="docs", patterns=["*.md"], excludes=["tutorial/*.md"]),
        Sybil(LISTINGS, path="docs/tutorial", patterns=["*.md"], setup=begin, teardown=end),
        Sybil([DocTestParser()], path="src", patterns=["*.py"]),
    ]
).pytest()
