/* Questions about a meeting, and what their answers must say. */
#ifndef HUDUR_TESTS_WORKERS_ASKING_H
#define HUDUR_TESTS_WORKERS_ASKING_H

#include "tests/workers/meeting.h"

/* The meeting of the test that runs, and the last report about it. */
extern struct meeting *m;
extern struct figures_report report;

int begin_meeting(void **state);
int end_meeting(void **state);

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_meeting, end_meeting)

/* By country, of all that counts, now; `session` may be NULL. */
struct figures_query query(enum qualifier qualifier, const char *session);
enum error ask_for(struct figures_query q);
/* The same where the answer must be one. */
const struct figures_report *ask(struct figures_query q);
/* Low and high persons of a qualifier in a session. */
void expect(enum qualifier qualifier, const char *session, int64_t low, int64_t high);
/* Low and high minutes of the only person who attended. */
void expect_minutes(const char *session, int64_t low, int64_t high);

/* Of the last report. */
const struct figure_row *row(const char *key);
int64_t unresolved(enum flag flag);

struct people_counted people(struct figures_query q);

/* A scan on day 1 that is admitted. */
void pass(struct text badge, const char *session, enum direction direction, int hour, int minute);
/* A. Sample of TR, with a badge. */
struct text one_delegate(void);

#endif
