# make serve: set up what the service needs and run it on 127.0.0.1:8000 (PORT, AFOFIT_DATA)
# make test:  set up and run formatting, linting, types, layers, rules of security and all tests
# make docs:  build the documentation into build/site; open build/site/index.html
# make crash: kill workers and databases while fittings are stored (KILLS), and look for what was acknowledged
# make fuzz:  send REQUESTS generated requests, valid and damaged, through every door, and look for faults and canaries
# make drill: fill a database with FITTINGS, back it up, lose it, restore it, and compare every row and answer
# make load:  USERS users of a clinic for SECONDS, bursts and slow clients among them: how long answers take, and no fault
# make fuzz-operations: call every operation of the description with what it allows and forbids, EXAMPLES of each kind
# make fuzz-parsers: follow the branches of each parser of what comes from outside, PARSER_SECONDS each
# make bench: measure the engine, the service, the sheet and backups against their peers (PAIRS), and print one table
# make profile: where the time of a request goes, part by part
# make pins:  write requirements/ anew from pyproject.toml, with hashes (RAISE)
# make components: write the list of what the service is made of, afofit/components.cdx.json

SHELL := /bin/sh
PORT ?= 8000
KILLS ?= 20
USERS ?= 192
SECONDS ?= 60
REQUESTS ?= 10000
FITTINGS ?= 2000
PAIRS ?= 6
PARSER_SECONDS ?= 120
EXAMPLES ?= 100
AFOFIT_DATA ?= var
export AFOFIT_DATA
VENV := .venv
BIN := $(VENV)/bin
SEMGREP := $(VENV)/rules/bin/semgrep
# Wheels alone; the one package that has none is built by the setuptools that is pinned, not by one fetched for it.
WHEELS := --only-binary :all: --no-binary flask-principal --no-build-isolation
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(WHEELS)
SOURCES := afofit tests bench docs wsgi.py

.PHONY: serve test check docs bench crash drill load fuzz fuzz-operations fuzz-parsers profile clean tools pins components

serve: $(VENV)/run.done
	@mkdir -p "$(AFOFIT_DATA)"
	@echo "afofit on http://127.0.0.1:$(PORT) (stop with Ctrl-C)"
	@AFOFIT_LOG=$${AFOFIT_LOG:-text} $(BIN)/gunicorn --workers 2 --bind 127.0.0.1:$(PORT) wsgi:app

test: $(VENV)/test.done $(VENV)/docs.done tools check
	$(BIN)/pytest -n auto -q

check: $(VENV)/test.done $(VENV)/rules.done
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive afofit docs wsgi.py gunicorn.conf.py
	$(SEMGREP) test --experimental --quiet tests/rules
	$(SEMGREP) scan --experimental --quiet --metrics off --disable-version-check --error --config tests/rules afofit

# Whatever the generator is in doubt about is an error.
docs: $(VENV)/docs.done
	@rm -rf build/site build/doctrees
	@$(BIN)/python -m sphinx -b html -q -W --keep-going -c docs/site -d build/doctrees . build/site
	@echo "build/site/index.html"

bench: $(VENV)/peers.done
	$(BIN)/python -m bench --pairs $(PAIRS)

profile: $(VENV)/test.done
	$(BIN)/python -m bench.profile

crash: $(VENV)/test.done
	$(BIN)/python -m tests.endurance.crash --kills $(KILLS)

drill: $(VENV)/test.done
	$(BIN)/python -m tests.endurance.drill --fittings $(FITTINGS)

load: $(VENV)/test.done
	$(BIN)/python -m tests.endurance.load --users $(USERS) --seconds $(SECONDS)

fuzz: $(VENV)/test.done
	$(BIN)/python -m tests.endurance.fuzz --requests $(REQUESTS)

fuzz-operations: $(VENV)/test.done
	$(BIN)/python -m tests.endurance.fuzz_operations --examples $(EXAMPLES)

fuzz-parsers: $(VENV)/fuzz.done
	@for target in readings tables charts resources; do \
	  $(BIN)/python -m tests.fuzz.run $$target --seconds $(PARSER_SECONDS) || exit 1; \
	done

clean:
	rm -rf $(VENV)

