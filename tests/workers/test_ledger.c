/*
 * The ledger read from a row on: runs of scans are read by a query of their own, chunks of it by threads ahead, and nobody may
 * see where they begin.
 */
#include "tests/harness.h"
#include "workers/ahead.h"
#include "workers/heard.h"
#include "workers/store.h"

#include <sys/stat.h>
#include <unistd.h>

/* More than are ever read ahead at once. */
enum { TURNS = 8, TURN = 400, ROWS = TURNS * TURN };

struct book {
	char folder[64], path[96];
	struct driver *store;
	struct arena arena;
	struct fact facts[ROWS]; /* as stored; facts[i] is row i + 1 */
	struct heard heard;
	struct list devices;
	int64_t next, until;     /* the row that is to be told next, and the last that is wanted */
	bool replayed;           /* told by ledger_replay */
	int64_t hints;           /* of rows that come soon */
};

/* Lengths of runs: of scans, of others, of scans …; the last one goes on in the next turn. */
static const int runs[] = {3, 2, 31, 1, 32, 1, 33, 40, 100, 1, 1, 1, 64, 5, 30, 2, 53};

static struct fact row_of(struct book *book, int64_t seq, bool scan)
{
	struct fact fact;

	message_clear(&message_fact, &fact);
	fact.seq = seq;
	fact.op = scan ? TEXT("scan") : TEXT("register");
	fact.id = arena_printf(&book->arena, "%016d", (int)seq);
	fact.at = 1000000 + seq % 1000;
	fact.received = 1000007 + (seq < ROWS ? seq : ROWS);
	if (!scan) {
		fact.person = seq;
		fact.entity = TEXT("XA");
		fact.day = 2;
		fact.since = 12;
		fact.accredited = seq % 2;
		fact.category = category_delegate;
		return fact;
	}
	fact.device = seq % 9 ? TEXT("0123456789abcdef") : seq % 2 ? TEXT("0123456789abcdee") : TEXT("the third device");
	fact.number = seq;
	fact.clock_offset = seq % 3 ? -seq : ABSENT;
	fact.person = seq % 4 ? seq : ABSENT;
	fact.badge = arena_printf(&book->arena, "B%d", (int)seq);
	fact.session = TEXT("S1");
	fact.direction = seq % 2 ? direction_in : direction_out;
	fact.reason = seq % 5 ? (struct text){0} : TEXT("unknown_badge");
	fact.flag = seq % 6 ? flag_none : flag_conflict;
	fact.room = seq % 7 ? (struct text){0} : TEXT("R1");
	fact.corrects = seq % 8 ? ABSENT : seq - 1;
	return fact;
}

static int64_t write_turn(struct book *book, int64_t seq)
{
	for (size_t r = 0; r < sizeof runs / sizeof *runs; r++)
		for (int i = 0; i < runs[r]; i++) {
			struct fact *fact = &book->facts[seq++];

			*fact = row_of(book, seq, r % 2 == 0);
			assert_int_equal(r % 2 ? ledger_append(book->store, fact)
					       : ledger_append_scans(book->store, fact, 1), E_OK);
		}
	return seq;
}

static void write_book(struct book *book)
{
	int64_t seq = 0;

	assert_int_equal(driver_begin(book->store), E_OK);
	for (int turn = 0; turn < TURNS; turn++)
		seq = write_turn(book, seq);
	assert_int_equal(seq, ROWS);
	assert_int_equal(driver_commit(book->store), E_OK);
}

static int setup(void **state)
{
	const char *temporary = getenv("TMPDIR");
	struct book *book = calloc(1, sizeof *book);

	if (!book)
		return -1;
	*state = book;
	snprintf(book->folder, sizeof book->folder, "%.40s/ledger-XXXXXX", temporary ? temporary : "/tmp");
	if (!mkdtemp(book->folder))
		return -1;
	snprintf(book->path, sizeof book->path, "%s/x.hudur", book->folder);
	if (driver_open(book->path, DRIVER_WRITE, &book->store))
		return -1;
	write_book(book);
	book->until = ROWS;
	return 0;
}

static int teardown(void **state)
{
	static const char *const endings[] = {"", "-wal", "-shm"};
	struct book *book = *state;

	driver_free(book->store);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		char path[112];

		snprintf(path, sizeof path, "%s%s", book->path, endings[i]);
		unlink(path);
	}
	rmdir(book->folder);
	arena_free(&book->arena);
	free(book);
	return 0;
}

/* Of a scan, also of one that is told with all it has. */
static struct fact as_replayed(const struct fact *fact)
{
	struct fact scan = *fact;

	if (text_is(fact->op, "scan")) {
		scan.flag = flag_none;
		scan.room = (struct text){0};
	}
	return scan;
}

static enum error take_row(void *context, const void *row)
{
	struct book *book = context;
	const struct fact *stored = &book->facts[book->next - 1];
	const struct fact told = book->replayed ? as_replayed(row) : *(const struct fact *)row;
	const struct fact expected = book->replayed ? as_replayed(stored) : *stored;
	const struct field *field = record_difference(&message_fact, &told, &expected);

	if (field)
		fail_msg("row %d: %s is another", (int)book->next, field->name);
	return book->next++ == book->until ? E_CONFLICT : E_OK;
}

static void every_row_is_told_as_it_was_stored(void **state)
{
	struct book *book = *state;

	book->until = ROWS + 1;
	for (int64_t since = 0; since <= TURN; since++) {
		book->next = since + 1;
		assert_int_equal(ledger_since(book->store, since, take_row, book), E_OK);
		assert_int_equal(book->next, ROWS + 1);
	}
}

static void who_has_enough_gets_no_more(void **state)
{
	struct book *book = *state;

	for (book->until = 1; book->until <= TURN; book->until++) {
		book->next = 1;
		assert_int_equal(ledger_since(book->store, 0, take_row, book), E_CONFLICT);
		assert_int_equal(book->next, book->until + 1);
	}
}

static enum error hear_row(void *context, const void *row)
{
	struct book *book = context;

	return heard_note(&book->heard, row, &book->arena);
}

static enum error is_heard(void *context, const void *row)
{
	struct book *book = context;
	const struct device_row *heard = LIST_AT(book->devices, device_row, book->next);
	const struct field *field;

	assert_in_range(book->next, 0, (int64_t)book->devices.count - 1);
	field = record_difference(&message_device_row, row, heard);
	if (field)
		fail_msg("device %d: %s is another", (int)book->next, field->name);
	book->next++;
	return E_OK;
}

static void devices_are_heard_as_sql_hears_them(void **state)
{
	struct book *book = *state;

	assert_int_equal(ledger_replay(book->store, 0, hear_row, book), E_OK);
	assert_int_equal(heard_list(&book->heard, &book->arena, &book->devices), E_OK);
	assert_int_equal(device_until(book->store, ROWS, is_heard, book), E_OK);
	assert_int_equal(book->next, 3);
	assert_int_equal(book->devices.count, 3);
	assert_null(heard_find(&book->heard, TEXT("a fourth device!")));
}

/* ---- by threads ---- */

static void row_comes_soon(void *context, const void *row)
{
	struct book *book = context;
	const struct fact *fact = row;

	book->hints++;
	assert_int_equal(fact->seq, book->next + AHEAD_SOON);
	assert_true(text_equal(fact->id, book->facts[fact->seq - 1].id));
}

static enum error read_ahead(struct book *book, const char *path)
{
	book->next = 1;
	book->replayed = true;
	return ahead_all(book->store, path, row_comes_soon, take_row, book);
}

static void threads_tell_the_same_in_the_same_order(void **state)
{
	struct book *book = *state;

	book->until = ROWS + 1;
	assert_int_equal(read_ahead(book, book->path), E_OK);
	assert_int_equal(book->next, ROWS + 1);
	assert_in_range(book->hints, ROWS / 2, ROWS);
}

static void threads_end_when_no_more_is_wanted(void **state)
{
	struct book *book = *state;

	for (book->until = 1; book->until <= ROWS; book->until += 97) {
		assert_int_equal(read_ahead(book, book->path), E_CONFLICT);
		assert_int_equal(book->next, book->until + 1);
	}
}

static void what_threads_cannot_open_is_read_without_them(void **state)
{
	struct book *book = *state;

	book->until = ROWS + 1;
	assert_int_equal(read_ahead(book, "/nowhere/x.hudur"), E_OK);
	assert_int_equal(book->next, ROWS + 1);
}

/* A copy of the file with a page of the ledger spoilt: the threads have it, the store does not. */
static void spoil(const char *from, const char *to)
{
	static char bytes[4 << 20];
	FILE *file = fopen(from, "rb");
	size_t size, last = 0;

	assert_non_null(file);
	size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	for (size_t at = 4096; at < size; at += 4096) /* a leaf of a table begins with 13: https://www.sqlite.org/fileformat.html */
		if (bytes[at] == 13 && memmem(bytes + at, 4096, "B2000", 5))
			last = at;
	assert_int_not_equal(last, 0);
	memset(bytes + last, 0x55, 4096);
	file = fopen(to, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void what_threads_cannot_read_is_read_without_them(void **state)
{
	struct book *book = *state;
	char spoilt[112], path[128];

	assert_int_equal(driver_checkpoint(book->store), E_OK);
	snprintf(spoilt, sizeof spoilt, "%s/y.hudur", book->folder);
	spoil(book->path, spoilt);
	book->until = ROWS + 1;
	assert_int_equal(read_ahead(book, spoilt), E_OK);
	assert_int_equal(book->next, ROWS + 1);
	for (int i = 0; i < 3; i++) {
		static const char *const endings[] = {"", "-wal", "-shm"};

		snprintf(path, sizeof path, "%s%s", spoilt, endings[i]);
		unlink(path);
	}
}

static enum error count_row(void *context, const void *row)
{
	(void)row;
	++*(int64_t *)context;
	return E_OK;
}

static void nothing_soon(void *context, const void *row)
{
	(void)context;
	(void)row;
}

static int64_t rows_with(struct book *book, int64_t seq)
{
	const struct fact fact = row_of(book, seq, true);
	int64_t rows = 0;

	assert_int_equal(ledger_append(book->store, &fact), E_OK);
	assert_int_equal(ahead_all(book->store, book->path, nothing_soon, count_row, &rows), E_OK);
	return rows;
}

/* No writer leaves any; a file may hold anything. */
static void a_gap_in_the_ledger_is_passed_over(void **state)
{
	struct book *book = *state;

	assert_int_equal(rows_with(book, ROWS + 100000), ROWS + 1);
	assert_int_equal(rows_with(book, INT64_C(1) << 33), ROWS + 2);
	assert_int_equal(rows_with(book, INT64_MAX), ROWS + 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_row_is_told_as_it_was_stored),
		CASE(who_has_enough_gets_no_more),
		CASE(devices_are_heard_as_sql_hears_them),
		CASE(threads_tell_the_same_in_the_same_order),
		CASE(threads_end_when_no_more_is_wanted),
		CASE(what_threads_cannot_open_is_read_without_them),
		CASE(what_threads_cannot_read_is_read_without_them),
		CASE(a_gap_in_the_ledger_is_passed_over),
	};

	return RUN_TESTS(tests);
}
