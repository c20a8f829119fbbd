# One command each: `make demo`, `make test`, `make ui`. All install first, into .venv.
#
#   PYTHON=python3.12        which Python makes the environment (3.11 or newer)
#   TORCH_INDEX=URL          where PyTorch's wheels come from besides PyPI. The default is PyTorch's
#                            own index of CPU builds; for CUDA 12.8:
#                            make install TORCH_INDEX=https://download.pytorch.org/whl/cu128
PYTHON ?= python3
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: help install demo test test-slow ui lint constraints clean

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

install: $(INSTALLED) ## Make .venv with the exact versions of constraints.txt.

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "sketch2flow needs Python 3.11 or newer: apt-get install python3 (or PYTHON=...)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade -c constraints.txt pip
	$(BIN)/python -m pip install --quiet --retries 1 --no-deps -c constraints.txt \
	  --extra-index-url $(TORCH_INDEX) torch
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[all,dev]'
	@touch $(INSTALLED)

demo: $(INSTALLED) ## Run the whole pipeline on this machine, then read a held-out drawing.
	@$(BIN)/sketch2flow demo

ui: $(INSTALLED) ## Open Dagster's UI on what the demo made, until Ctrl-C.
	@$(BIN)/sketch2flow up

lint: $(INSTALLED) ## Style, types and the floors of the packages.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## Lint, then the quick tests.
	$(BIN)/pytest -n 2 -m "not slow"

test-slow: $(INSTALLED) ## The tests that take minutes.
	$(BIN)/pytest -m slow

constraints: ## Resolve the newest versions within pyproject's ranges into constraints.txt.
	rm -rf .venv-fresh && $(PYTHON) -m venv .venv-fresh
	.venv-fresh/bin/pip install --quiet --upgrade pip setuptools
	.venv-fresh/bin/pip install --quiet --retries 1 --no-deps --extra-index-url $(TORCH_INDEX) \
	  'torch>=2.11,<2.14'
	.venv-fresh/bin/pip install --quiet -e '.[all,bench,dev,dg]'
	{ echo '# The exact versions that are tested; `make constraints` resolves them anew.'; \
	  .venv-fresh/bin/pip freeze --all --exclude-editable | sed 's/+cpu$$//'; } > constraints.txt
	rm -rf .venv-fresh

clean: ## Remove the environment and everything that the pipeline made.
	rm -rf $(VENV) var
