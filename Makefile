# tw - what happened in a channel's streams
#
#   make             build the tools               build/plain/
#   make check       run all tests
#   make lint        format, static checks, floors, pages, scripts
#   make bench       measure throughput against floors and peers
#   make fuzz        fuzz every parser for FUZZ_S seconds each (clang)
#   make torture     every fault at every step, then the soak (tests/torture)
#   make soak        an evening of many faults, SOAK_S seconds of it
#   make cover       run all tests, print line coverage
#   make screenshots the pictures of the README, from an invented site
#   make golden      rewrite the expected outputs of the command tests
#   make install     into $(DESTDIR)$(PREFIX)
#   make uninstall   the other way round
#   make clean
#
# SAN=1 builds with ASan and UBSan (build/san), COV=1 with coverage (build/cov),
# WERROR=1 makes warnings errors. PREFIX, DESTDIR, CC and CFLAGS are yours.

VERSION = 0.1.0
PREFIX  = /usr/local
CC      = cc
CFLAGS  = -O3 -g

# What each tool links, beside our own library.
LIBS_tw-chat   = curl
LIBS_tw-poll   = curl jansson
LIBS_tw-parse  = pcre2 jansson zstd zlib
LIBS_tw-agg    = jansson zstd zlib $(MONGO)
LIBS_tw-report = jansson zstd zlib math $(MONGO)
LIBS_tw-load   = jansson zstd zlib $(MONGO)

TOOLS = tw-chat tw-poll tw-parse tw-agg tw-report $(if $(MONGO),tw-load)

# The scripts that run them; tw-common.sh is shared by most.
OPS = tw-crontab tw-etl tw-live tw-site tw-status tw-tidy tw-track tw-watch \
      tw-weekly

# MongoDB: what of libmongoc there is, 2.x or 1.x. WITHOUT_MONGO=1 builds what
# goes without.
MONGO     := $(if $(WITHOUT_MONGO),,mongo)
MONGO_PKG := $(if $(MONGO),$(shell for p in mongoc2 libmongoc-1.0; do \
	     pkg-config --exists $$p && echo $$p && break; done))
MONGO_SRC := $(wildcard lib/remote/mongo*.c) lib/remote/lease.c \
	     lib/remote/loader.c lib/remote/pushdown.c lib/remote/rows.c
MONGO_INC := $(if $(MONGO_PKG),$(patsubst -I%,-isystem %,\
	     $(shell pkg-config --cflags $(MONGO_PKG))))

MODE := $(if $(SAN),san,$(if $(COV),cov,plain))
B    := build/$(MODE)

link_pcre2   = -lpcre2-8
link_jansson = -ljansson
link_zstd    = -lzstd
link_zlib    = -lz
link_math    = -lm
link_curl    = -lcurl
link_mongo   = $(shell pkg-config --libs $(MONGO_PKG))

MODE_san = -fsanitize=address,undefined -fno-sanitize-recover=all \
	   -fno-omit-frame-pointer
MODE_cov = --coverage -O0

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
       -Wpointer-arith -Wwrite-strings -Wvla -Wundef \
       $(if $(WERROR),-Werror)
ALL_CFLAGS = -std=c11 -D_DEFAULT_SOURCE -DTW_VERSION='"$(VERSION)"' -Ilib \
	     $(WARN) $(if $(MONGO),,-DTW_WITHOUT_MONGO) $(CFLAGS) \
	     $(MODE_$(MODE))

