# Thin names for the steps in tasks.py, which also run without make: python tasks.py lab
# ARGS go to the tool behind a task:  make lab ARGS=--no-browser
PYTHON ?= python3

.PHONY: help lab test setup notebooks bench
help:
	@$(PYTHON) tasks.py --help

lab test setup notebooks bench:
	@$(PYTHON) tasks.py $@ $(ARGS)
