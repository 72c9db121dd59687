/* Writes and reads the door's list; every block is a message of the table, so the usual decoder guards it. */
#include "clients/scanner/snapshot_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clients/scanner/digest.h"
#include "schema/little.h"
#include "schema/whole_file.h"

static const char magic[] = "HUDURSN1";

enum { MAGIC_SIZE = 8, BLOCK_HEAD = 5, CHUNK = 200, FILE_MAX = 256 << 20 };

static void block_put(FILE *out, char kind, struct text bytes)
{
	char head[BLOCK_HEAD] = {kind};

	little_put(head + 1, bytes.size, 4);
	fwrite(head, 1, sizeof head, out);
	fwrite(bytes.at, 1, bytes.size, out);
}

static void head_put(FILE *out, const struct snapshot *snapshot)
{
	char head[16 + SNAPSHOT_EVENT_MAX];
	uint32_t size = (uint32_t)strlen(snapshot->event);

	little_put(head, (uint64_t)snapshot->as_of, 8);
	little_put(head + 8, (uint64_t)snapshot->next, 8);
	memcpy(head + 16, snapshot->event, size);
	block_put(out, 'H', (struct text){head, 16 + size});
}

static enum error badges_put(FILE *out, const struct snapshot *snapshot, uint32_t from, uint32_t count)
{
	struct badge_line lines[CHUNK];
	struct badges_changed page = {.badges = {lines, count}, .next = snapshot->next, .after_ms = 0};
	struct arena arena = {0};
	struct text bytes;

	for (uint32_t i = 0; i < count; i++) {
		const struct known_badge *badge = &snapshot->badges[from + i];
		lines[i] = (struct badge_line){
			.badge = text_of(badge->code),
			.person = badge->person,
			.state = badge->state,
			.registration = badge->registration,
			.category = badge->category,
			.checked_in = badge->checked_in,
		};
	}
	enum error e = message_encode(&message_badges_changed, &page, &arena, &bytes);
	if (!e)
		block_put(out, 'B', bytes);
	arena_free(&arena);
	return e;
}

static enum error body_put(FILE *out, const struct snapshot *snapshot)
{
	fwrite(magic, 1, MAGIC_SIZE, out);
	head_put(out, snapshot);
	for (uint32_t i = 0; i < snapshot->plan.page_count; i++)
		block_put(out, 'P', snapshot->plan.pages[i]);
	for (uint32_t i = 0; i < snapshot->badge_count; i += CHUNK) {
		uint32_t left = snapshot->badge_count - i;
		enum error e = badges_put(out, snapshot, i, left < CHUNK ? left : CHUNK);
		if (e)
			return e;
	}
	return E_OK;
}

enum error snapshot_encode(const struct snapshot *snapshot, struct text *bytes)
{
	char *buffer = NULL, digest[8];
	size_t size = 0;
	FILE *out = open_memstream(&buffer, &size);

	if (!out)
		return E_NO_MEMORY;
	enum error e = body_put(out, snapshot);
	if (fflush(out) == 0 && !e) {
		little_put(digest, digest_of(buffer, size), sizeof digest);
		block_put(out, 'E', (struct text){digest, sizeof digest});
	}
	if (ferror(out) && !e)
		e = E_NO_MEMORY;
	if (fclose(out) != 0 && !e)
		e = E_NO_MEMORY;
	if (!e && size > FILE_MAX)
		e = E_TOO_LARGE;
	if (e)
		free(buffer);
	else
		*bytes = (struct text){buffer, (uint32_t)size};
	return e;
}

static enum error head_take(struct snapshot *snapshot, struct text block)
{
	if (block.size < 16)
		return E_MALFORMED;
	struct text event = {block.at + 16, block.size - 16};
	if (!text_equal(event, text_of(snapshot->event)))
		return E_OTHER_EVENT;
	snapshot->as_of = (int64_t)little_get(block.at, 8);
	snapshot->next = (int64_t)little_get(block.at + 8, 8);
	bool sane = snapshot->next >= 0 &&
		    (snapshot->as_of == ABSENT || (snapshot->as_of >= 0 && snapshot->as_of <= TIME_MAX));
	return sane ? E_OK : E_MALFORMED;
}

