# Hudur. `make help` lists the targets; output goes to build/ alone.
CC      ?= gcc
BUILD   ?= build
PKG     := libzmq msgpack sqlite3 libsodium libutf8proc jansson icu-uc icu-i18n
WARN    := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
OPT     ?= -O2 -g
CFLAGS_ := -std=c11 -D_GNU_SOURCE -I. -I$(BUILD)/gen -fvisibility=hidden -fPIC -pthread -MMD -MP $(WARN) $(OPT) $(SAN) \
           $(shell pkg-config --cflags $(PKG))
LIBS    := $(SAN) -pthread $(shell pkg-config --libs $(PKG))

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard $(1)))
SCHEMA  := $(call objects,schema/*.c)
CLIENT  := $(call objects,clients/lib/*.c clients/cli/*.c)
PROGRAMS := broker worker serve admin desk scan report
dir_broker := broker
dir_worker := workers
dir_serve  := clients/serve
dir_admin  := clients/admin
dir_desk   := clients/desk
dir_scan   := clients/scanner
dir_report := clients/organiser

all: $(PROGRAMS:%=$(BUILD)/bin/hudur-%) $(BUILD)/bin/hudur

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_) -c $< -o $@

$(BUILD)/gen/queries.def: $(wildcard schema/sql/queries/*.sql) Makefile
	@mkdir -p $(@D)
	@for q in schema/sql/queries/*.sql; do \
	  printf 'QUERY(%s,\n' "$$(basename $$q .sql)"; sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$$/\\n"/' $$q; echo ')'; done > $@

.SECONDEXPANSION:
$(BUILD)/bin/hudur-%: $$(call objects,$$(dir_$$*)/*.c) $(SCHEMA) $$(if $$(findstring clients,$$(dir_$$*)),$(CLIENT))
	@mkdir -p $(@D)
	$(CC) -o $@ $^ $(LIBS)

$(BUILD)/bin/hudur: $(call objects,clients/*.c) $(SCHEMA)
	@mkdir -p $(@D)
	$(CC) -o $@ $^ $(LIBS)

# a unit test links everything but the mains: tests/DIR/test_NAME.c
NOT_MAIN := $(filter-out %/main.o,$(call objects,schema/*.c broker/*.c workers/*.c clients/*/*.c))
$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(NOT_MAIN)
	@mkdir -p $(@D)
	$(CC) -o $@ $^ $(LIBS) -lcmocka

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
.PHONY: all clean
.SECONDARY:
