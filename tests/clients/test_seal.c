/* Sealing: what was shut opens with the same secret alone, and no byte can be changed; and the spool goes by it. */
#include "clients/lib/seal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "clients/hudur.h"
#include "schema/message.h"
#include "tests/clients/fake_broker.h"
#include "tests/harness.h"

static const struct text bound = {"an id", 5};

static struct text shut(struct seal *seal, struct text bytes)
{
	struct text sealed;

	assert_true(seal_shut(seal, bytes, bound, &sealed));
	return sealed;
}

static void what_is_shut_opens_with_the_same_secret_alone(void **state)
{
	struct seal *one = seal_new(TEXT("sunflower")), *same = seal_new(TEXT("sunflower"));
	struct seal *other = seal_new(TEXT("sunflowers"));
	struct text sealed = shut(one, TEXT("Invented Person")), bytes;

	(void)state;
	assert_null(memmem(sealed.at, sealed.size, "Invented", 8));
	assert_true(seal_is_sealed(sealed));
	assert_true(seal_open(same, sealed, bound, &bytes));
	assert_true(text_is(bytes, "Invented Person"));
	free((char *)bytes.at);
	assert_false(seal_open(other, sealed, bound, &bytes));
	assert_false(seal_open(one, sealed, TEXT("another id"), &bytes));
	free((char *)sealed.at);
	seal_free(one);
	seal_free(same);
	seal_free(other);
}

static void no_byte_can_be_changed_or_cut(void **state)
{
	struct seal *seal = seal_new(TEXT("sunflower"));
	struct text sealed = shut(seal, TEXT("x")), bytes;
	char *at = (char *)sealed.at;

	(void)state;
	for (uint32_t i = 1 + SEAL_SALT_SIZE; i < sealed.size; i++) { /* another salt costs a tenth of a second */
		at[i] ^= 1;
		assert_false(seal_open(seal, sealed, bound, &bytes));
		at[i] ^= 1;
	}
	for (uint32_t size = 0; size < sealed.size; size++)
		assert_false(seal_open(seal, (struct text){at, size}, bound, &bytes));
	at[1] ^= 1;
	assert_false(seal_open(seal, sealed, bound, &bytes));
	free(at);
	seal_free(seal);
}

static void twice_shut_never_looks_the_same(void **state)
{
	struct seal *seal = seal_new(TEXT("sunflower"));
	struct text one = shut(seal, TEXT("x")), two = shut(seal, TEXT("x"));

	(void)state;
	assert_false(text_equal(one, two));
	free((char *)one.at);
	free((char *)two.at);
	seal_free(seal);
}

/* ---- the spool ---- */

struct spooled {
	struct folder folder;
	struct fake_broker broker;
	char spool[128], log[160];
	struct hudur *hudur;
};

static void start(struct spooled *s, const char *secret)
{
	const struct hudur_options options = {.endpoints = s->broker.endpoint, .spool = s->spool};

	assert_int_equal(hudur_new(&options, &s->hudur), 0);
	if (secret)
		assert_int_equal(hudur_seal(s->hudur, secret, strlen(secret)), 0);
}

static void end(struct spooled *s)
{
	hudur_free(s->hudur);
	s->hudur = NULL;
}

static int spooled_setup(void **state)
{
	struct spooled *s = calloc(1, sizeof *s);

	assert_non_null(s);
	folder_make(&s->folder);
	fake_broker_open(&s->broker, &s->folder, "broker");
	folder_file(&s->folder, "spool", s->spool, sizeof s->spool);
	snprintf(s->log, sizeof s->log, "%s-wal", s->spool);
	*state = s;
	return 0;
}

static int spooled_teardown(void **state)
{
	struct spooled *s = *state;

	hudur_free(s->hudur);
	fake_broker_close(&s->broker);
	folder_remove(&s->folder);
	free(s);
	return 0;
}

