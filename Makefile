# The first Python that fits; `make PYTHON=… install` takes another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
SEEDS ?= 10
PORT ?= 6006

# The code that is formatted, linted and typed by all the rules of pyproject.toml, as far as it is there. Of any other,
# say your own in src/mine, only what is surely wrong is said (WRONG), unless you add it here: src/mine, tests/mine.
STRICT := $(wildcard notebooks $(foreach root,src tests,$(addprefix $(root)/, \
	*.py experiments/*.py lab plugins minidl experiments/pairs experiments/disk)))
WRONG := E9,F63,F7,F82

.DEFAULT_GOAL := help
.PHONY: help install train sweep reproduce bench dashboard notebooks test test-full gpu-check lint format lock audit licences clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

install: $(BIN)/.installed ## .venv with hash-pinned packages

$(BIN)/.installed: requirements.lock
	@test -n "$(PYTHON)" || { echo "This needs Python 3.11, 3.12 or 3.13; none is on the PATH. Try: make install PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

train: install ## the main job, offline: what python -m src.train does where nothing else is said
	@$(BIN)/python -m src.train

sweep: install ## one model over many seeds: make sweep MODEL=… SEEDS=10
	@$(BIN)/python -m src.train $(addprefix model=,$(MODEL)) -m 'seed=range($(SEEDS))'

reproduce: install ## every table and figure of the reports again, beside what they state: make reproduce ARGS=--quick
	@$(BIN)/python -m src.reproduce $(ARGS)

bench: install ## what is fast here, measured beside what one would write without it: make bench ARGS='--only startup'
	@$(BIN)/python -m src.bench $(ARGS)

dashboard: install ## TensorBoard on the newest sweep or run; make dashboard DIR=outputs: on all
	@$(BIN)/python -m src.dashboard $(DIR) --port $(PORT)

notebooks: install ## run the notebooks in a fresh copy, and keep in them what they show
	@$(BIN)/python -m tests.notebooks

test: install ## every kind of test, on real data
	@$(BIN)/python -m pytest -n 2 --dist worksteal

test-full: install ## all tests, the long ones too
	@$(BIN)/python -m pytest -n 2 --dist worksteal --full

gpu-check: install ## every test that needs a GPU, with figures
	@$(BIN)/python -m pytest -m gpu --full -rA

lint: install ## ruff and mypy
	@$(BIN)/ruff format --check --quiet $(STRICT)
	@$(BIN)/ruff check --quiet $(STRICT)
	@$(BIN)/ruff check --quiet --select $(WRONG) .
	@$(BIN)/mypy $(filter src/%,$(STRICT))

format: install ## let ruff rewrite the code
	@$(BIN)/ruff format $(STRICT) && $(BIN)/ruff check --fix $(STRICT)

lock: ## requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock --upgrade

audit: ## ask for known holes in what requirements.lock pins (needs pip-audit or uv)
	@.ci/audit

licences: install ## the licence of each package that is installed
	@$(BIN)/python .ci/licences

clean: ## remove the virtual environment and the caches; outputs/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
