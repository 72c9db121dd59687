/* A JSON file that somebody wrote by hand: reads values out of it and remembers the first thing
 * that is wrong. */
#ifndef HUDUR_CLIENTS_SOURCE_H
#define HUDUR_CLIENTS_SOURCE_H

#include <jansson.h>

#include "schema/message.h"

struct source {
	const char *path;
	struct arena *arena; /* texts and records live there */
	json_t *root;        /* an object */
	bool wrong;
	char complaint[512]; /* "FILE: session D1-04: start: a time such as ..." */
};

/* Zero-initialise. False with a complaint: file, line, what is wrong there. Close in any case. */
bool source_open(struct source *source, const char *path, struct arena *arena);
void source_close(struct source *source);

/* Only the first stands. Returns false. */
bool source_blame(struct source *source, const char *where, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The value of `key` in an object; missing and null are absent (NULL, ABSENT, false). A value of
 * another type is blamed. `where` names the object for the complaint.
 */
struct text source_text(struct source *source, const json_t *object, const char *where,
			const char *key);
int64_t source_number(struct source *source, const json_t *object, const char *where,
		      const char *key);
bool source_bool(struct source *source, const json_t *object, const char *where, const char *key);
const json_t *source_object(struct source *source, const json_t *object, const char *where,
			    const char *key);
const json_t *source_list(struct source *source, const json_t *object, const char *where,
			  const char *key);

/* Blames what does not fit the record's table; false then. */
bool source_check(struct source *source, const char *where, const struct message *message,
		  const void *record);

/* Room for `count` records behind those of the list, cleared: the first of them, or NULL with
 * blame. */
void *source_grow(struct source *source, struct list *list, const struct message *message,
		  size_t count);

#endif
