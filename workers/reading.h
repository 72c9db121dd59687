/* One question on its way through a reader: a snapshot of an event's file, and where the answer is made. */
#ifndef HUDUR_WORKERS_READING_H
#define HUDUR_WORKERS_READING_H

#include "workers/heard.h"
#include "workers/namebook.h"
#include "workers/state.h"

struct reading {
	struct driver *store; /* read-only, inside a snapshot */
	struct namebook *names; /* of this event, up to an earlier snapshot */
	struct arena *arena;  /* until the reply is sent */
	struct text event;    /* id */
	struct heard heard;   /* by the moment asked about, when it is past */
	int64_t now;          /* server clock, Unix ms */
	struct text detail;   /* set with an error: what it concerns */
};

/* read_find and so on: one for each READ operation. E_OK, or an error for the reply. */
#define READ_WRITE(op, request, result)
#define READ_WRAP(op, request, result)
#define READ_WRITER_READ(op, request, result)
#define READ_BROKER_READ(op, request, result)
#define READ_READ(op, request, result) \
	enum error read_##op(struct reading *reading, const struct request *in, struct result *out);
#define OPERATION(service, op, request, result, access, roles, sentence) READ_##access(op, request, result)
#include "schema/operations.def"
#undef READ_WRITE
#undef READ_WRAP
#undef READ_WRITER_READ
#undef READ_BROKER_READ
#undef READ_READ

#endif
