/* The sealed files of a desk, and its stock: no blank is given twice, whatever becomes of the process or the disk. */
#include "clients/desk/stock.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

struct shelf {
	struct folder folder;
	struct stock stock;
};

static void codes_make(char codes[3][BADGE_SIZE + 1])
{
	for (unsigned char i = 0; i < 3; i++)
		badge_make(TEXT("e1"), (unsigned char[8]){[7] = i}, codes[i]);
}

static void open_stock(struct shelf *shelf, struct stock *stock, const char *secret)
{
	*stock = (struct stock){.vault = {.what = "stock"}, .event = "e1"};
	if (secret)
		stock->vault.seal = seal_new(text_of(secret));
	folder_file(&shelf->folder, "stock", stock->vault.path, sizeof stock->vault.path);
}

static void add_three(struct stock *stock, char codes[3][BADGE_SIZE + 1])
{
	struct blank rows[3];
	struct blanks blanks = {.badges = {rows, 3}};

	codes_make(codes);
	for (int i = 0; i < 3; i++)
		rows[i].badge = text_of(codes[i]);
	assert_int_equal(stock_add(stock, &blanks), 0);
	assert_int_equal(stock_add(stock, &blanks), 0); /* the same again adds nothing */
	assert_int_equal(stock_left(stock), 3);
}

static int make(void **state)
{
	struct shelf *shelf = calloc(1, sizeof *shelf);

	assert_non_null(shelf);
	folder_make(&shelf->folder);
	open_stock(shelf, &shelf->stock, "sunflower");
	*state = shelf;
	return 0;
}

static int unmake(void **state)
{
	struct shelf *shelf = *state;

	seal_free(shelf->stock.vault.seal);
	folder_remove(&shelf->folder);
	free(shelf);
	return 0;
}

/* Killed right after it was given: the next run goes on with the next one. */
static void taken_blank_is_taken_for_whoever_reads_the_file(void **state)
{
	static struct stock again;
	struct shelf *shelf = *state;
	char codes[3][BADGE_SIZE + 1];
	const char *why = "";
	struct stat about;

	add_three(&shelf->stock, codes);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(stock_take(&shelf->stock), codes[i]);
		assert_false(stock_has(&shelf->stock, codes[i]));
		open_stock(shelf, &again, "sunflower");
		assert_int_equal(stock_load(&again, &why), 1);
		assert_int_equal(stock_left(&again), 2 - i);
		assert_true(i == 2 || stock_has(&again, codes[i + 1]));
		seal_free(again.vault.seal);
	}
	assert_null(stock_take(&shelf->stock));
	assert_int_equal(errno, 0);
	assert_int_equal(stat(shelf->stock.vault.path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
}

static void blank_is_not_given_when_the_disk_does_not_keep_that(void **state)
{
	struct shelf *shelf = *state;
	char codes[3][BADGE_SIZE + 1];

	add_three(&shelf->stock, codes);
	snprintf(shelf->stock.vault.path, sizeof shelf->stock.vault.path, "%s/nowhere/stock", shelf->folder.path);
	assert_null(stock_take(&shelf->stock));
	assert_int_equal(errno, ENOENT);
	assert_false(stock_has(&shelf->stock, codes[0]));
}

static void without_a_secret_nothing_is_on_the_disk(void **state)
{
	static struct stock bare;
	struct shelf *shelf = *state;
	char codes[3][BADGE_SIZE + 1];

	open_stock(shelf, &bare, NULL);
	add_three(&bare, codes);
	assert_string_equal(stock_take(&bare), codes[0]);
	assert_int_equal(access(bare.vault.path, F_OK), -1);
}

static void refused(struct shelf *shelf, const char *secret, const char *event, const char *what, const char *word)
{
	static struct stock other;
	const char *why = "";

	open_stock(shelf, &other, secret);
	snprintf(other.event, sizeof other.event, "%s", event);
	other.vault.what = what;
	assert_int_equal(stock_load(&other, &why), -1);
	if (!strstr(why, word))
		fail_msg("%s: not \"%s\"", why, word);
	assert_int_equal(stock_left(&other), 0);
	seal_free(other.vault.seal);
}

static void wrong_secret_foreign_and_damaged_files_are_told_apart(void **state)
{
	struct shelf *shelf = *state;
	char codes[3][BADGE_SIZE + 1];

	add_three(&shelf->stock, codes);
	refused(shelf, "moonflower", "e1", "stock", "passphrase");
	refused(shelf, "sunflower", "e2", "stock", "another event");
	refused(shelf, "sunflower", "e1", "roster", "passphrase");
	FILE *file = fopen(shelf->stock.vault.path, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, -3, SEEK_END), 0);
	int byte = fgetc(file);
	assert_int_equal(fseek(file, -3, SEEK_END), 0);
	fputc(byte ^ 1, file);
	fclose(file);
	refused(shelf, "sunflower", "e1", "stock", "damaged");
	file = fopen(shelf->stock.vault.path, "w");
	assert_non_null(file);
	fputs("SQLite format 3", file);
	fclose(file);
	refused(shelf, "sunflower", "e1", "stock", "not a file of a desk");
}

/* What was being written when the machine stopped lies beside the old file and is never read. */
static void half_a_file_changes_nothing(void **state)
{
	static struct stock again;
	struct shelf *shelf = *state;
	char codes[3][BADGE_SIZE + 1], fresh[1200];
	const char *why = "";

	add_three(&shelf->stock, codes);
	snprintf(fresh, sizeof fresh, "%s.new", shelf->stock.vault.path);
	FILE *file = fopen(fresh, "w");
	assert_non_null(file);
	fputs("HUDURDK1 half", file);
	fclose(file);
	open_stock(shelf, &again, "sunflower");
	assert_int_equal(stock_load(&again, &why), 1);
	assert_int_equal(stock_left(&again), 3);
	seal_free(again.vault.seal);
}

int main(void)
{
#define SHELF(test) cmocka_unit_test_setup_teardown(test, make, unmake)
	const struct CMUnitTest tests[] = {
		SHELF(taken_blank_is_taken_for_whoever_reads_the_file),
		SHELF(blank_is_not_given_when_the_disk_does_not_keep_that),
		SHELF(without_a_secret_nothing_is_on_the_disk),
		SHELF(wrong_secret_foreign_and_damaged_files_are_told_apart),
		SHELF(half_a_file_changes_nothing),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
