# Hudur. `make help` lists the targets; output goes to build/ alone.
# V=1 shows the commands. Another compiler or sanitizers build into a folder of their own: make test CC=clang SAN=address,undefined

ifeq ($(origin CC),default)
CC := gcc
endif
empty   :=
comma   := ,
BUILD   ?= build$(if $(filter-out gcc,$(CC))$(SAN),/$(notdir $(CC))$(if $(SAN),-$(subst $(comma),-,$(SAN))))
OPT     ?= $(if $(SAN),-O1 -g -fno-omit-frame-pointer,-O2 -g)
PYTHON  := /usr/bin/python3
WARN    := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Wno-overlength-strings \
           $(if $(findstring clang,$(CC)),,-Wno-format-truncation) # snprintf is how sentences are cut
SANITIZE := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
COMPILE  = -std=c11 -D_GNU_SOURCE -I. -I$(BUILD)/gen -include schema/banned.h -fvisibility=hidden -fPIC \
           -pthread $(WARN) $(OPT) $(SANITIZE) $(PACKAGES_CFLAGS)
LINK     = $(SANITIZE) -pthread
Q       := $(if $(V),,@)
GOALS   := $(or $(MAKECMDGOALS),all)

ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

objects  = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
no_main  = $(filter-out %/main.c,$(1))
archives = $(patsubst %,$(BUILD)/lib/%.a,$(1))

PROGRAMS := broker worker serve admin desk scan report
dir_broker := broker
dir_worker := workers
dir_serve  := clients/serve
dir_admin  := clients/admin
dir_desk   := clients/desk
dir_scan   := clients/scanner
dir_report := clients/organiser
BINARIES := $(PROGRAMS:%=$(BUILD)/bin/hudur-%) $(BUILD)/bin/hudur $(BUILD)/bin/libhudur.so.0

all: $(BINARIES) ## build the programs and libhudur.so.0 into build/bin

# ---- packages: a bare Debian gets what is missing before anything else is looked at ----
$(BUILD)/packages/%: .ci/packages
	@mkdir -p $(@D)
	@.ci/packages $*
	@touch $@

goal     = $(if $(filter $(1),$(GOALS)),$(2))
WANTED_PACKAGES := build $(call goal,demo run,demo) $(call goal,lint,lint test) $(call goal,bench-peers,bench-peers) \
            $(call goal,test tested sanitized chaos chaos-mutants powerloss faults fuzz fuzzers $(BUILD)/tests/%,test)
$(BUILD)/packages.mk: $(patsubst %,$(BUILD)/packages/%,$(sort $(WANTED_PACKAGES)))
	@.ci/packages flags > $@.new && mv $@.new $@

ifneq ($(filter-out help clean,$(GOALS)),)
include $(BUILD)/packages.mk
endif

# ---- SQL as C: one row a file ----
define embed # $(1) macro, $(2) files
	@mkdir -p $(@D)
	@for q in $(2); do printf '$(1)(%s,\n' "$$(basename $$q .sql)"; \
	  sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n"/' $$q; echo ')'; done > $@
endef
QUERIES    := $(sort $(wildcard schema/sql/queries/*.sql))
MIGRATIONS := $(sort $(wildcard schema/sql/sqlite/*.sql))
GENERATED  := $(BUILD)/gen/queries.def $(BUILD)/gen/migrations.def
$(BUILD)/gen/queries.def: $(QUERIES) Makefile
	$(call embed,QUERY,$(QUERIES))
$(BUILD)/gen/migrations.def: $(MIGRATIONS) Makefile
	$(call embed,MIGRATION,$(MIGRATIONS))

# ---- objects and archives ----
$(BUILD)/obj/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	@echo "  $(CC) $<"
	$(Q)$(CC) $(COMPILE) $(if $(findstring /test_,$<),-include tests/harness.h) -MMD -MP -c $< -o $@

$(BUILD)/lib/schema.a: $(call objects,$(call no_main,$(wildcard schema/*.c)))
$(BUILD)/lib/broker.a: $(call objects,$(call no_main,$(wildcard broker/*.c)))
$(BUILD)/lib/workers.a: $(call objects,$(call no_main,$(wildcard workers/*.c)))
$(BUILD)/lib/clients.a: $(call objects,$(call no_main,$(wildcard clients/*/*.c)))
$(BUILD)/lib/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	@$(AR) qcs $@ $^

