# tw - what happened in a channel's streams
#
#   make             build the tools               build/plain/
#   make pgo         the same, laid out by what they did in a rehearsal (gcc)
#   make check       run all tests
#   make lint        format, static checks, floors, pages, scripts
#   make bench       measure throughput against floors and peers
#   make fuzz        fuzz every parser for FUZZ_S seconds each (clang)
#   make torture     every fault at every step, then the soak (tests/torture)
#   make soak        an evening of many faults, SOAK_S seconds of it
#   make cover       run all tests; line coverage, which has a floor
#   make screenshots the pictures of the README, from an invented site
#   make golden      rewrite the expected outputs of the command tests
#   make install     into $(DESTDIR)$(PREFIX)
#   make uninstall   the other way round
#   make clean
#
# SAN=1 builds with ASan and UBSan (build/san), COV=1 with coverage (build/cov),
# PGO=1 takes what make pgo built (build/pgo), WERROR=1 makes warnings errors.
# PREFIX, DESTDIR, CC, CFLAGS and LDFLAGS are yours; HARDEN= and HARDEN_LD= leave the
# hardening to them.

VERSION = 0.1.0
PREFIX  = /usr/local
CC      = cc
CFLAGS  = -O3 -g

# What each tool links, beside our own library.
LIBS_tw-chat   = curl
LIBS_tw-poll   = curl jansson
LIBS_tw-parse  = pcre2 jansson zstd zlib nettle
LIBS_tw-agg    = jansson zstd zlib $(MONGO)
LIBS_tw-report = jansson zstd zlib math $(MONGO)
LIBS_tw-load   = jansson zstd zlib $(MONGO)

TOOLS = tw-chat tw-poll tw-parse tw-agg tw-report $(if $(MONGO),tw-load)

# The scripts that run them; tw-common.sh is shared by most.
OPS = tw-crontab tw-etl tw-forget tw-live tw-site tw-status tw-tidy tw-track \
      tw-watch tw-weekly

# MongoDB: what of libmongoc there is, 2.x or 1.x. WITHOUT_MONGO=1 builds what
# goes without.
MONGO     := $(if $(WITHOUT_MONGO),,mongo)
MONGO_PKG := $(if $(MONGO),$(shell for p in mongoc2 libmongoc-1.0; do \
	     pkg-config --exists $$p && echo $$p && break; done))
MONGO_SRC := $(wildcard lib/remote/mongo*.c) lib/remote/lease.c \
	     lib/remote/collections.c lib/remote/loader.c \
	     lib/remote/pushdown.c lib/remote/rows.c
MONGO_INC := $(if $(MONGO_PKG),$(patsubst -I%,-isystem %,\
	     $(shell pkg-config --cflags $(MONGO_PKG))))

MODE := $(if $(SAN),san,$(if $(COV),cov,$(if $(FUZZING),fuzz,$(if $(PGO),pgo,plain))))
B    := build/$(MODE)

link_pcre2   = -lpcre2-8
link_jansson = -ljansson
link_zstd    = -lzstd
link_zlib    = -lz
link_math    = -lm
link_nettle  = -lnettle
link_curl    = -lcurl
link_mongo   = $(shell pkg-config --libs $(MONGO_PKG))

# The sanitizers check the same at -O1, and that compiles in half the time.
MODE_san = -O1 -fsanitize=address,undefined -fno-sanitize-recover=all \
	   -fno-omit-frame-pointer
MODE_cov = --coverage -O0 -DTW_COVERAGE

# Hardening, before CFLAGS and LDFLAGS, which have the last word. What the compiler
# or the machine may not know is asked for. _FORTIFY_SOURCE wants optimisation
# and does not go with the sanitizers; 3 would need gcc 12, and there is hardly
# an object here whose size it would know and 2 does not.
knows    = $(shell $(CC) -Werror $(1) -x c -c -o /dev/null /dev/null \
	   2>/dev/null && echo $(1))
optimise = $(filter-out -O0,$(lastword $(filter -O%,$(CFLAGS) $(MODE_$(MODE)))))
HARDEN  := -fPIE -fstack-protector-strong \
	   $(call knows,-fstack-clash-protection) $(call knows,-fcf-protection) \
	   $(if $(SAN)$(FUZZING)$(findstring _FORTIFY_SOURCE,$(CFLAGS)),,$(if $(optimise),\
	   -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))
HARDEN_LD = -pie -Wl,-z,relro,-z,now,-z,noexecstack

# The tools are optimised across files, 5 % of tw-parse and tw-agg; the many tests
# link the same objects as they stand.
MODE_plain := $(call knows,-flto=auto -ffat-lto-objects)
$(B)/tests/%.o: private MODE_plain =

# Profile-guided: build/pgo is built twice. Its first tools count what they do, and
# may write that down where the others may not write anything (TW_COVERAGE). What no
# rehearsal reaches, such as what needs a server, is compiled as ever.
REHEARSAL := $(filter rehearsal,$(PGO))
MODE_pgo := $(MODE_plain) $(if $(REHEARSAL),-fprofile-generate,\
	    -fprofile-use -fprofile-partial-training -Wno-missing-profile)
$(B)/tests/%.o: private MODE_pgo =
$(B)/lib/base/confine.o: private MODE_pgo = $(MODE_plain) $(if $(REHEARSAL),-DTW_COVERAGE)

# For libFuzzer, see "fuzz"; the sanitizers as above. BARE=1 goes without: then the
# shortcuts are taken that read more than they may look at (READS_ARE_CHECKED).
MODE_fuzz = -fsanitize=fuzzer-no-link $(if $(BARE),,$(MODE_san))

WARN = -Wall -Wextra -Wformat-security -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
       -Wpointer-arith -Wwrite-strings -Wvla -Wundef \
       $(if $(WERROR),-Werror)
ALL_CFLAGS = -std=c11 -D_DEFAULT_SOURCE -DTW_VERSION='"$(VERSION)"' -Ilib \
	     $(WARN) $(if $(MONGO),,-DTW_WITHOUT_MONGO) $(HARDEN) $(CFLAGS) \
	     $(MODE_$(MODE))
LINK = $(CC) $(ALL_CFLAGS) $(HARDEN_LD) $(LDFLAGS)
LINK_TEST = $(LINK) $(if $(filter -flto%,$(MODE_$(MODE))),-fno-lto)

