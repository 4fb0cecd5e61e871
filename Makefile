# The two commands of the README are `make demo` and `make test`.
SWIFT ?= swift
PREFIX ?= /usr/local
RELEASE = $(SWIFT) build -c release --static-swift-stdlib --product baton

ifeq ($(shell uname -s),Darwin)
# Homebrew keeps OpenSSL out of the default search path.
export PKG_CONFIG_PATH := $(shell brew --prefix openssl@3 2>/dev/null)/lib/pkgconfig:$(PKG_CONFIG_PATH)
RELEASE = $(SWIFT) build -c release --product baton
endif

FUZZ ?= 200000
# How many upgrades in a row, of each server; where their counts go.
UPGRADES ?= 200
PROOF ?= $(CURDIR)/.build/proof.jsonl

.PHONY: help build demo test chaos upgrades mutants fuzz lint format bench install clean clean-hosts setup setup-demo setup-tests

help:
	@echo 'make demo     build, upgrade gunicorn on three hosts here without a lost request, clean up'
	@echo 'make test     run all tests'
	@echo 'make chaos    end takeovers of real servers, and changes of releases, at every step; then make upgrades'
	@echo 'make upgrades hand each server from release to release UPGRADES ($(UPGRADES)) times under load; a day, for all of them'
	@echo 'make mutants  take the protections of takeovers away and see their tests go red'
	@echo 'make fuzz     read FUZZ ($(FUZZ)) changed inventories of each of six kinds, configurations of ssh, templates, playbooks'
	@echo 'make build    build .build/release/baton'
	@echo 'make install  install to PREFIX ($(PREFIX))'
	@echo 'make lint     format, shellcheck and the rules of the house'
	@echo 'make clean-hosts  take away what killed tests left of their hosts'
	@echo 'make bench    measure against the floor and the rivals; writes Benchmarks/results.md'

setup:
	@scripts/setup

setup-demo:
	@scripts/setup demo

setup-tests:
	@scripts/setup tests

build: setup
	$(RELEASE)

demo: setup-demo build
	@scripts/demo

test: setup-tests
	@scripts/test-hosts ready
	$(SWIFT) build --build-tests
	@SWIFT="$(SWIFT)" scripts/test

chaos:
	$(SWIFT) build --build-tests
	BATON_CHAOS=1 $(SWIFT) test --skip-build --filter 'HandoverTests|RunTests.TakeoverTests|HostSideTests.ReleaseCutTests|CutDeployTests'
	$(MAKE) upgrades

upgrades:
	$(SWIFT) build --build-tests
	BATON_UPGRADES=$(UPGRADES) BATON_PROOF=$(PROOF) $(SWIFT) test --skip-build --filter 'ConsecutiveUpgradeTests|CutDeployTests.*in.a.row'
	scripts/reliability $(PROOF)

mutants:
	$(SWIFT) build --build-tests
	@scripts/mutants

fuzz:
	$(SWIFT) build --build-tests
	BATON_FUZZ=$(FUZZ) $(SWIFT) test --skip-build --filter 'InventoryTests.FuzzTests|ClientConfigTests.FuzzTests|DocumentTests.TemplateFuzzTests|PlaybookTests.FuzzTests'

lint: setup-tests
	@scripts/lint

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

bench: build
	BATON=.build/release/baton Benchmarks/run

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 .build/release/baton $(DESTDIR)$(PREFIX)/bin/baton
	.build/release/baton manual > $(DESTDIR)$(PREFIX)/share/man/man1/baton.1
	.build/release/baton completions bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/baton
	.build/release/baton completions zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_baton
	.build/release/baton completions fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/baton.fish

clean:
	$(SWIFT) package clean

clean-hosts:
	@scripts/test-hosts clean
