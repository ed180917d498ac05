PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup demo run test check bench openapi format clean
.DEFAULT_GOAL := help

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: ## make the environment in .venv from the lock file
	@$(PYTHON) tools/bootstrap.py

demo: setup ## the main job on sample photos: contacts, alliances, webhooks, then stop
	@$(BIN)/python -m bench.demo

run: setup ## serve on http://127.0.0.1:8000 (first `.venv/bin/cardally init`)
	@$(BIN)/cardally serve

test: setup ## every test, on SQLite and on PostgreSQL
	@$(BIN)/pytest -n auto

check: setup ## everything that can be said without running it
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.check_migrations
	@$(BIN)/cardally openapi --check

bench: setup ## measure reading, matching, delivery; prints tables
	@$(BIN)/python -m bench

openapi: setup ## write docs/openapi.json anew
	@$(BIN)/cardally openapi

format: setup ## format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

clean: ## forget the environment and the caches, keep the data
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
