/* A ring of chunks of the ledger between the threads that read and the one that takes. */
#include "workers/ahead.h"

#include <pthread.h>
#include <stdlib.h>

#include "workers/store.h"

/* A chunk is so many sequences: it costs nothing beside them to begin one, and seldom wakes a thread. */
enum { CHUNK = 2048, CHUNKS = 4, READERS = 2 };

/* The rows of ledger sequences number * CHUNK + 1 to (number + 1) * CHUNK. */
struct chunk {
	struct fact rows[CHUNK];
	uint32_t count;
	int64_t until;
	struct arena texts;
	bool read; /* and not yet taken; under the lock */
};

struct reader_ahead {
	struct ahead *ahead;
	struct driver *store;
	pthread_t thread;
	int64_t number; /* of the chunk that it reads */
	bool runs;
};

struct ahead {
	pthread_mutex_t lock;
	pthread_cond_t moved;  /* something under the lock */
	int64_t taken;         /* chunks, under the lock */
	bool over;             /* no more is wanted, or can be read; under the lock */
	int64_t count;         /* chunks in all */
	struct reader_ahead readers[READERS];
	struct chunk chunks[CHUNKS]; /* by number, round and round */
};

static struct chunk *chunk_of(struct ahead *ahead, int64_t number)
{
	return &ahead->chunks[number % CHUNKS];
}

/* ---- the threads that read ---- */

/* NULL when it is all over. */
static struct chunk *wait_for_room(struct ahead *ahead, int64_t number)
{
	bool over;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->over && number >= ahead->taken + CHUNKS)
		pthread_cond_wait(&ahead->moved, &ahead->lock);
	over = ahead->over;
	pthread_mutex_unlock(&ahead->lock);
	return over ? NULL : chunk_of(ahead, number);
}

static void tell(struct ahead *ahead, bool *what)
{
	pthread_mutex_lock(&ahead->lock);
	*what = true;
	pthread_cond_broadcast(&ahead->moved);
	pthread_mutex_unlock(&ahead->lock);
}

/* Not an error: the row is of the next chunk. */
enum { STOP = E_COUNT };

static enum error keep_row(void *context, const void *row)
{
	struct chunk *chunk = context;
	struct fact *kept = &chunk->rows[chunk->count];

	if (((const struct fact *)row)->seq > chunk->until)
		return (enum error)STOP;
	chunk->count++;
	*kept = *(const struct fact *)row;
	return record_own(&message_fact, kept, &chunk->texts);
}

static bool read_chunk(struct driver *store, int64_t number, struct chunk *chunk)
{
	enum error e;

	chunk->count = 0;
	chunk->until = (number + 1) * CHUNK;
	arena_reset(&chunk->texts);
	e = ledger_replay(store, number * CHUNK, keep_row, chunk);
	return !e || e == (enum error)STOP;
}

static void *read_ahead(void *context)
{
	struct reader_ahead *reader = context;
	struct ahead *ahead = reader->ahead;
	struct chunk *chunk;

	for (; reader->number < ahead->count; reader->number += READERS) {
		if (!(chunk = wait_for_room(ahead, reader->number)))
			break;
		tell(ahead, read_chunk(reader->store, reader->number, chunk) ? &chunk->read : &ahead->over);
	}
	return NULL;
}

/* ---- the caller's ---- */

/* NULL when it is all over. */
static const struct chunk *wait_for_chunk(struct ahead *ahead, int64_t number)
{
	struct chunk *chunk = chunk_of(ahead, number);
	bool read;

	pthread_mutex_lock(&ahead->lock);
	while (!ahead->over && !chunk->read)
		pthread_cond_wait(&ahead->moved, &ahead->lock);
	read = chunk->read;
	pthread_mutex_unlock(&ahead->lock);
	return read ? chunk : NULL;
}

static void give_back(struct ahead *ahead, int64_t number)
{
	pthread_mutex_lock(&ahead->lock);
	chunk_of(ahead, number)->read = false;
	ahead->taken++;
	pthread_cond_broadcast(&ahead->moved);
	pthread_mutex_unlock(&ahead->lock);
}

static enum error take_chunks(struct ahead *ahead, soon_fn *soon, row_fn *each, void *context, int64_t *last)
{
	const struct chunk *chunk;
	enum error e = E_OK;

	for (int64_t number = 0; !e && number < ahead->count && (chunk = wait_for_chunk(ahead, number)); number++) {
		for (uint32_t i = 0; !e && i < chunk->count; i++) {
			if (i + AHEAD_SOON < chunk->count)
				soon(context, &chunk->rows[i + AHEAD_SOON]);
			*last = chunk->rows[i].seq;
			e = each(context, &chunk->rows[i]);
		}
		give_back(ahead, number);
	}
	return e;
}

static bool start(struct ahead *ahead, int number, const char *path)
{
	struct reader_ahead *reader = &ahead->readers[number];

	reader->ahead = ahead;
	reader->number = number;
	/* the C library keeps for good what a thread of its own once needed */
	reader->runs = driver_open(path, DRIVER_READ, &reader->store) == E_OK &&
		       driver_keep_little(reader->store) == E_OK && driver_begin(reader->store) == E_OK &&
		       pthread_create(&reader->thread, NULL, read_ahead, reader) == 0;
	return reader->runs;
}

static void end(struct ahead *ahead)
{
	tell(ahead, &ahead->over);
	for (int i = 0; i < READERS; i++) {
		if (ahead->readers[i].runs)
			pthread_join(ahead->readers[i].thread, NULL);
		driver_free(ahead->readers[i].store);
	}
	for (int i = 0; i < CHUNKS; i++)
		arena_free(&ahead->chunks[i].texts);
	pthread_cond_destroy(&ahead->moved);
	pthread_mutex_destroy(&ahead->lock);
}

enum error ahead_all(struct driver *store, const char *path, soon_fn *soon, row_fn *each, void *context)
{
	struct ahead *ahead = calloc(1, sizeof *ahead);
	bool started = ahead != NULL;
	int64_t end_of_ledger = 0, last = 0;
	enum error e = ledger_last(store, &end_of_ledger);

	if (ahead && !e) {
		pthread_mutex_init(&ahead->lock, NULL);
		pthread_cond_init(&ahead->moved, NULL);
		/* no sequence of a passage goes beyond 32 bits; a damaged file may say anything */
		ahead->count = end_of_ledger < UINT32_MAX ? (end_of_ledger + CHUNK - 1) / CHUNK : 0;
		for (int i = 0; started && i < READERS; i++)
			started = start(ahead, i, path);
		if (started)
			e = take_chunks(ahead, soon, each, context, &last);
		end(ahead);
	}
	free(ahead);
	return e ? e : ledger_replay(store, last, each, context);
}
