# One command each; `make help` lists them. Everything runs in .venv, which is made from requirements/dev.txt and made anew when that file changes.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
# Wheels only, each by its hash: nothing is built on the way but the project itself, by the pinned uv_build.
PIP := -m pip install -qq --disable-pip-version-check --no-input
HASHED := --require-hashes --only-binary :all:
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml

# Hundreds of processes import the same files: they are compiled once and kept, whatever this shell says of it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 22

.PHONY: setup
setup: .venv/.project ## make .venv from the hashed requirements, with the project in it

.venv/.requirements: requirements/dev.txt
	@python=$$(.ci/python) && echo "making .venv from $< with $$python" && rm -rf .venv && "$$python" -m venv .venv
	@$(BIN)/python $(PIP) $(HASHED) -r $<
	@touch $@

.venv/.project: .venv/.requirements pyproject.toml
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: setup ## one story in seventeen acts, each checked before it is told, and a page of pictures; DATABASE_URL=... tells it on PostgreSQL
	@$(BIN)/paceline demo $(if $(DATABASE_URL),--database-url $(DATABASE_URL))

.PHONY: up
up: setup ## emulator with a dialing day, service with pages, worker: all in one process, until Ctrl-C
	@$(BIN)/paceline up

.PHONY: test
test: setup ## run every test, the listings of the documents too, in one process more than there are cores
	@$(BIN)/python -m pytest -n auto --dist loadfile # a file stays in one process: its listings and fixtures belong together

.PHONY: check
check: setup ## lint, format, types, floor plan, house rules, generated pages, pinned requirements
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m pytest -q tests/architecture

.PHONY: fix
fix: setup ## let ruff mend and format what it can, and write the generated pages of the reference
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/python -m tests.architecture.generated

.PHONY: bench
bench: setup .venv-bench/.requirements ## measure the emulator beside a published peer, and the simulator beside SimPy and C, in one run
	@$(BIN)/python -m benchmarks.emulator
	@$(BIN)/python -m benchmarks.simulator speed

.PHONY: bench-ledger
bench-ledger: setup ## measure durable appends to the ledger, one caller beside 64, in one run
	@$(BIN)/python -m benchmarks.ledger

.PHONY: bench-corridor
bench-corridor: setup ## measure stops through the corridor beside a bare loop that only sends, in one run
	@$(BIN)/python -m benchmarks.corridor

.PHONY: torture
torture: setup ## kill 1,000 processes in the middle of their changes, and see that nothing is lost and nothing happens twice
	@$(BIN)/python -m benchmarks.torture

.PHONY: bench-relay
bench-relay: setup ## carry 10,000 webhook messages to a receiver that fails half of the time, beside one that never does
	@$(BIN)/python -m benchmarks.relay

.PHONY: bench-inference
bench-inference: setup ## see how often bounds, tests and alarms hold, over data whose truth is known
	@$(BIN)/python -m benchmarks.inference

.PHONY: bench-emulator-dialer
bench-emulator-dialer: setup ## hold a day of the emulator's dialer against the simulation, and find its best settings
	@$(BIN)/python -m benchmarks.emulator_dialer

.PHONY: bench-simulator
bench-simulator: setup ## measure the simulator's engines beside SimPy and C, in one run
	@$(BIN)/python -m benchmarks.simulator speed

.PHONY: bench-engines
bench-engines: setup ## hold the engines to each other: ten million events the same, and every count of 97 campaigns
	@$(BIN)/python -m benchmarks.simulator agreement

.PHONY: bench-validation
bench-validation: setup ## hold both engines to 93 numbers that are known exactly
	@$(BIN)/python -m benchmarks.simulator validation

.PHONY: bench-optimum
bench-optimum: setup ## solve the published optima again, and play a controller through a thousand drifting days
	@$(BIN)/python -m benchmarks.simulator optimum

.PHONY: bench-calling-time
bench-calling-time: setup ## compare 10,000 calling windows three ways, and time 60 zones for a year
	@$(BIN)/python -m benchmarks.calling_time

.PHONY: bench-recipients
bench-recipients: setup ## compare a million recipients told at once with each alone, and take the times of ten million
	@$(BIN)/python -m benchmarks.recipients

.PHONY: bench-prove
bench-prove: setup ## prove a schedule in 67 zones for a year, and find planted violations of a minute
	@$(BIN)/python -m benchmarks.prove

.PHONY: bench-stops
bench-stops: setup ## stop 1,000 campaigns under a limit of 100 requests a minute, other work queued before them, by a manual clock
	@$(BIN)/python -m benchmarks.stops

