# Every target works on a machine with Python 3.11 or newer and nothing of this project installed.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROTO := proto/lore/v1/lore.proto
PROTOC = $(BIN)/python -m grpc_tools.protoc -I. --python_out=$(OUT) --pyi_out=$(OUT) --grpc_python_out=$(OUT) $(PROTO)

help: ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

venv: $(VENV)/.ready ## the virtual environment with everything pinned

$(VENV)/.ready: requirements.txt requirements-dev.txt generator_service/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/python3.11.")'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module is missing. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check 'pip<26.3'
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: venv ## start everything, do one real job, serve until Ctrl-C
	@exec $(BIN)/python -m infra.local run

demo: venv ## the same, but ends after the job (exit status: did it work)
	@exec $(BIN)/python -m infra.local demo

stack: venv ## start everything and serve, without the first job
	@exec $(BIN)/python -m infra.local stack

test: venv check ## every test there is
	@$(BIN)/python -m pytest -q

unit: venv ## the fast tests only
	@$(BIN)/python -m pytest -q tests/unit

simulate: export SIMULATION_SEEDS ?= 10000
simulate: venv ## ten thousand simulated histories (SIMULATION_SEEDS, SIMULATION_FIRST_SEED)
	@$(BIN)/python -m pytest -q -s tests/simulation/test_simulation.py

reliability: venv ## mistreat the real stack, and write docs/reliability.md
	@CHAOS_REPORT=docs/reliability.md $(BIN)/python -m pytest -q tests/chaos

token: venv ## a token for a stack with AUTH_MODE=jwt: make token SUB=alice
	@$(BIN)/python -m infra.local token $(or $(SUB),developer)

check: venv lint types imports proto-check security ## what CI checks besides the tests

lint: venv
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: venv
	@$(BIN)/mypy

imports: venv
	@$(BIN)/lint-imports

security: venv ## dangerous constructs (bandit) and secrets in the files (detect-secrets)
	@git ls-files -z '*.py' ':!tests' | xargs -0 $(BIN)/bandit -q -ll -s B104 # B104: ruff's S104 looks for the same
	@git ls-files -z | grep -zv 'package-lock.json$$' | xargs -0 $(BIN)/detect-secrets-hook

audit: ## known faults of the pinned packages; asks the internet
	@test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv .venv-audit && .venv-audit/bin/pip install -q pip-audit==2.10.1; }
	@.venv-audit/bin/pip-audit -r requirements.txt -r generator_service/requirements.txt --no-deps --disable-pip
	@cd frontend && npm audit --omit=dev

format: venv ## format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

proto: OUT := .
proto: venv ## write the stubs anew from the .proto
	@$(PROTOC)

proto-check: OUT := $(VENV)/proto-check
proto-check: venv ## are the committed stubs those of the .proto?
	@rm -rf $(OUT) && mkdir -p $(OUT) && $(PROTOC)
	@for f in lore_pb2.py lore_pb2.pyi lore_pb2_grpc.py; do \
	  cmp -s $(OUT)/proto/lore/v1/$$f proto/lore/v1/$$f || { echo "proto/lore/v1/$$f is not what the .proto gives. Run: make proto" >&2; exit 1; }; done

.PHONY: help venv run demo stack test unit simulate reliability token check lint types imports security audit format proto proto-check
