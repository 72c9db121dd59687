/* The requests of one event that become durable together. */
#ifndef HUDUR_WORKERS_BATCH_H
#define HUDUR_WORKERS_BATCH_H

#include "workers/attempt.h"
#include "workers/event.h"
#include "workers/projection.h"
#include "workers/tail.h"

/* One request, read and checked, and what is to be answered. Bytes live in the intake's arena. */
struct incoming {
	struct text id, map;
	struct text digest;      /* of the map's bytes */
	struct caller caller;
	struct text owner;       /* id of the event it is for */
	const struct operation *operation; /* NULL: refused before it came here */
	struct request request;  /* views into map */
	void *fields;            /* of operation->request */
	int64_t received;
	struct text reply;       /* when it was refused without being stored */
	bool answered;           /* else, by batch_decide: its reply is `head` with `result` */
	struct reply head;
	struct text result;
	struct incoming *next;   /* for the same event */
};

/* BLAKE2b of a map's bytes: what makes two requests of one id the same. */
enum { DIGEST_SIZE = 16 };

enum { DEVICE_BUCKETS = 64 };

/* What a device has sent in this batch. */
struct device_tally {
	struct device_row row;
	struct device_tally *next;
};

/*
 * A batch is decided, in memory, and then stored, in one transaction. Scans that are new are decided without the file,
 * so another thread may meanwhile store the batch before; anything else asks for the file first.
 */
struct batch {
	struct event *event;
	struct arena *arena;
	void (*random)(void *bytes, size_t size);
	int64_t now;
	bool (*ask_file)(void *context); /* before the file is first used to decide; false: the decisions are void */
	void *context;

	bool begun;     /* the transaction is: something of the file was needed to decide */
	int64_t before; /* the latest time at which anything of the batches before was received; ABSENT */
	struct tail tail;
	struct projection projection;
	struct device_tally *devices[DEVICE_BUCKETS];
	uint32_t device_count;
};

/* Answers requests of one event, and changes its state. On an error undo the batch. */
enum error batch_decide(struct batch *batch, struct incoming *first, uint32_t count);

/* Stores what was decided. On an error nothing is stored: undo the batch. Looks at neither the state nor the requests, but at their bytes. */
enum error batch_store(struct batch *batch);

/* Of a batch that is not stored: no reply is set, and the state will be made again from the file. */
void batch_undo(struct batch *batch, struct incoming *first, uint32_t count);

/* The server's clock as it can be told and stored: one that was set wildly wrong stops at the limits of a TIME. */
int64_t batch_time(int64_t now);

/*
 * A reply that says no: nothing was stored. `detail` may be absent, and may come from outside (a path, the system's
 * words): it is cut to what a reply can hold. Absent only when memory is out.
 */
struct text batch_refusal(struct arena *arena, enum error error, struct text detail, int64_t now);

/* The reply's bytes, made when the batch is durable. Absent when there is none, or memory is out. */
struct text batch_reply(struct arena *arena, const struct incoming *in);

#endif
