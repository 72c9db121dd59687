/* A sealed file on a disk that is full. */
#include "clients/desk/vault.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/clients/disk_of.h"
#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static void full_disk_keeps_the_old_file_and_nothing_of_the_new(void **state)
{
	static char many[8192];
	struct vault vault = {.what = "roster"};
	char fresh[VAULT_PATH_MAX + 8];
	struct folder folder;
	struct text bytes;
	const char *why;

	(void)state;
	assert_true(sodium_init() >= 0);
	vault.seal = seal_new(TEXT("invented"));
	folder_make(&folder);
	folder_file(&folder, "roster", vault.path, sizeof vault.path);
	snprintf(fresh, sizeof fresh, "%s.new", vault.path);
	assert_int_equal(vault_write(&vault, TEXT("few")), 0);
	disk_of(4096);
	assert_int_equal(vault_write(&vault, (struct text){many, sizeof many}), -1);
	assert_int_equal(errno, EFBIG);
	disk_of(RLIM_INFINITY);
	assert_int_not_equal(access(fresh, F_OK), 0);
	assert_int_equal(vault_read(&vault, &bytes, &why), 1);
	assert_true(text_is(bytes, "few"));
	free((char *)bytes.at);
	seal_free(vault.seal);
	folder_remove(&folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_disk_keeps_the_old_file_and_nothing_of_the_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