.PHONY: bench-service
bench-service: setup ## load a service with 200 event streams, 50 writers and readers, and take the time to the first screen
	@$(BIN)/python -m benchmarks.service.first_screen
	@$(BIN)/python -m benchmarks.service

.PHONY: bench-pages
bench-pages: setup ## weigh every page, and take the time to what a person sees next, with 1,000 campaigns in a real browser
	@$(BIN)/python -m benchmarks.pages --write docs/benchmarks/pages.md

.PHONY: bench-policies
bench-policies: setup ## tune every pacing policy to 3 % on simulated days, certify each, and put them side by side
	@$(BIN)/python -m benchmarks.simulator policies

.PHONY: bench-forecast
bench-forecast: setup ## hold projections of pacing to what the emulator's dialer then does
	@$(BIN)/python -m benchmarks.forecast

.PHONY: bench-rollout
bench-rollout: setup ## decide two thousand simulated rollouts whose truth is known: how often wrongly, how soon rightly
	@$(BIN)/python -m benchmarks.rollout --page docs/benchmarks/rollout.md

.PHONY: bench-optimiser
bench-optimiser: setup ## hold the best pacing to the exact optimum, its certificates to fresh days, its cost to a grid's
	@$(BIN)/python -m benchmarks.optimiser

.PHONY: bench-supervisor
bench-supervisor: setup ## steer the emulator's dialer through days that drift, beside the best fixed pacing in hindsight
	@$(BIN)/python -m benchmarks.supervisor

.PHONY: bench-records
bench-records: setup .venv-bench/.requirements ## read, fit and check ten million call records, beside a pandas script of the same steps
	@$(BIN)/python -m benchmarks.records

.PHONY: bench-fits
bench-fits: setup ## see how often intervals of fitted parameters hold, over 200 sets of call records whose truth is known
	@$(BIN)/python -m benchmarks.fits

.PHONY: bench-twin
bench-twin: setup ## see how often a twin's intervals hold half-hours it has not seen, and how soon it finds drift
	@$(BIN)/python -m benchmarks.twin

.PHONY: bench-significance
bench-significance: setup ## judge a thousand changes that do nothing, and a thousand that gain a point, beside the published rule
	@$(BIN)/python -m benchmarks.significance --page docs/benchmarks/significance.md

.PHONY: bench-tuner
bench-tuner: setup ## let the tuner find a planted better setting of the emulator's dialer, and prove it through the corridor
	@$(BIN)/python -m benchmarks.tuning --page docs/benchmarks/tuner.md

.PHONY: bench-mlflow
bench-mlflow: setup .venv-mlflow/.requirements ## send runs to the published MLflow server, and read them back with its own client
	@$(BIN)/python -m benchmarks.mlflow --page docs/benchmarks/mlflow.md

.venv-bench/.requirements: requirements/bench.txt
	@python=$$(.ci/python) && echo "making .venv-bench from $< with $$python" && rm -rf .venv-bench && "$$python" -m venv .venv-bench
	@.venv-bench/bin/python $(PIP) $(HASHED) -r $<
	@touch $@

.venv-mlflow/.requirements: requirements/mlflow.txt
	@python=$$(.ci/python) && echo "making .venv-mlflow from $< with $$python" && rm -rf .venv-mlflow && "$$python" -m venv .venv-mlflow
	@.venv-mlflow/bin/python $(PIP) $(HASHED) -r $<
	@touch $@

.PHONY: pictures
pictures: setup ## take the pictures of the documents anew: of the tutorials while the tests walk through them, of the guides by themselves
	@PICTURES=1 $(BIN)/python -m pytest -q tests/browser/test_dialer_manager.py tests/browser/test_compliance_officer.py tests/browser/test_engineer.py
	@$(BIN)/python -m benchmarks.pages.pictures

.PHONY: docs
docs: setup ## build the site of the documents into site/, links checked
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict --clean

.PHONY: pins
pins: setup ## resolve requirements/*.txt anew after a change in pyproject.toml (needs a package index)
	@$(COMPILE) --extra server --extra postgres --extra sim --extra cdr --extra report --extra cluster --group dev -o requirements/dev.txt
	@$(COMPILE) -c requirements/dev.txt -o requirements/core.txt
	@$(COMPILE) --extra server -c requirements/dev.txt -o requirements/server.txt
	@$(COMPILE) --extra server --extra postgres --extra sim --extra cdr --extra report --extra cluster -c requirements/dev.txt -o requirements/all.txt
	@$(COMPILE) --group bench -o requirements/bench.txt
	@$(COMPILE) --group mlflow -o requirements/mlflow.txt