# ---- programs ----
.SECONDEXPANSION:
CLIENT := $(call objects,$(wildcard clients/lib/*.c clients/cli/*.c))
$(BUILD)/bin/hudur-%: $$(call objects,$$(wildcard $$(dir_$$*)/*.c)) \
		$$(if $$(findstring clients,$$(dir_$$*)),$(CLIENT)) $(BUILD)/lib/schema.a
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) $(LINK) -o $@ $^ $(PACKAGES_LIBS)

$(BUILD)/bin/hudur: $(call objects,$(wildcard clients/*.c)) $(BUILD)/lib/schema.a
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) $(LINK) -o $@ $^ $(PACKAGES_LIBS)

$(BUILD)/bin/libhudur.so.0: $(call objects,$(wildcard clients/lib/*.c)) $(BUILD)/lib/schema.a
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) $(LINK) -shared -Wl,-soname,$(@F) -Wl,--exclude-libs,ALL -o $@ $^ $(PACKAGES_LIBS)

# ---- tests: build/tests/DIR/test_NOUN from tests/DIR/test_NOUN.c, the other files of DIR, and what DIR is about ----
parts_schema  := schema
parts_broker  := broker schema
parts_workers := workers schema
parts_clients := clients schema
parts    = $(call archives,$(or $(parts_$(1)),broker workers clients schema))
helpers_doors := tests/workers/meeting.c # a door's rules beside the writer's
helpers_faults := $(patsubst %,tests/powerloss/%.c,calls record chance checker shift state_digest)
helpers  = $(call objects,$(call no_main,$(filter-out tests/$(1)/test_%,$(wildcard tests/$(1)/*.c) $(helpers_$(1)))))
test_dir = $(patsubst %/,%,$(dir $(1)))
$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $$(call helpers,$$(call test_dir,$$*)) $$(call parts,$$(call test_dir,$$*))
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) $(LINK) -o $@ $^ $(PACKAGES_LIBS) $(if $(findstring /test_,$@),-lcmocka)

# what the project's code allocates passes tests/faults/allocations.c; what it asks of the disk, calls.c
FAULTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/faults/test_*.c))
$(FAULTS): LINK += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup

CHAOS_CLIENT := $(BUILD)/tests/chaos/client

# T=workers/attendance or T=workers chooses
UNIT     := schema broker workers clients
WANTED   := $(if $(T),$(if $(findstring /,$(T)),tests/$(dir $(T))test_$(notdir $(T)),tests/$(T)/test_%),tests/%)
C_FILES  := $(filter $(addsuffix .c,$(WANTED)),$(wildcard tests/*/test_*.c))
PY_FILES := $(filter $(addsuffix .py,$(WANTED)),$(wildcard tests/*/test_*.py))
C_TESTS  := $(C_FILES:%.c=$(BUILD)/%)
tested: $(if $(filter tests/chaos/%,$(PY_FILES)),$(CHAOS_CLIENT)) $(if $(PY_FILES)$(filter-out $(UNIT:%=$(BUILD)/tests/%/%),$(C_TESTS)),all) $(C_TESTS)

# plain `make test` runs everything twice, as gcc builds it and as clang does with sanitizers; but once what starts no
# program of ours, what measures memory, what waits most of the time, and the long play of the demonstration
SANITIZED := $(if $(T)$(SAN)$(filter-out gcc,$(CC)),,build/clang-address-undefined)
ONCE     := $(patsubst %,tests/%,bench/% lint/% soak/% load/% network/% demo/test_sample.py demo/test_demo.py demo/test_recount.py \
            clients/test_serve.py chaos/test_mutants.py chaos/test_check.py)
AGAIN    := $(if $(SANITIZED),$(addprefix $(SANITIZED)/,$(C_FILES:%.c=%) $(filter-out $(ONCE),$(PY_FILES))))
sanitized:
	@+$(MAKE) --no-print-directory CC=clang SAN=address,undefined BUILD=$(SANITIZED) tested

test: tested $(if $(SANITIZED),sanitized) ## run every test; T=workers/dedupe CASE=conflict runs one
	@$(PYTHON) tests/run --case "$(CASE)" $(C_TESTS) $(PY_FILES:%=$(BUILD)/%) $(AGAIN)

# ---- what a person runs ----
demo: all ## play the Marrakech meeting through the real programs and print its figures
	@$(PYTHON) tests/demo/demo.py --bin $(BUILD)/bin

run: all ## leave the same meeting up on the default endpoint and say what to type elsewhere
	@$(PYTHON) tests/demo/demo.py --bin $(BUILD)/bin --stay

lint: $(GENERATED) ## clang-tidy, cppcheck, the include rules, banned functions, sizes
	@COMPILE='$(filter-out -Wno-format-truncation,$(COMPILE))' tests/lint/lint

powerloss: $(BUILD)/tests/powerloss/main ## cut the power off ROUNDS=200 times by SEED=1 and look at what is left
	@$(BUILD)/tests/powerloss/main "$(ROUNDS)" "$(SEED)" "$(FIRST)"

faults: $(FAULTS) ## fail each sync, write and allocation of a small scenario once
	@for test in $(FAULTS); do SWEEP=all $$test || exit 1; done

bench: all $(BUILD)/tests/bench/bench ## measure speed on this machine, print it, write build/bench.json; ROW=find_p99_ms measures one
	@$(BUILD)/tests/bench/bench $(BUILD) $(ROW)

bench-draw: ## draw build/bench.json as tests/bench/bench.svg
	@$(PYTHON) tests/bench/draw.py $(BUILD)/bench.json tests/bench/bench.svg

tested: $(if $(filter tests/bench/%,$(PY_FILES)),$(BUILD)/tests/bench/bench)
.PHONY: bench-draw

# ---- beside other servers ----
SCANS := $(BUILD)/tests/bench/peers/scans
parts_bench/peers := schema
helpers_bench/peers := $(patsubst %,tests/bench/%.c,batches crowd lines load sockets stand)
.PHONY: bench-peers
bench-peers: all $(SCANS) ## the same beside PostgreSQL and Redis, which it installs; see tests/bench/peers
	@$(PYTHON) -m tests.bench.peers --build $(BUILD)

# ---- kills and restarts ----
CYCLES  ?= 100
SEED    ?= 1
$(CHAOS_CLIENT): $(call objects,tests/chaos/client.c) $(BUILD)/bin/libhudur.so.0 # on the public library alone
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) $(LINK) -o $@ $^ -Wl,-rpath,$(abspath $(BUILD)/bin)

chaos: all $(CHAOS_CLIENT) ## kill and stop programs under load CYCLES=100 times by SEED=1, check after each
	@$(PYTHON) tests/chaos/chaos.py --bin $(BUILD)/bin --cycles $(CYCLES) --seed $(SEED)

chaos-mutants: all $(CHAOS_CLIENT) ## build the programs with one defect each; each must be caught, and by which test
	@$(PYTHON) tests/chaos/mutants.py --only "$(ONLY)"

# ---- load and soak, which tests/load and tests/soak run in short ----
tested: $(if $(filter tests/load/%,$(PY_FILES)),$(BUILD)/tests/load/overload) \
        $(if $(filter tests/soak/%,$(PY_FILES)),$(BUILD)/tests/soak/leak.so)
SECONDS := $(if $(filter command line,$(origin SECONDS)),$(SECONDS),60)
MINUTES ?= 30
.PHONY: load soak
parts_load := schema
$(BUILD)/tests/load/overload: $(call objects,$(patsubst %,tests/bench/%.c,crowd lines load sockets stand))
load: all $(BUILD)/tests/load/overload ## ask ten times as much as is good for SECONDS=60: the rate holds, nothing is dropped
	@$(BUILD)/tests/load/overload --seconds $(SECONDS) $(BUILD)

$(BUILD)/tests/soak/leak.so: $(call objects,tests/soak/leak.c)
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) $(LINK) -shared -o $@ $^ -ldl
soak: all $(BUILD)/tests/soak/leak.so ## watch memory and files under a steady load for MINUTES=30; LEAK=1 plants a leak
	@$(PYTHON) tests/soak/soak.py --bin $(BUILD)/bin --minutes $(MINUTES) $(if $(LEAK),--leak $(LEAK))

$(BUILD)/page: $(call objects,schema/page/main.c) $(BUILD)/lib/schema.a
	@echo "  link $@"
	$(Q)$(CC) $(LINK) -o $@ $^ $(PACKAGES_LIBS)

protocol: $(BUILD)/page ## print the reference part of schema/PROTOCOL.md anew from the tables
	@sed '/^<!-- reference:/q' schema/PROTOCOL.md > $(BUILD)/protocol.new && $(BUILD)/page >> $(BUILD)/protocol.new \
	  && mv $(BUILD)/protocol.new schema/PROTOCOL.md

FOR     ?= 60
FUZZERS := $(patsubst tests/fuzz/%.c,build/clang-fuzz/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(call archives,broker workers clients schema)
	@mkdir -p $(@D)
	@echo "  link $@"
	$(Q)$(CC) $(LINK) -fsanitize=fuzzer -o $@ $^ $(PACKAGES_LIBS)
fuzzers: $(FUZZERS)
fuzz: ## feed each fuzzer noise for FOR=60 seconds, under sanitizers
	@+$(MAKE) --no-print-directory CC=clang SAN=address,undefined,fuzzer-no-link BUILD=build/clang-fuzz fuzzers
	@for fuzzer in $(FUZZERS); do mkdir -p $$fuzzer.corpus; echo "  $$fuzzer $(FOR) s"; \
	  $$fuzzer -max_total_time=$(FOR) -verbosity=0 -artifact_prefix=build/ $$fuzzer.corpus >$$fuzzer.log 2>&1 \
	  || { cat $$fuzzer.log; exit 1; }; done; echo "fuzz: nothing found"

# ---- the seeded simulation: the cores' calls to the system, and defects for the test, are put in by the linker ----
WRAPPED := open close fsync flock pread pwrite stat fstat access opendir readdir closedir poll \
           driver_commit driver_begin idset_may_have counter_add \
           store_claim store_epoch service_requeue outbox_return distrust_is_noted
$(BUILD)/tests/simulate/%: LINK += $(WRAPPED:%=-Wl,--wrap=%)
SEEDS   ?= 1000
simulate: $(BUILD)/tests/simulate/main ## run the cores under SEEDS=1000 seeds from FIRST=1; SEED=7 TRACE=1 replays one
	@SEEDS=$(SEEDS) FIRST=$(FIRST) SEED=$(if $(filter command,$(firstword $(origin SEED))),$(SEED)) TRACE=$(TRACE) $<
.PHONY: simulate

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 15

clean: ## remove build/
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
.PHONY: all tested sanitized test demo run lint bench chaos chaos-mutants powerloss faults protocol fuzzers fuzz help clean
.PRECIOUS: $(BUILD)/obj/%.o $(BUILD)/tests/%
.DELETE_ON_ERROR:
