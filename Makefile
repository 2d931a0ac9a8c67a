# Every target makes .venv first, with all that it needs, from a fresh clone and nothing but Python, make and git.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
FRESH  := $(VENV)/.dev

.PHONY: demo test check bench faults truth promise pictures format clean

demo: $(FRESH)
	$(BIN)/qualtui demo $(ARGS)

# Two passes at once: what waits for real processes by the clock (LIVE) goes first, and is tried once more where it
# failed, which is listed (R). 5: no test of that kind.
LIVE := tests/system tests/demo tests/screens/test_terminal.py
test: $(FRESH)
	@out=$$(mktemp); nice -n 10 $(BIN)/python -m pytest -n 3 --dist loadfile -m 'not live' $(or $(ARGS),tests --ignore=tests/system --ignore=tests/demo) >$$out 2>&1 & rest=$$!; \
	trap "kill $$rest" INT TERM; \
	$(BIN)/python -m pytest -n 2 --dist loadfile -m live --reruns 1 -r fER $(or $(ARGS),$(LIVE)); live=$$?; \
	wait $$rest; rest=$$?; cat $$out; rm -f $$out; \
	case $$rest,$$live in 0,0|0,5|5,0) ;; 0,*|5,*) exit $$live ;; *) exit $$rest ;; esac

check: $(FRESH)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(FRESH)
	$(BIN)/python -m benchmarks $(ARGS)

faults: $(FRESH)
	$(BIN)/python -m benchmarks.faults $(ARGS)

truth: $(FRESH)
	$(BIN)/python -m benchmarks.truth $(ARGS)

promise: $(FRESH)
	@$(BIN)/python -m benchmarks.promise $(ARGS)

pictures: $(FRESH)
	$(BIN)/python -m benchmarks.pictures $(ARGS)

format: $(FRESH)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(FRESH): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	$(BIN)/python -m compileall -q qualtui  # pip does so for what it does not install in place
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache
