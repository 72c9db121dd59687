/* A list of codes and how many of them are used, kept in one sealed file. */
#include "clients/desk/stock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Lines: the event, how many are used, and the codes. */
static int write_down(const struct stock *stock)
{
	char *buffer = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&buffer, &size);

	if (!out)
		return -1;
	fprintf(out, "%s\n%u\n", stock->event, stock->used);
	for (uint32_t i = 0; i < stock->count; i++)
		fprintf(out, "%s\n", stock->codes[i]);
	int result = ferror(out) ? -1 : 0;
	if (fclose(out) != 0)
		result = -1;
	if (result == 0)
		result = vault_write(&stock->vault, (struct text){buffer, (uint32_t)size});
	free(buffer);
	return result;
}

static struct text line_take(struct text *rest)
{
	const char *end = rest->size ? memchr(rest->at, '\n', rest->size) : NULL;
	struct text line = {rest->at, end ? (uint32_t)(end - rest->at) : rest->size};

	*rest = end ? (struct text){end + 1, rest->size - line.size - 1} : (struct text){rest->at, 0};
	return line;
}

static bool add(struct stock *stock, struct text code)
{
	char read[BADGE_SIZE + 1];

	if (stock->count == STOCK_MAX || badge_read(text_of(stock->event), code, read) != E_OK)
		return false;
	for (uint32_t i = 0; i < stock->count; i++)
		if (strcmp(stock->codes[i], read) == 0)
			return false;
	memcpy(stock->codes[stock->count++], read, sizeof read);
	return true;
}

static bool parse(struct stock *stock, struct text rest, const char **why)
{
	*why = "it is the stock of another event";
	if (!text_is(line_take(&rest), stock->event))
		return false;
	struct text used = line_take(&rest);
	for (uint32_t i = 0; i < used.size; i++)
		stock->used = stock->used * 10 + (uint32_t)(used.at[i] - '0');
	while (rest.size > 0)
		add(stock, line_take(&rest));
	*why = "it is damaged";
	return stock->used <= stock->count;
}

int stock_load(struct stock *stock, const char **why)
{
	struct text bytes;
	int result = vault_read(&stock->vault, &bytes, why);

	stock->count = stock->used = 0;
	if (result != 1)
		return result;
	if (!parse(stock, bytes, why)) {
		stock->count = stock->used = 0;
		result = -1;
	}
	free((char *)bytes.at);
	return result;
}

/* What was given away long ago makes room. */
static void make_room(struct stock *stock, uint32_t more)
{
	if (stock->count + more <= STOCK_MAX)
		return;
	memmove(stock->codes, stock->codes + stock->used, (stock->count - stock->used) * sizeof *stock->codes);
	stock->count -= stock->used;
	stock->used = 0;
}

int stock_add(struct stock *stock, const struct blanks *blanks)
{
	make_room(stock, blanks->badges.count);
	for (uint32_t i = 0; i < blanks->badges.count; i++)
		add(stock, LIST_AT(blanks->badges, blank, i)->badge);
	return write_down(stock);
}

uint32_t stock_left(const struct stock *stock)
{
	return stock->count - stock->used;
}

bool stock_has(const struct stock *stock, const char *code)
{
	for (uint32_t i = stock->used; i < stock->count; i++)
		if (strcmp(stock->codes[i], code) == 0)
			return true;
	return false;
}

const char *stock_take(struct stock *stock)
{
	errno = 0;
	if (stock->used == stock->count)
		return NULL;
	stock->used++;
	if (write_down(stock) != 0) {
		if (errno == 0)
			errno = EIO;
		return NULL; /* taken all the same: the disk may have it so */
	}
	return stock->codes[stock->used - 1];
}
