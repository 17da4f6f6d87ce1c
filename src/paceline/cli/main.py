"""The command tree, and how a command ends where nothing came back from it: with the code of what was raised."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from paceline.cli import exits
from paceline.cli.failing import failed, incomplete, misspelt
from paceline.primitives.errors import PacelineError

app = App(name="paceline", help="Safe change control for outbound dialing campaigns.", help_format="plaintext")
emulator = App(name="emulator", help="A campaign platform on your own desk, which refuses like the real one.")
get = App(name="get", help="Campaigns as the platform holds them.")
settings = App(name="set", help="Settings of campaigns, judged by law and platform before they are sent.")
changes = App(name="changes", help="Changes that wait for their hour or have not ended, and the way back.")
webhook = App(name="webhook", help="Who is told of what happens, by signed messages.")
schedule = App(name="schedule", help="Calling windows as instants, who may be called when, and schedules proven.")
contacts = App(name="list", help="Contact lists: who may be called when.")
rollout = App(name="rollout", help="A pacing applied in steps under watch, and taken back when it harms.")
experiment = App(name="experiment", help="Two settings changed over from block to block by coins, and what it shows.")
law = App(name="law", help="The rules that decisions are made by, and what is left to others.")
twin = App(name="twin", help="Digital twins that must earn their say: fitted, and checked.")
data = App(name="data", help="Call records: imported, described, generated.")
keys = App(name="keys", help="Who may ask the service, and as what.")
audit = App(name="audit", help="What was done, by whom and why, and whether the ledger is whole.")

COMMANDS: tuple[tuple[App, str, tuple[str, ...], str], ...] = (
    (app, "demo.command:demo", ("demo",), "Tell one story through the corridor, each act checked before it is told."),
    (app, "up:up", ("up",), "Start emulator, service with pages, and worker, which other commands find, until Ctrl-C."),
    (app, "service:serve", ("serve",), "Serve the HTTP API and the pages until told to end."),
    (emulator, "serve:serve_emulator", ("serve",), "Serve the emulator until Ctrl-C."),
    (get, "look:get_campaigns", ("campaigns",), "List the campaigns."),
    (get, "look:get_campaign", ("campaign",), "Show one campaign."),
    (get, "needing:get_needs", ("needs",), "List the campaigns that need a person now, and why."),
    (get, "blocks:get_rules", ("rules",), "Show the dialing rules of a campaign."),
    (get, "blocks:get_pacing", ("pacing",), "Show the predictive pacing of a campaign."),
    (get, "blocks:get_schedule", ("schedule",), "Show the schedule of a campaign."),
    (get, "blocks:get_weights", ("weights",), "Show the algorithm weights of a campaign."),
    (get, "predicted:get_predictions", ("predictions",), "Show what was predicted of changes, and what came of it."),
    (settings, "blocks:set_rules", ("rules",), "Set dialing rules; what is not named stays as live."),
    (settings, "blocks:set_pacing", ("pacing",), "Set predictive pacing; what is not named stays as live."),
    (settings, "blocks:set_schedule", ("schedule",), "Set when campaigns may dial; what is not named stays as live."),
    (settings, "blocks:set_weights", ("weights",), "Set algorithm weights, judged on data; the rest stays as live."),
    (app, "campaign:pause", ("pause",), "Pause campaigns: no new calls; those in flight end as --drain says."),
    (app, "campaign:resume", ("resume", "start"), "Resume campaigns, from paused or stopped."),
    (app, "campaign:stop", ("stop",), "Stop campaigns; only a resumption leads out of it again."),
    (rollout, "rollout:start_rollout", ("start",), "Begin a rollout: judge the whole wish, then make its first step."),
    (rollout, "rollout:rollout_status", ("status",), "Show where a rollout stands, and why."),
    (
        rollout,
        "rollout:pause_rollout",
        ("pause",),
        "Have a rollout stay at its step; what harms is undone all the same.",
    ),
    (rollout, "rollout:resume_rollout", ("resume",), "Have a paused rollout go on."),
    (rollout, "rollout:promote_rollout", ("promote",), "Go to the next step without waiting for evidence."),
    (rollout, "rollout:abort_rollout", ("abort",), "Take a rollout back; no other begins before that is cleared."),
    (rollout, "rollout:undo_rollout", ("undo",), "Restore what was live before a rollout."),
    (rollout, "rollout:clear_rollout", ("clear",), "Let rollouts of a campaign begin again."),
    (
        experiment,
        "experiment:plan_experiment",
        ("plan",),
        "Plan an experiment: throw its coins, and keep them; send nothing.",
    ),
    (experiment, "experiment:start_experiment", ("start",), "Start what is planned, or what is paused."),
    (experiment, "experiment:experiment_status", ("status",), "Show where an experiment stands, block by block."),
    (experiment, "experiment:analyse_experiment", ("analyse", "analyze"), "Show what the last planned look says."),
    (experiment, "experiment:pause_experiment", ("pause",), "Have the old setting live until it is started again."),
    (experiment, "experiment:abort_experiment", ("abort",), "End an experiment, with the old setting live."),
    (experiment, "experiment:list_experiments", ("list",), "List experiments, the newest first."),
    (app, "easing:ease_off", ("ease-off",), "Ease campaigns off: to progressive dialing, or to the last good pacing."),
    (app, "supervise:supervise", ("supervise",), "Have pacing steered once a minute, within certified bounds."),
    (app, "abandonment:show_abandonment", ("abandonment",), "Show measured abandonment, and what is left of it."),
    (
        app,
        "freezing:freeze",
        ("freeze",),
        "Stop campaigns before all else; they stay stopped until somebody unfreezes.",
    ),
    (app, "freezing:unfreeze", ("unfreeze",), "Let frozen campaigns be resumed again; resumes nothing."),
    (changes, "changes:list_changes", ("list",), "List what waits for its hour, settles, or is in doubt."),
    (changes, "changes:show_change", ("show",), "Show one change, step by step, and when it is due."),
    (changes, "changes:cancel_change", ("cancel",), "Withdraw a change that waits for its hour."),
    (changes, "approving:approve_changes", ("approve",), "Approve changes that wait for a second person."),
    (changes, "approving:reject_changes", ("reject",), "Reject changes that wait for a second person."),
    (changes, "changes:undo_change", ("undo",), "Lead a campaign back to the state before a change."),
    (app, "work:work", ("work",), "Make what is due, keep what is frozen, return to what settles, until Ctrl-C."),
    (webhook, "webhook:add_webhook", ("add",), "Have messages sent to an address; shows the secret once."),
    (webhook, "webhook:list_webhooks", ("list",), "List who is told, how they are doing, and how much waits."),
    (webhook, "webhook:try_webhook", ("test",), "Send a message that only shows that messages arrive."),
    (webhook, "webhook:replay_messages", ("replay",), "Tell again what there was."),
    (webhook, "webhook:rotate_secret", ("rotate",), "Make a new secret; the one before stays valid for a day."),
    (
        webhook,
        "webhook:enable_webhook",
        ("enable",),
        "Send again to one that is disabled, or at once to one that fails.",
    ),
    (webhook, "webhook:remove_webhook", ("remove",), "Send nothing any more, and forget what waits."),
    (keys, "keys:add_key", ("add",), "Make an API key with a role, and show it, once."),
    (keys, "keys:list_keys", ("list",), "List the keys: who has them, what they may do, when they were used last."),
    (keys, "keys:revoke_key", ("revoke",), "Make a key good for nothing, and end the sessions begun with it."),
    (keys, "keys:make_link", ("link",), "Make a link that signs somebody in once, and show it, once."),
    (keys, "keys:sign_out", ("sign-out",), "End the sessions of a name, and its links that nobody has used."),
    (app, "look:explain", ("explain", "describe"), "Say why a campaign is, or is not, dialing, and what may be done."),
    (app, "declare:declare", ("declare",), "Say what the platform does not know about a campaign."),
    (audit, "audit:list_entries", ("list",), "List what was done, the oldest first."),
    (audit, "audit:show_entry", ("show",), "Show one entry, step by step."),
    (audit, "audit:settings_at", ("at",), "Show what was in force at an instant, since when, by whom."),
    (audit, "audit:show_stats", ("stats",), "Show how changes ended: outcomes, accuracy, latency, refusals."),
    (audit, "audit_proof:verify_ledger", ("verify",), "Verify the ledger, row by row, and against a checkpoint."),
    (audit, "audit_proof:sign_checkpoint", ("checkpoint",), "Sign the ledger as it is now, to be kept elsewhere."),
    (audit, "audit_proof:prove_entry", ("prove",), "Prove that an entry is in the ledger."),
    (audit, "audit_proof:export_ledger", ("export",), "Write every row out, for whoever does not have the database."),
    (audit, "audit_erase:erase_number", ("erase-number",), "Erase a phone number that stood in a reason."),
    (audit, "audit_report:write_report", ("report",), "Write a folder about a period that can be read and verified."),
    (app, "preflight:preflight", ("preflight",), "Say exactly what a pacing setting would do, before it is sent."),
    (app, "simulate:simulate", ("simulate",), "Play days of a campaign that is only a scenario."),
    (app, "optimise:optimise", ("optimise", "optimize"), "Find the best pacing under the limit, with its certificate."),
    (app, "tune:tune", ("tune",), "Find better weights on the campaign's twin, with what held-out days say of them."),
    (twin, "twin:fit", ("fit",), "Fit a twin, check it on half-hours that no fit has seen, and keep it."),
    (twin, "twin:check", ("check",), "Hold the kept twin against newer data, and look for drift."),
    (
        schedule,
        "schedule:schedule_intervals",
        ("intervals",),
        "Show the instants of one local window, clock changes and all.",
    ),
    (schedule, "schedule_check:schedule_check", ("check",), "Say whether a person may be called at an instant; why."),
    (schedule, "schedule_prove:prove_schedule", ("prove",), "Prove that a schedule places no illegal call for a year."),
    (schedule, "schedule_next:next_opening", ("next",), "Say when a campaign may dial next, and what comes."),
    (schedule, "schedule_show:show_week", ("week",), "Show a week of a schedule beside the law, on every clock."),
    (schedule, "schedule_show:export_schedule", ("export",), "Write a schedule as a calendar file or as a picture."),
    (contacts, "list_check:check_list", ("check",), "Say whom of a list may be called now and in the next 24 hours."),
    (data, "data:import_calls", ("import",), "Check a file of call records, and keep them without a number in them."),
    (data, "data:describe_calls", ("describe",), "Say what call records are kept, and what is in them."),
    (data, "data_generate:generate", ("generate",), "Make call records of a world whose truth is known."),
    (law, "law:list_rules", ("list",), "List the rules of law, their dates, and which of them nobody checks here."),
    (law, "law:show_rule", ("show",), "Show one rule: what it says, since when, and where that was read."),
    (law, "law_check:check_law", ("check",), "Say which campaigns break the law on a date, and in the year after it."),
    (law, "law_judge:judge_law", ("judge",), "Judge each call record by the law of its instant."),
    (app, "completion:completion", ("completion",), "Print what a shell needs to complete commands and options."),
    (app, "runbook:runbook", ("runbook",), "Print what to do about a finding, an alert or an outcome."),
    (app, "doctor:doctor", ("doctor",), "Look at everything that has to work, and say what is wrong."),
)
"""Every command: its tree, where it is, its names, and what the list says of it; its module loads when it runs."""

for tree, place, names, says in COMMANDS:
    tree.command(f"paceline.cli.{place}", name=list(names), help=says)
for tree in (
    emulator,
    get,
    settings,
    changes,
    rollout,
    experiment,
    schedule,
    contacts,
    law,
    twin,
    data,
    webhook,
    keys,
    audit,
):
    app.command(tree)

CODES = {
    "usage": exits.USAGE,
    "count": exits.REFUSED,
    "fact": exits.USAGE,
    "malformed-id": exits.USAGE,
    "no-way-back": exits.REFUSED,
    "no-rollout": exits.ERROR,
    "rollout-state": exits.CONFLICT,
    "rollout-overtaken": exits.CONFLICT,
    "no-experiment": exits.ERROR,
    "experiment-state": exits.CONFLICT,
    "experiment-overtaken": exits.CONFLICT,
    "nothing-good": exits.REFUSED,
    "not-waiting": exits.CONFLICT,
    "not-asked": exits.CONFLICT,
    "being-decided": exits.CONFLICT,
    "webhook-address": exits.USAGE,
    "webhook-kinds": exits.USAGE,
    "webhook-name": exits.USAGE,
    "subscriber-disabled": exits.CONFLICT,
    "access": exits.USAGE,
    "scenario": exits.USAGE,
    "records-mapping": exits.USAGE,
    "unstable-scenario": exits.REFUSED,
    "no-setting": exits.REFUSED,
    "unauthorized": exits.NOT_AUTHORISED,
    "forbidden": exits.NOT_AUTHORISED,
}
"""Exit codes of errors that are not plain errors, by their own codes."""


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `words` are those after `paceline`, the process's own when absent."""
    try:
        return _run(sys.argv[1:] if words is None else list(words))
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except BrokenPipeError:
        # Whoever read has gone, as `head` does; what is still to be written at the end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.BROKEN_PIPE


def _run(words: Sequence[str]) -> int:
    try:
        done = app(words, exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError as problem:
        misspelt(problem, words)
        return exits.USAGE
    except PacelineError as error:
        failed(error, words)
        return CODES.get(error.code, exits.ERROR)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("paceline"):
            raise
        incomplete(missing, words)
        return exits.ERROR
    return done if isinstance(done, int) else 0