static void write_walk_in(struct spooled *s, const char *name)
{
	struct registration fields;
	struct request request;
	struct arena arena = {0};
	struct text map;
	uint8_t id[HUDUR_ID_SIZE];

	message_clear(&message_registration, &fields);
	message_clear(&message_request, &request);
	fields.name = text_of(name);
	request.op = TEXT("register");
	assert_int_equal(message_encode_two(&message_request, &request, &message_registration, &fields, &arena, &map),
			 E_OK);
	assert_int_equal(hudur_write(s->hudur, "e1/registration", map.at, map.size, 0, id), 0);
	arena_free(&arena);
}

static bool file_has(const char *path, const char *name)
{
	static char held[1 << 20];
	FILE *file = fopen(path, "r");
	size_t size = file ? fread(held, 1, sizeof held, file) : 0;

	if (file)
		fclose(file);
	return memmem(held, size, name, strlen(name)) != NULL;
}

static bool on_disk(const struct spooled *s, const char *name)
{
	return file_has(s->spool, name) || file_has(s->log, name);
}

static void turn(void *spooled)
{
	struct hudur_reply reply;

	hudur_next(((struct spooled *)spooled)->hudur, 0, &reply);
}

static void sealed_spool_tells_no_name_and_is_sent_after_a_restart(void **state)
{
	struct spooled *s = *state;
	struct taken taken;
	struct registration fields;

	start(s, "sunflower");
	write_walk_in(s, "Unmistakable");
	assert_false(on_disk(s, "Unmistakable"));
	end(s);
	start(s, "sunflower");
	assert_int_equal(hudur_backlog(s->hudur), 1);
	assert_int_equal(hudur_sealed(s->hudur), 0);
	fake_broker_take(&s->broker, hudur_fd(s->hudur), turn, s, &taken);
	assert_int_equal(message_decode(&message_registration, (struct text){taken.map, taken.map_size},
					&s->broker.arena, &fields, NULL), E_OK);
	assert_true(text_is(fields.name, "Unmistakable"));
}

/* It waits for whoever has the secret: neither sent nor lost nor counted among what is being sent. */
static void another_secret_or_none_leaves_it_where_it_is(void **state)
{
	static const char *const secrets[] = {NULL, "moonflower", "sunflower"};
	struct spooled *s = *state;

	start(s, "sunflower");
	write_walk_in(s, "Unmistakable");
	for (size_t i = 0; i < 3; i++) {
		end(s);
		start(s, secrets[i]);
		assert_int_equal(hudur_backlog(s->hudur), i == 2);
		assert_int_equal(hudur_sealed(s->hudur), i != 2);
	}
}

/* The control: this is what the disk shows of a spool that is not sealed. */
static void unsealed_spool_holds_names(void **state)
{
	struct spooled *s = *state;

	start(s, NULL);
	write_walk_in(s, "Unmistakable");
	assert_true(on_disk(s, "Unmistakable"));
}

static void count_kept(void *context, const struct hudur_kept *kept)
{
	assert_int_equal(kept->service_size, strlen("e1/registration"));
	(*(int *)context)++;
}

static void each_kept_write_is_shown(void **state)
{
	struct spooled *s = *state;
	int kept = 0;

	start(s, NULL);
	write_walk_in(s, "Plain");
	end(s);
	start(s, "sunflower");
	write_walk_in(s, "Sealed");
	hudur_each(s->hudur, count_kept, &kept);
	assert_int_equal(kept, 2);
}

int main(void)
{
#define SPOOLED(test) cmocka_unit_test_setup_teardown(test, spooled_setup, spooled_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_shut_opens_with_the_same_secret_alone),
		cmocka_unit_test(no_byte_can_be_changed_or_cut),
		cmocka_unit_test(twice_shut_never_looks_the_same),
		SPOOLED(sealed_spool_tells_no_name_and_is_sent_after_a_restart),
		SPOOLED(another_secret_or_none_leaves_it_where_it_is),
		SPOOLED(unsealed_spool_holds_names),
		SPOOLED(each_kept_write_is_shown),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
