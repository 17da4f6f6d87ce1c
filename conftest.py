"""Runs what the documents show: Python and shell listings of README.md and docs/, and the examples in docstrings.

A listing that cannot run here says so above itself: `<!-- skip: next "why" -->`.
"""

from __future__ import annotations

from pathlib import Path

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


class WithExamples(Sybil):
    """Looks only into files with examples: to take docstrings apart takes longer than to see that there are none."""

    def should_parse(self, path: Path) -> bool:
        """Return whether a file is of this kind, and has an example."""
        return super().should_parse(path) and ">>> " in path.read_text(encoding="utf-8")


pytest_collect_file = SybilCollection(
    [
        Sybil(LISTINGS, patterns=["README.md"]),
        Sybil(LISTINGS, path="docs", patterns=["*.md"], excludes=["tutorial/*.md"]),
        Sybil(LISTINGS, path="docs/tutorial", patterns=["*.md"], setup=begin, teardown=end),
        WithExamples([DocTestParser()], path="src", patterns=["*.py"]),
    ]
).pytest()