static enum error badges_take(struct snapshot *snapshot, struct text block)
{
	struct badges_changed page;
	struct arena arena = {0};
	int64_t next = snapshot->next;
	enum error e = message_decode(&message_badges_changed, block, &arena, &page, NULL);

	if (!e)
		e = snapshot_merge(snapshot, &page);
	snapshot->next = next;
	arena_free(&arena);
	return e;
}

/* One block at `*at`; moves on. The digest has been checked, so a bad block is a forged or newer one. */
static enum error block_take(struct snapshot *snapshot, struct plan *plan, struct text bytes, uint32_t *at)
{
	int64_t cursor;

	if (bytes.size - *at < BLOCK_HEAD)
		return E_MALFORMED;
	char kind = bytes.at[*at];
	uint32_t size = (uint32_t)little_get(bytes.at + *at + 1, 4);
	bool first = *at == MAGIC_SIZE;
	*at += BLOCK_HEAD;
	if (size > bytes.size - *at || first != (kind == 'H'))
		return E_MALFORMED;
	struct text block = {bytes.at + *at, size};
	*at += size;
	switch (kind) {
	case 'H': return head_take(snapshot, block);
	case 'P': return plan_add(plan, block, &cursor);
	case 'B': return badges_take(snapshot, block);
	default:  return E_MALFORMED;
	}
}

static enum error blocks_take(struct snapshot *snapshot, struct text bytes)
{
	struct plan plan = {0};
	uint32_t at = MAGIC_SIZE;
	enum error e = bytes.size > MAGIC_SIZE ? E_OK : E_MALFORMED;

	while (!e && at < bytes.size)
		e = block_take(snapshot, &plan, bytes, &at);
	if (!e && plan.page_count > 0)
		e = plan_finish(&plan);
	if (!e && plan.complete)
		snapshot_replan(snapshot, &plan);
	plan_free(&plan);
	return e;
}

static const char *broken(enum error e)
{
	switch (e) {
	case E_OTHER_EVENT: return "it is the list of another event";
	case E_NO_MEMORY:   return "memory is short";
	default:            return "it is damaged";
	}
}

enum error snapshot_decode(struct snapshot *snapshot, struct text bytes, const char **why)
{
	enum { TAIL = BLOCK_HEAD + 8 };

	*why = "it is not a door's list, or one of a newer version";
	if (bytes.size < MAGIC_SIZE || memcmp(bytes.at, magic, MAGIC_SIZE) != 0)
		return E_MALFORMED;
	*why = "it is cut off or damaged";
	if (bytes.size < MAGIC_SIZE + TAIL)
		return E_MALFORMED;
	struct text body = {bytes.at, bytes.size - TAIL};
	const char *tail = body.at + body.size;
	if (tail[0] != 'E' || little_get(tail + 1, 4) != 8 ||
	    little_get(tail + BLOCK_HEAD, 8) != digest_of(body.at, body.size))
		return E_MALFORMED;
	enum error e = blocks_take(snapshot, body);
	if (e) {
		char event[SNAPSHOT_EVENT_MAX + 1];
		memcpy(event, snapshot->event, sizeof event);
		snapshot_free(snapshot);
		memcpy(snapshot->event, event, sizeof event);
		*why = broken(e);
	}
	return e;
}

int snapshot_save(const struct snapshot *snapshot, const char *path)
{
	struct text bytes;

	if (snapshot_encode(snapshot, &bytes) != E_OK) {
		errno = ENOMEM;
		return -1;
	}
	int result = whole_file_write(path, &bytes, 1);
	free((char *)bytes.at);
	return result;
}

int snapshot_load(struct snapshot *snapshot, const char *path, const char **why)
{
	uint32_t size;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	char *bytes = whole_file_read(path, FILE_MAX, &size);
	if (!bytes) {
		*why = errno == EINVAL || errno == EFBIG ? "it is not a file of a door's list" : strerror(errno);
		return -1;
	}
	enum error e = snapshot_decode(snapshot, (struct text){bytes, size}, why);
	free(bytes);
	return e ? -1 : 1;
}
