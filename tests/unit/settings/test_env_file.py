"""Files of lines KEY=VALUE."""

from __future__ import annotations

import shlex
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.settings.env_file import env_lines
from paceline.settings.failures import SettingsError
from tests.unit.settings.desk import SECRET, Desk


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=value", "value"),
        ("export KEY=value", "value"),
        ("  KEY = value  ", "value"),
        ("KEY=", ""),
        ("KEY=# nothing", ""),
        ("KEY=a # comment", "a"),
        ("KEY=a#b", "a#b"),
        ("KEY=a b  c", "a b  c"),
        ("KEY=a=b==", "a=b=="),
        ("KEY='a # b \\n $X'", "a # b \\n $X"),
        ("KEY='a' # comment", "a"),
        ('KEY="a # b"', "a # b"),
        (r'KEY="a\n\t\"\\\$"', 'a\n\t"\\$'),
        ('KEY="$HOME"', "$HOME"),
        ("KEY=$HOME", "$HOME"),
        ("KEY=it's", "it's"),
        ("KEY=value\r", "value"),
        ("KEY=ü", "ü"),
    ],
)
def test_line_means_its_value(line: str, value: str) -> None:
    assert env_lines(line, name="x.env")["KEY"].value == value


@pytest.mark.parametrize(
    "line",
    ["KEY", "1KEY=x", "KE-Y=x", "=x", "export", "KEY='x", 'KEY="x', "KEY='x'y", 'KEY="x" y', 'KEY="\\q"', 'KEY="x\\"',
     "KÉY=x", "set KEY=x"],
)  # fmt: skip
def test_bad_line_is_refused_by_its_number_and_not_repeated(line: str) -> None:
    with pytest.raises(SettingsError) as caught:
        env_lines(f"# first\nGOOD=1\n\n{line}\n", name="x.env")
    assert caught.value.message == "line 4 of the env file x.env is not KEY=VALUE"
    assert caught.value.hint


def test_secret_on_a_bad_line_is_in_no_error(desk: Desk) -> None:
    desk.write("local.env", f'CXONE_CLIENT_SECRET="{SECRET}')
    wrong = desk.refused(env_file="local.env")
    assert SECRET not in wrong.report() + repr(wrong)


def test_later_line_counts_over_an_earlier_one() -> None:
    line = env_lines("KEY=1\nKEY=2", name="x.env")["KEY"]
    assert (line.value, line.number) == ("2", 2)


def test_file_may_begin_with_a_mark_of_its_encoding(desk: Desk) -> None:
    (desk.folder / "local.env").write_bytes(b"\xef\xbb\xbfPACELINE_ACTOR=ada\n")
    assert desk.read(env_file="local.env").actor.name == "ada"


def test_env_file_that_is_not_there_is_refused(desk: Desk) -> None:
    assert "cannot read the env file" in desk.refused(env_file="none.env").message


@given(value=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r")))
def test_value_that_a_shell_would_quote_singly_comes_back_unless_it_holds_such_a_quote(value: str) -> None:
    quoted = shlex.quote(value)
    if "'" not in value:
        assert env_lines(f"KEY={quoted}", name="x.env")["KEY"].value == value


@given(text=st.text(st.sampled_from("AB=#'\"\\ \n\t$export1")))
def test_any_text_is_read_or_refused_by_line(text: str) -> None:
    lines = {}
    with suppress(SettingsError):
        lines = env_lines(text, name="x.env")
    assert all(1 <= line.number <= text.count("\n") + 1 for line in lines.values())
