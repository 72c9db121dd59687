/* Two flags and a reply for each request. */
#include "tests/powerloss/known.h"

#include <stdio.h>
#include <stdlib.h>

static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

struct known known_new(struct arena *arena, uint32_t count)
{
	return (struct known){
		.sent = need(arena_alloc(arena, count)),
		.acked = need(arena_alloc(arena, count)),
		.replies = need(arena_alloc(arena, count * sizeof(struct text))),
	};
}

struct known known_copy(struct arena *arena, const struct known *known, uint32_t count)
{
	struct known copy = known_new(arena, count);

	memcpy(copy.sent, known->sent, count);
	memcpy(copy.acked, known->acked, count);
	memcpy(copy.replies, known->replies, count * sizeof *copy.replies);
	return copy;
}

void known_learn(struct known *known, const struct record *record, uint32_t cut, const struct text *replies)
{
	for (uint32_t i = 0; i < cut; i++) {
		const struct entry *entry = &record->entries[i];

		if (entry->what != DEED_MARK)
			continue;
		if (entry->file == MARK_SENT) {
			known->sent[entry->at] = true;
		} else if (entry->file == MARK_ACKED) {
			known->acked[entry->at] = true;
			known->replies[entry->at] = replies[entry->at];
		}
	}
}

static void put_hex(FILE *out, const char *at, size_t size)
{
	for (size_t i = 0; i < size; i++)
		fprintf(out, "%02x", (unsigned char)at[i]);
}

int64_t known_write(const struct known *known, const struct shift *shift, uint32_t event, const char *path)
{
	FILE *out = need(fopen(path, "w"));
	int64_t acked = 0;

	for (uint32_t i = 0; i < shift->count; i++) {
		if (shift->all[i].event != event || !known->sent[i])
			continue;
		fputs("sent ", out);
		put_hex(out, shift->all[i].id, ID_SIZE);
		if (known->acked[i]) {
			acked++;
			fputs("\nacked ", out);
			put_hex(out, shift->all[i].id, ID_SIZE);
			fputc(' ', out);
			put_hex(out, known->replies[i].at, known->replies[i].size);
		}
		fputc('\n', out);
	}
	if (fclose(out) != 0)
		abort();
	return acked;
}
