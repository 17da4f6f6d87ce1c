"""The command tree, and how a command ends where nothing came back from it: with the code of what was raised."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from paceline.cli import exits
from paceline.primitives.errors import PacelineError

app = App(name="paceline", help="Safe change control for outbound dialing campaigns.", help_format="plaintext")
emulator = App(name="emulator", help="A campaign platform on your own desk, which refuses like the real one.")
emulator.command("paceline.cli.serve:serve_emulator", name="serve")
app.command(emulator)
app.command("paceline.cli.demo.command:demo", name="demo")
app.command("paceline.cli.up:up", name="up")
app.command("paceline.cli.doctor:doctor", name="doctor")
get = App(name="get", help="Campaigns as the platform holds them.")
get.command("paceline.cli.look:get_campaigns", name="campaigns")
get.command("paceline.cli.look:get_campaign", name="campaign")
app.command(get)
app.command("paceline.cli.campaign:pause", name="pause")
app.command("paceline.cli.campaign:resume", name=["resume", "start"])
app.command("paceline.cli.campaign:stop", name="stop")
app.command("paceline.cli.look:explain", name=["explain", "describe"])
app.command("paceline.cli.declare:declare", name="declare")
audit = App(name="audit", help="What was done, by whom and why, and whether the ledger is whole.")
audit.command("paceline.cli.audit:list_entries", name="list")
audit.command("paceline.cli.audit:show_entry", name="show")
audit.command("paceline.cli.audit:settings_at", name="at")
audit.command("paceline.cli.audit:show_stats", name="stats")
audit.command("paceline.cli.audit_proof:verify_ledger", name="verify")
audit.command("paceline.cli.audit_proof:sign_checkpoint", name="checkpoint")
audit.command("paceline.cli.audit_proof:prove_entry", name="prove")
audit.command("paceline.cli.audit_proof:export_ledger", name="export")
audit.command("paceline.cli.audit_report:write_report", name="report")
app.command(audit)


CODES = {
    "usage": exits.USAGE,
    "fact": exits.USAGE,
    "malformed-id": exits.USAGE,
    "unauthorized": exits.NOT_AUTHORISED,
    "forbidden": exits.NOT_AUTHORISED,
}
"""Exit codes of errors that are not plain errors, by their own codes."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `words` are those after `paceline`, the process's own when absent."""
    try:
        done = app(words, exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        return exits.USAGE
    except PacelineError as failed:
        print(f"paceline: {failed.report()}", file=sys.stderr)
        return CODES.get(failed.code, exits.ERROR)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("paceline"):
            raise
        print(
            f"paceline: this command needs {missing.name}; install it: pip install 'paceline[server]'", file=sys.stderr
        )
        return exits.ERROR
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    return done if isinstance(done, int) else 0
