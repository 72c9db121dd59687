/*
 * libFuzzer over every message: what is decoded passes the check, and encodes into bytes that decode into the same.
 * clang -fsanitize=fuzzer,address,undefined; the first byte chooses the message.
 */
#include <stdlib.h>

#include "schema/message.h"
#include "schema/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static const struct message *choose(uint8_t byte)
{
	size_t count = 0;

	while (messages[count])
		count++;
	return messages[byte % count];
}

/* The same record, whatever bytes it came from, has one encoding. */
static void go_round(const struct message *message, const void *record, struct arena *arena)
{
	void *again = arena_alloc(arena, message->size);
	struct text first, second, joined;
	struct complaint complaint;
	enum error e;

	demand(again && message_check(message, record, NULL) == E_OK);
	e = message_encode(message, record, arena, &first);
	if (e == E_TOO_LARGE)
		return;
	demand(e == E_OK && pack_is_bounded(first));
	demand(message_decode(message, first, arena, again, &complaint) == E_OK);
	demand(message_encode(message, again, arena, &second) == E_OK && text_equal(first, second));
	demand(message_join(first, TEXT("\x80"), arena, &joined) == E_OK && text_equal(first, joined));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena arena;
	const struct message *message;
	struct complaint complaint;
	struct text bytes;
	void *record;

	if (!size || size > UINT32_MAX)
		return 0;
	message = choose(data[0]);
	bytes = (struct text){(const char *)data + 1, (uint32_t)size - 1};
	record = arena_alloc(&arena, message->size);
	demand(record != NULL);
	if (message_decode(message, bytes, &arena, record, &complaint) == E_OK) {
		demand(pack_is_bounded(bytes));
		go_round(message, record, &arena);
	}
	arena_reset(&arena);
	return 0;
}
