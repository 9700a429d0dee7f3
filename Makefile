# Offhook's fixed words. `make setup` is implied by all the others.
.PHONY: setup demo check test lint format bench eval lock clean
PYTHON ?= python3
BIN := .venv/bin
# Where real engines share a busy machine with their tests, a failure is asked about once more, and told in the report.
ENGINES := tests/voice tests/carrier tests/mail tests/calendars tests/postoffice
ONCE_MORE := --reruns 1
SCREENS := $(shell find frontend -path frontend/node_modules -prune -o -type f -not -name openapi.json \
	-not -name schema.d.ts -print) $(shell find src/offhook -name api.py)
export OFFHOOK_DATA ?= $(CURDIR)/.offhook

setup: .venv/.ready src/offhook/web/dist/index.html

.venv/.ready: requirements/dev.txt pyproject.toml .ci/venv
	PYTHON=$(PYTHON) sh .ci/venv
	touch $@

src/offhook/web/dist/index.html: .venv/.ready .ci/frontend $(SCREENS)
	sh .ci/frontend
	touch $@

demo: setup            ## a generated organisation, served; prints address and sign-ins
	sh .ci/engines
	$(BIN)/offhook demo

lint: setup            ## format, lint, types, arrows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports --no-cache
	cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent lint

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent format

check: lint            ## lint and the quick tests
	$(BIN)/pytest -n 2 -m "not slow"

test: lint             ## everything
	sh .ci/browser
	sh .ci/engines tests
	cd frontend && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent test
	$(BIN)/pytest -n 2 --ignore=tests/browser $(ENGINES:%=--ignore=%)
	$(BIN)/pytest -n 2 $(ONCE_MORE) $(ENGINES)
	$(BIN)/pytest -n 2 $(ONCE_MORE) tests/browser --ignore=tests/browser/softphone
	$(BIN)/pytest $(ONCE_MORE) tests/browser/softphone

bench: setup           ## BENCH="name name" for some
	$(BIN)/offhook bench $(BENCH)

eval: setup            ## EVAL="identity ..." with its options
	$(BIN)/offhook eval $(EVAL)

lock: setup            ## pin requirements anew
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade --custom-compile-command "make lock" -q requirements/base.in -o requirements/base.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade --custom-compile-command "make lock" -q requirements/dev.in -o requirements/dev.txt

clean:
	rm -rf .venv .offhook frontend/node_modules src/offhook/web/dist