# A Python of at least 3.11 with venv and pip; both come from Debian's packages where we are root there.
$(BIN)/python:
	@set -e; \
	for candidate in python3.13 python3.12 python3.11 python3; do \
	  if command -v $$candidate >/dev/null 2>&1 && \
	     $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "afofit needs Python 3.11 or newer: install it first."; exit 1; fi; \
	if ! $$python -m venv $(VENV) >/dev/null 2>&1; then \
	  rm -rf $(VENV); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv python3-pip >/dev/null && $$python -m venv $(VENV); \
	  else echo "Python's venv module is missing: install it (on Debian and Ubuntu: the package python3-venv)."; exit 1; fi; \
	fi

# What installs comes first; everything is held to the hashes of requirements/.
$(VENV)/build.done: $(BIN)/python requirements/build.txt
	@$(INSTALL) -r requirements/build.txt
	@touch $@

$(VENV)/run.done: $(VENV)/build.done requirements/run.txt
	@$(INSTALL) -r requirements/run.txt
	@touch $@

$(VENV)/test.done: $(VENV)/run.done requirements/test.txt
	@$(INSTALL) -r requirements/test.txt
	@touch $@

# What builds the site is no part of the service; of the service it reads the version alone.
$(VENV)/docs.done: $(VENV)/build.done requirements/docs.txt
	@$(INSTALL) -r requirements/docs.txt
	@touch $@

# atheris has wheels for Linux on x86-64 only; the same targets run in make test without it.
$(VENV)/fuzz.done: $(VENV)/test.done requirements/fuzz.txt
	@$(INSTALL) -r requirements/fuzz.txt
	@touch $@

# WeasyPrint is a peer of the sheet in make bench; without it, or without Pango, the bench says so.
$(VENV)/peers.done: $(VENV)/test.done requirements/peers.txt
	@$(INSTALL) -r requirements/peers.txt
	@touch $@

$(VENV)/pins.done: $(VENV)/build.done requirements/pins.txt
	@$(INSTALL) -r requirements/pins.txt
	@touch $@

# Semgrep lives apart: it is read by nothing else, and what it would bring along is not installed.
$(VENV)/rules.done: $(VENV)/build.done requirements/rules.txt
	@$(BIN)/python -m venv --without-pip $(VENV)/rules
	@$(BIN)/python -m pip --python $(VENV)/rules/bin/python install --quiet --disable-pip-version-check --require-hashes \
	  --no-deps -r requirements/rules.txt
	@touch $@

# What pyproject.toml names, with all that it needs on any system, each with the hash of every file there is of it. What is
# pinned stays: RAISE="-P NAME" takes the newest of something that only others need, RAISE=-U of everything.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(RAISE)
pins: $(VENV)/pins.done
	@$(COMPILE) pyproject.toml -o requirements/run.txt >/dev/null
	@$(COMPILE) --group test -c requirements/run.txt -o requirements/test.txt >/dev/null
	@for group in build docs fuzz peers pins; do \
	  $(COMPILE) --group $$group -c requirements/run.txt -c requirements/test.txt -o requirements/$$group.txt >/dev/null \
	    || exit 1; \
	done
	@$(COMPILE) --no-deps --group rules -o requirements/rules.txt >/dev/null

components: $(VENV)/test.done
	@$(BIN)/python -m docs.make_components

# What the tests look through: a browser, a proxy before two nodes, readers of PDFs, axe-core (pinned, checked, never
# served), and validators of FHIR and OpenAPI from npm.
tools: $(VENV)/test.done
	@missing=; \
	command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="$$missing chromium"; \
	command -v nginx >/dev/null 2>&1 || missing="$$missing nginx"; \
	command -v qpdf >/dev/null 2>&1 || missing="$$missing qpdf"; \
	command -v pdftoppm >/dev/null 2>&1 || missing="$$missing poppler-utils"; \
	command -v npm >/dev/null 2>&1 || missing="$$missing nodejs npm"; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "Installing$$missing for the tests"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "Not installed:$$missing. The tests that need it say so and are left out."; fi; \
	fi
	@$(BIN)/python -m tests.accessibility.axe >/dev/null || \
	  echo "Not fetched: axe-core. The pages are not read for barriers."
	@if ! cmp -s tests/node/package-lock.json tests/node/node_modules/.installed; then \
	  if command -v npm >/dev/null 2>&1 && \
	     npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null; then \
	    cp tests/node/package-lock.json tests/node/node_modules/.installed; \
	  else echo "Not installed: the validators from npm. The tests that need them say so and are left out."; fi; \
	fi
