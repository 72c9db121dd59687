/* The pure writer over a folder of its own, and a reader beside it: the test is broker, clock and clients. */
#ifndef HUDUR_TESTS_WORKERS_OFFICE_H
#define HUDUR_TESTS_WORKERS_OFFICE_H

#include "workers/reader.h"
#include "workers/intake.h"
#include "workers/store.h"
#include "workers/writer.h"

/* 29 February 2024, 10:00 in UTC: the event's first day, with sessions an hour before and two after. */
#define OFFICE_NOW INT64_C(1709200800000)

struct office_answer {
	const void *origin;
	struct reply reply;
	struct text map; /* as sent; `reply` has views into it */
	struct office_answer *next;
};

struct office {
	char folder[80];
	struct writer *writer;
	struct intake intake; /* taken and not yet flushed */
	struct reader *reader;
	struct arena arena; /* maps and answers */
	struct office_answer *answers;
	int64_t now, seq;
	int64_t reserve; /* of the writer that office_restart opens */
	char device, log[1024];
	int told;         /* how often an event was to be offered */
	bool deaf;        /* and nobody could hear it */
	const char *role; /* who asks: "administrator" at first */
};

/* cmocka's setup and teardown: *state is the office, event "e1" is loaded and open. */
int office_setup(void **state);
int office_teardown(void **state);
#define OFFICE_CASE(name) cmocka_unit_test_setup_teardown(name, office_setup, office_teardown)

/* Another event, loaded and open. Nobody is to come to it. */
void office_load(struct office *office, const char *event);

/* The process died, and another one opens the folder. */
void office_restart(struct office *office);

struct office_request {
	const char *service; /* full name */
	struct text id, map;
};

/*
 * A request with an id of its own, the next number and the office's time. Fields are JSON without the braces, with '
 * for ": "'badge': '%s'". Fails the test when they are not the operation's.
 */
struct office_request office_request(struct office *office, const char *service, const char *op,
				     const char *fields, ...) __attribute__((format(printf, 4, 5)));

/* Takes it into the batch that is gathering; the answer carries `origin`. */
void office_take(struct office *office, const void *origin, const struct office_request *request);

/* Into an intake of the test's own. */
void office_take_into(struct office *office, struct intake *intake, const void *origin,
		      const struct office_request *request);

/* Flushes; false when the writer must end. Answers then stand in office->answers, newest first. */
bool office_flush(struct office *office);

/* Takes down the answers that the writer has made in an intake of the test's own, and empties it. */
void office_hand_out(struct office *office, struct intake *intake);

/* The answer to what was taken from `origin`; fails the test when there is none. */
struct office_answer office_answer_to(struct office *office, const void *origin);

/* Takes, flushes, and gives the answer. */
struct office_answer office_ask(struct office *office, const struct office_request *request);

/* The same for one made on the way, that must end so: "ok", or a reason. */
struct office_answer office_do(struct office *office, const char *ends, const char *service, const char *op,
			       const char *fields, ...) __attribute__((format(printf, 5, 6)));

/* A reader's answer to it. */
struct office_answer office_read(struct office *office, const struct office_request *request);

/* Reads the result's fields of an answer into `result`; fails the test when it has none. */
void office_result(struct office *office, const struct office_answer *answer, const struct message *message,
		   void *result);

/* "ok", or the reason. */
const char *office_ending(struct office *office, const struct office_answer *answer);

/* A person who is accredited and checked in; `badge` gets the code. Returns the number. */
int64_t office_admit(struct office *office, const char *name, char badge[16]);

/* Rows of the ledger of e1, or of another event, by a connection of its own. */
int64_t office_ledger(const struct office *office);
int64_t office_ledger_of(const struct office *office, const char *event);

/* The writer's memory of the person. */
const struct person *office_person(const struct office *office, int64_t number);

#endif