LIB_SRC  := $(filter-out $(if $(MONGO),,$(MONGO_SRC)),\
	    $(sort $(wildcard lib/*/*.c)))
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
TOOL_BIN := $(TOOLS:%=$(B)/%)

all: $(TOOL_BIN)

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
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ \
	    $(foreach l,$(LIBS_tw-$*),$(link_$(l)))

# Tests

UNIT     := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/test_*.c))
FUZZ     := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAY   := $(FUZZ:%=$(B)/tests/fuzz/%)
LIB_LIBS := $(foreach l,pcre2 jansson zstd zlib math curl,$(link_$(l)))

$(UNIT): $(B)/%: $(B)/%.o $(B)/libtw.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

# The fuzz targets with a main of our own, which replays a corpus.
$(REPLAY): $(B)/%: $(B)/%.o $(B)/tests/fuzz/replay.o $(B)/libtw.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

$(B)/tests/gen: $(B)/tests/gen.o $(B)/libtw.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^

# The servers that the command tests talk to.
FAKE := $(B)/tests/fake/irc $(B)/tests/fake/ledger

$(FAKE): $(B)/%: $(B)/%.o $(B)/libtw.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -lssl -lcrypto

$(B)/tests/fake/full.so: tests/fake/full.c
	@mkdir -p $(@D)
	$(CC) -D_GNU_SOURCE $(WARN) -fPIC -shared -o $@ $< -ldl

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
# scripts run tools that others run under the sanitizers.
LONG := $(patsubst %,tests/cli/%.t,tw-ops tw-poll tw-chat-load tw-load \
	tw-chat-faults tw-ops-kill tw-ops-watch tw-mongo torture project)
CLI  := $(filter-out $(if $(SAN),tests/cli/tw-ops%),\
	$(LONG) $(filter-out $(LONG),$(wildcard tests/cli/*.t)))

check: all $(UNIT) $(REPLAY) $(FAKE) $(B)/tests/fake/full.so $(B)/tests/gen \
    $(TORTURE)
	$(PROVE) -e '' $(UNIT)
	@for f in $(FUZZ); do echo "replay $$f" && \
	    $(B)/tests/fuzz/$$f tests/fuzz/corpus/$${f#fuzz_} || exit 1; done
	TW_BIN=$(CURDIR)/$(B) TW_MODE=$(MODE) TW_MAKE='B=$(B) CC="$(CC)" CFLAGS="$(CFLAGS)" \
	    $(if $(SAN),SAN=1) $(if $(COV),COV=1) $(if $(WERROR),WERROR=1)' \
	    $(PROVE) -j 5 -e sh $(CLI)

golden: all
	for t in tests/cli/*.t; do \
	    TW_GOLDEN=1 TW_BIN=$(CURDIR)/$(B) sh $$t >/dev/null; done
	git diff --stat tests/cli/data

-include $(UNIT:=.d) $(FAKE:=.d) $(REPLAY:=.d) $(LIB_OBJ:.o=.d) $(TOOLS:%=$(B)/cmd/%.d) $(SHARED:%.c=$(B)/%.d)

# Faults: minutes and minutes of them.

TORTURE_PARTS = alloc calls fds kill clock
SOAK_S = 1200
TORTURE_ENV = TW_BIN=$(CURDIR)/$(B) TW_MODE=$(MODE)

torture: all $(FAKE) $(B)/tests/fake/full.so $(TORTURE)
	$(TORTURE_ENV) python3 tests/torture/torture.py $(TORTURE_PARTS)
	$(MAKE) soak

soak: all $(FAKE) $(B)/tests/fake/full.so $(TORTURE)
	$(TORTURE_ENV) python3 tests/torture/soak.py $(SOAK_S)

# Fuzzing: each target for FUZZ_S seconds, from its corpus and back into it.

FUZZ_S = 30

fuzz:
	@for f in $(FUZZ); do $(MAKE) -s build/fuzz/$$f && \
	    mkdir -p build/fuzz/corpus/$$f && \
	    build/fuzz/$$f -max_total_time=$(FUZZ_S) -print_final_stats=0 \
	    build/fuzz/corpus/$$f tests/fuzz/corpus/$${f#fuzz_} || exit 1; done

build/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(filter-out $(MONGO_SRC),$(LIB_SRC))
	@mkdir -p $(@D)
	clang -g -O1 -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all -std=c11 -D_DEFAULT_SOURCE -Ilib \
	    -DTW_VERSION='"fuzz"' -o $@ $^ $(LIB_LIBS)

cover:
	$(MAKE) COV=1 CFLAGS=-g check
	@cd build/cov && find lib -name '*.gcda' | while read -r f; do \
	    gcov -n "$$f" 2>/dev/null | grep -A1 "^File 'lib/" | paste -sd' ' -; \
	    done | sed "s/File '\([^']*\)' *Lines executed:\([0-9.]*\)%.*/\2% \1/" \
	    | sort -n

# Static checks.

C_FILES := $(wildcard cmd/*.[ch] lib/*/*.[ch] tests/*.[ch] tests/*/*.[ch])
SCRIPTS := scripts/setup scripts/demo scripts/check scripts/bench \
	   scripts/bench-mongo scripts/mongod scripts/check-floors \
	   scripts/check-usage scripts/check-examples scripts/check-site \
	   scripts/screenshots tests/fake/certs

lint:
	clang-format --dry-run -Werror $(C_FILES)
	printf '%s\0' $(wildcard lib/*/*.c cmd/*.c) | xargs -0 -n 4 -P 2 \
	    sh -c 'clang-tidy --quiet "$$@" -- -std=c11 -D_DEFAULT_SOURCE \
	    "-DTW_VERSION=\"\"" -Ilib $(MONGO_INC) 2>/dev/null' tidy
	cppcheck --quiet --error-exitcode=1 --std=c11 \
	    --enable=warning,portability --inline-suppr -Ilib \
	    --suppress=missingIncludeSystem --suppress=ctuuninitvar lib cmd
	for h in lib/*/*.h; do $(CC) -std=c11 -D_DEFAULT_SOURCE -Ilib \
	    -fsyntax-only -x c $$h || exit 1; done
	scripts/check-floors
	scripts/check-usage
	mandoc -Tlint -Wwarning $(wildcard man/*.[157])
	shellcheck $(SCRIPTS)
	shellcheck -x scripts/tw-common.sh $(OPS:%=scripts/%)
	shellcheck -x -P tests/cli tests/cli/*.t

bench: all $(B)/tests/gen $(B)/tests/bench/floor \
    $(if $(MONGO),$(B)/tests/bench/insert)
	scripts/bench $(B)
	$(if $(MONGO),scripts/bench-mongo $(B))

$(B)/tests/bench/floor: $(B)/tests/bench/floor.o $(B)/libtw.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS)

$(B)/tests/bench/insert: $(B)/tests/bench/insert.o $(B)/libtw.a
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIB_LIBS) $(link_mongo)

screenshots: all $(B)/tests/gen
	scripts/screenshots $(B)

# Installing

BINDIR  = $(DESTDIR)$(PREFIX)/bin
MANDIR  = $(DESTDIR)$(PREFIX)/share/man
BASHDIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSHDIR  = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
OPSDIR  = $(DESTDIR)$(PREFIX)/share/tw

install: all
	mkdir -p $(BINDIR) $(MANDIR)/man1 $(MANDIR)/man5 $(MANDIR)/man7 \
	    $(BASHDIR) $(ZSHDIR) $(OPSDIR)/systemd
	install -m 755 $(TOOL_BIN) $(OPS:%=scripts/%) $(BINDIR)/
	for t in $(TOOLS) $(OPS); do \
	    install -m 644 man/$$t.1 $(MANDIR)/man1/ && \
	    install -m 644 scripts/completion/tw.bash $(BASHDIR)/$$t; done
	install -m 644 scripts/tw-common.sh scripts/tw.conf scripts/tw-alerts.yml \
	    $(OPSDIR)/
	for u in scripts/systemd/*; do sed 's|@BINDIR@|$(PREFIX)/bin|' $$u \
	    >$(OPSDIR)/systemd/$${u##*/} || exit 1; done
	install -m 644 man/*.5 $(MANDIR)/man5/
	install -m 644 man/*.7 $(MANDIR)/man7/
	install -m 644 scripts/completion/_tw $(ZSHDIR)/

uninstall:
	rm -rf $(OPSDIR)
	for t in $(TOOLS) $(OPS); do rm -f $(BINDIR)/$$t $(BASHDIR)/$$t \
	    $(MANDIR)/man1/$$t.1; done
	cd man && for p in *.5; do rm -f $(MANDIR)/man5/$$p; done
	cd man && for p in *.7; do rm -f $(MANDIR)/man7/$$p; done
	rm -f $(ZSHDIR)/_tw

clean:
	rm -rf build

FORCE:

.PHONY: all bench check clean cover fuzz golden install lint screenshots \
	soak torture uninstall FORCE