LIB_SRC  := $(filter-out $(if $(MONGO),,$(MONGO_SRC)),\
	    $(sort $(wildcard lib/*/*.c)))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
TOOL_BIN := $(TOOLS:%=$(B)/%)

all: $(TOOL_BIN)

pgo:
	$(if $(call knows,-fprofile-partial-training),,$(error make pgo wants gcc))
	rm -rf build/pgo
	$(MAKE) PGO=rehearsal all build/pgo/tests/gen
	scripts/rehearse build/pgo
	$(MAKE) PGO=1 all

ifneq ($(if $(REHEARSAL),,$(PGO)),)
ifeq ($(wildcard build/pgo/lib/*/*.gcda),)
$(error there is no profile in build/pgo: make pgo)
endif
endif

# Objects depend on the flags, so that a change of them is a change.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' >$@

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/lib/remote/mongo.o: private ALL_CFLAGS += $(MONGO_INC)

$(B)/libtw.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

# What the mains share, each its part of it.
SHARED := $(filter-out cmd/tw-%,$(wildcard cmd/*.c))

$(B)/libcmd.a: $(SHARED:%.c=$(B)/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

$(TOOL_BIN): $(B)/tw-%: $(B)/cmd/tw-%.o $(B)/libcmd.a $(B)/libtw.a
	$(LINK) -o $@ $^ \
	    $(foreach l,$(LIBS_tw-$*),$(link_$(l)))

# Tests

UNIT     := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
FUZZ     := $(filter-out $(if $(MONGO),,fuzz_uri fuzz_libbson),\
	    $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c)))
REPLAY   := $(FUZZ:%=$(B)/tests/fuzz/%)
LIB_LIBS := $(foreach l,pcre2 jansson zstd zlib math curl nettle,$(link_$(l)))

$(UNIT): $(B)/%: $(B)/%.o $(B)/libtw.a
	$(LINK_TEST) -o $@ $^ $(LIB_LIBS)

# The fuzz targets with a main of our own, which replays a corpus, or with that
# of libFuzzer. Some have a part of the library themselves, such as the clock.
$(REPLAY): $(B)/%: $(B)/%.o \
    $(if $(FUZZING),,$(B)/tests/fuzz/replay.o) $(B)/libcmd.a $(B)/libtw.a
	$(LINK_TEST) $(if $(FUZZING),-fsanitize=fuzzer) \
	    -o $@ $^ $(LIB_LIBS) $(link_$(@F))

link_fuzz_uri     = $(link_mongo)
link_fuzz_libbson = $(link_mongo)

$(B)/tests/fuzz/fuzz_libbson.o: private ALL_CFLAGS += $(MONGO_INC)

$(B)/tests/gen: $(B)/tests/gen.o $(B)/libtw.a
	$(LINK_TEST) -o $@ $^

# The servers that the command tests talk to.
FAKE := $(B)/tests/fake/irc $(B)/tests/fake/ledger

$(FAKE): $(B)/%: $(B)/%.o $(B)/libtw.a
	$(LINK_TEST) -o $@ $^ -lssl -lcrypto

# What is loaded before the C library.
PRELOAD := $(B)/tests/fake/full.so $(B)/tests/fake/breakout.so

$(PRELOAD): $(B)/%.so: %.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(WARN) -fPIC -shared -o $@ $< -ldl

# What make bench runs beside the tools.
BENCH := $(B)/tests/gen $(B)/tests/bench/floor $(B)/tests/bench/spend \
	 $(if $(MONGO),$(B)/tests/bench/insert)

$(B)/tests/torture/%.so: tests/torture/%.c
	@mkdir -p $(@D)
	$(CC) $(WARN) -fPIC -shared -o $@ $< -ldl

$(B)/tests/torture/fault: tests/torture/fault.c
	@mkdir -p $(@D)
	$(CC) $(WARN) -O1 -o $@ $<

TORTURE := $(B)/tests/torture/alloc.so $(B)/tests/torture/clock.so \
	   $(B)/tests/torture/fault

PROVE = prove $(if $(V),-v)

# The command tests, the longest first: most of their time they wait. Those of the
# scripts and of the pages run tools that others run under the sanitizers, where there
# is nothing to measure, either.
LONG := $(patsubst %,tests/cli/%.t,tw-load tw-load-faults tw-ops tw-ops-kill \
	tw-chat-load tw-poll tw-mongo tw-chat-faults tw-forget tw-ops-watch \
	torture project)
CLI  := $(filter-out $(if $(SAN),tests/cli/tw-ops% tests/cli/tw-forget.t \
	tests/cli/project.t tests/cli/bench.t),\
	$(LONG) $(filter-out $(LONG),$(wildcard tests/cli/*.t)))

check: all $(UNIT) $(REPLAY) $(FAKE) $(PRELOAD) $(BENCH) $(TORTURE)
	$(PROVE) -j 2 -e '' $(UNIT)
	@for f in $(FUZZ); do echo "replay $$f" && \
	    $(B)/tests/fuzz/$$f tests/fuzz/corpus/$${f#fuzz_} || exit 1; done
	TW_BIN=$(CURDIR)/$(B) TW_MODE=$(MODE) TW_MAKE='B=$(B) CC="$(CC)" CFLAGS="$(CFLAGS)" \
	    $(if $(SAN),SAN=1) $(if $(COV),COV=1) $(if $(PGO),PGO=1) $(if $(WERROR),WERROR=1)' \
	    $(PROVE) --timer -j 5 -e sh $(CLI)

golden: all
	for t in tests/cli/*.t; do \
	    TW_GOLDEN=1 TW_BIN=$(CURDIR)/$(B) sh $$t >/dev/null; done
	git diff --stat tests/cli/data

-include $(UNIT:=.d) $(FAKE:=.d) $(REPLAY:=.d) $(LIB_OBJ:.o=.d) $(TOOLS:%=$(B)/cmd/%.d) $(SHARED:%.c=$(B)/%.d)

# Faults: minutes and minutes of them.

TORTURE_PARTS = alloc calls fds kill clock
SOAK_S = 1200
TORTURE_ENV = TW_BIN=$(CURDIR)/$(B) TW_MODE=$(MODE)

torture: all $(FAKE) $(PRELOAD) $(TORTURE)
	$(TORTURE_ENV) python3 tests/torture/torture.py $(TORTURE_PARTS)
	$(MAKE) soak

soak: all $(FAKE) $(PRELOAD) $(TORTURE)
	$(TORTURE_ENV) python3 tests/torture/soak.py $(SOAK_S)

# Fuzzing: each target for FUZZ_S seconds, from its corpus and back into it.

FUZZ_S     = 30
FUZZ_FLAGS = -rss_limit_mb=1024 -timeout=10

fuzz:
	$(MAKE) -s FUZZING=1 CC=clang CFLAGS='-O1 -g' fuzz-build
	@for f in $(FUZZ); do n=$${f#fuzz_} d=tests/fuzz/$$n.dict && \
	    mkdir -p build/fuzz/corpus/$$n && \
	    build/fuzz/tests/fuzz/$$f -max_total_time=$(FUZZ_S) $(FUZZ_FLAGS) \
	    $$(test -e $$d && echo -dict=$$d) \
	    build/fuzz/corpus/$$n tests/fuzz/corpus/$$n || exit 1; done

fuzz-build: $(REPLAY)

cover:
	@find build/cov -name '*.gcda' -delete 2>/dev/null; true
	$(MAKE) COV=1 CFLAGS=-g check
	scripts/cover build/cov

# Static checks.

C_FILES := $(wildcard cmd/*.[ch] lib/*/*.[ch] tests/*.[ch] tests/*/*.[ch])
SCRIPTS := scripts/setup scripts/demo scripts/check scripts/bench \
	   scripts/bench-peers scripts/mongod scripts/check-floors \
	   scripts/check-usage scripts/cover scripts/check-examples scripts/check-site \
	   scripts/screenshots scripts/rehearse tests/fake/certs

# How much of each function the analyzer of clang-tidy walks through: its own default
# is 225000, which takes three times as long and has found nothing more.
TIDY_NODES = 60000

lint:
	clang-format --dry-run -Werror $(C_FILES)
	printf '%s\0' $(wildcard lib/*/*.c cmd/*.c) | xargs -0 -n 4 -P 2 \
	    sh -c 'clang-tidy --quiet "$$@" -- -std=c11 -D_DEFAULT_SOURCE \
	    "-DTW_VERSION=\"\"" -Ilib $(MONGO_INC) -Xclang -analyzer-config \
	    -Xclang max-nodes=$(TIDY_NODES) 2>/dev/null' tidy
	cppcheck --quiet --error-exitcode=1 --std=c11 \
	    --enable=warning,portability --inline-suppr -Ilib \
	    --suppress=missingIncludeSystem --suppress=ctuuninitvar lib cmd
	for h in lib/*/*.h; do $(CC) -std=c11 -D_DEFAULT_SOURCE -Ilib \
	    -fsyntax-only -x c $$h || exit 1; done
	scripts/check-floors
	scripts/check-usage
	mandoc -Tlint -Wwarning $(wildcard man/*.[157])
	shellcheck -x $(SCRIPTS) tests/bench/peers/*.sh
	shellcheck -x scripts/tw-common.sh $(OPS:%=scripts/%)
	shellcheck -x -P tests/cli tests/cli/*.t

bench: all $(BENCH) $(FAKE)
	$(if $(BENCH_SMALL),,scripts/bench-peers)
	scripts/bench $(B)

$(B)/tests/bench/spend: $(B)/tests/bench/spend.o
	$(LINK_TEST) -o $@ $^

$(B)/tests/bench/floor: $(B)/tests/bench/floor.o $(B)/libtw.a
	$(LINK_TEST) -o $@ $^ $(LIB_LIBS)

$(B)/tests/bench/insert: $(B)/tests/bench/insert.o $(B)/libtw.a
	$(LINK_TEST) -o $@ $^ $(LIB_LIBS) $(link_mongo)

screenshots: all $(B)/tests/gen
	scripts/screenshots $(B)

# Installing

BINDIR  = '$(DESTDIR)$(PREFIX)/bin'
MANDIR  = '$(DESTDIR)$(PREFIX)/share/man'
BASHDIR = '$(DESTDIR)$(PREFIX)/share/bash-completion/completions'
ZSHDIR  = '$(DESTDIR)$(PREFIX)/share/zsh/site-functions'
OPSDIR  = '$(DESTDIR)$(PREFIX)/share/tw'
OPSFILES = tw-common.sh tw.conf tw-alerts.yml

install: all
	mkdir -p $(BINDIR) $(MANDIR)/man1 $(MANDIR)/man5 $(MANDIR)/man7 \
	    $(BASHDIR) $(ZSHDIR) $(OPSDIR)/systemd
	install -m 755 $(TOOL_BIN) $(OPS:%=scripts/%) $(BINDIR)/
	for t in $(TOOLS) $(OPS); do \
	    install -m 644 man/$$t.1 $(MANDIR)/man1/ && \
	    install -m 644 scripts/completion/tw.bash $(BASHDIR)/$$t; done
	install -m 644 $(OPSFILES:%=scripts/%) $(OPSDIR)/
	for u in scripts/systemd/*; do sed 's|@BINDIR@|$(PREFIX)/bin|' $$u \
	    >$(OPSDIR)/systemd/$${u##*/} || exit 1; done
	install -m 644 man/*.5 $(MANDIR)/man5/
	install -m 644 man/*.7 $(MANDIR)/man7/
	install -m 644 scripts/completion/_tw $(ZSHDIR)/

# With PREFIX=$HOME/.local OPSDIR is TW_DATA, too: nothing of it goes but what install
# has put there.
uninstall:
	cd scripts && for f in $(OPSFILES) systemd/*; do \
	    rm -f $(OPSDIR)/$$f; done
	rmdir $(OPSDIR)/systemd $(OPSDIR) 2>/dev/null || :
	for t in $(TOOLS) $(OPS); do rm -f $(BINDIR)/$$t $(BASHDIR)/$$t \
	    $(MANDIR)/man1/$$t.1; done
	cd man && for p in *.5; do rm -f $(MANDIR)/man5/$$p; done
	cd man && for p in *.7; do rm -f $(MANDIR)/man7/$$p; done
	rm -f $(ZSHDIR)/_tw

clean:
	rm -rf build

FORCE:

.PHONY: all bench check clean cover fuzz fuzz-build golden install lint pgo \
	screenshots soak torture uninstall FORCE
