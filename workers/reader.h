/* Answers questions: opens event files read-only, one snapshot a question, and never waits for the writer. */
#ifndef HUDUR_WORKERS_READER_H
#define HUDUR_WORKERS_READER_H

#include "schema/mdp.h"
#include "workers/reading.h"

struct reader;

/* NULL when memory is out. `folder` must outlive it. */
struct reader *reader_new(const char *folder);
void reader_free(struct reader *reader);

/* Has it called every millisecond or so while a question is worked at. */
void reader_meanwhile(struct reader *reader, void (*meanwhile)(void *context), void *context);

/* The reply's map; valid until the next call. Absent only when memory is out. */
struct text reader_answer(struct reader *reader, struct text address, struct text map, int64_t now);

#endif
