# One line each; every target makes .venv by itself.

PYTHON ?= python3
SERVE ?= yes
ARTICLES ?= 20000
BIN := .venv/bin

.PHONY: demo run test check serve docs score bench bench-memory reliability audit lock clean

demo: .venv/ready ## everything on a small invented web, then the site on 127.0.0.1:8001 (SERVE=no: without it)
	$(BIN)/pantau demo $(if $(filter no,$(SERVE)),--no-serve)

run: .venv/ready ## the same work on the real sources of crawler/sources
	$(BIN)/pantau run

test: .venv/ready ## the whole test suite
	$(BIN)/python -m pytest -n auto --dist loadfile

check: .venv/ready ## format, lint, types, generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m publish.site.metadata --check
	$(BIN)/python -m publish.dictionary --check
	$(BIN)/python -m publish.site.notebooks --check
	$(BIN)/cog --check README.md nlp/README.md benchmarks/README.md docs/scale.md
	$(BIN)/python .ci/licences --check

serve: .venv/ready ## the site on what `make run` published
	$(BIN)/pantau serve

docs: .venv/ready ## generated files: the site's metadata from db/columns.yml, screenshots for the README
	$(BIN)/python -m publish.site.metadata
	$(BIN)/python -m publish.dictionary
	$(BIN)/python -m publish.site.notebooks
	$(BIN)/cog -r README.md nlp/README.md benchmarks/README.md docs/scale.md
	$(BIN)/python .ci/licences
	$(BIN)/pantau demo --no-serve
	PANTAU_PUBLIC_DB=data/demo/public.db PANTAU_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest -q tests/site/test_browser.py tests/mail/test_letter_browser.py -k pictures

score: .venv/ready ## scores on GOLD="file.jsonl …" against the floors in nlp/metrics.json
	.ci/score $(GOLD)

bench: .venv/ready benchmarks/.venv/ready ## speed and growth beside what one would take instead (long); PART="parse annotate" for some
	$(BIN)/python -m benchmarks $(PART)
	$(BIN)/cog -r benchmarks/README.md docs/scale.md

benchmarks/.venv/ready: benchmarks/rivals.lock # 6 GB, most of it PyTorch
	$(PYTHON) -m venv --clear benchmarks/.venv
	benchmarks/.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r benchmarks/rivals.lock
	touch benchmarks/.venv/ready

bench-memory: .venv/ready ## storing, resolving, publishing and asking ARTICLES=1000000 (an hour or two, 20 GB), else 20000
	$(BIN)/python -m benchmarks.memory_bench --articles $(ARTICLES)

reliability: .venv/ready ## docs/reliability.md anew: faults, 200 kills, a failing machine, fuzzing, markup of strangers (an hour)
	PANTAU_RELIABILITY=docs $(BIN)/python -m pytest -q tests/faults tests/hostile
	PANTAU_RELIABILITY=docs $(BIN)/python tests/crash_bench.py --kills 200 --jobs 2
	PANTAU_RELIABILITY=docs $(BIN)/python tests/conditions_bench.py
	PANTAU_RELIABILITY=docs $(BIN)/python tests/fuzz_bench.py

audit: .venv/ready ## known holes in what requirements.lock names, where the network allows
	$(BIN)/python .ci/audit

lock: .venv/ready ## requirements.lock anew: exact versions with hashes, no index addresses
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile benchmarks/rivals.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q -o benchmarks/rivals.lock

clean: ## the environments and the demo's data; never data/pantau.db
	rm -rf .venv benchmarks/.venv data/demo

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (PYTHON=python3.12 make ...)")'
	$(PYTHON) -m venv .venv
	[ -t 1 ] || quiet=--quiet; \
	$(BIN)/python -m pip install $$quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	$(BIN)/python -m pip install $$quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch .venv/ready
