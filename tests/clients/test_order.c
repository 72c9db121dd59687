/* From the words of a command line to a request, and where a program's spool lies. */
#include "tests/harness.h"

#include <unistd.h>

#include "clients/cli/order.h"
#include "clients/cli/spool_path.h"

static const struct command find = {.name = "find", .operation = &operations[OP_people_find], .bare = "text"};
static const struct command figures = {.name = "figures", .operation = &operations[OP_figures_figures]};
static const struct command changes = {.name = "changes", .operation = &operations[OP_changes_changes]};
static const struct command amend = {.name = "amend", .operation = &operations[OP_registration_amend],
				     .bare = "person"};
static const struct command close_event = {.name = "close", .operation = &operations[OP_events_close_event]};

struct stage {
	struct options options;
	struct order order;
};

static int read_words(struct stage *s, const struct command *command, char **words)
{
	cli_options_start(&s->options, "hudur-test");
	return order_read(&s->order, &s->options, command, command->operation, words, NULL, NULL);
}

#define READ(s, command, ...) read_words(s, command, (char *[]){__VA_ARGS__, NULL})

static void common_options_and_fields_mix(void **state)
{
	struct stage s;
	const struct amend *request;

	(void)state;
	assert_int_equal(READ(&s, &amend, "--why=a slip", "-e", "e-1", "12", "--format", "json", "--level",
			      "minister", "--timeout", "0.5"), EXIT_DONE);
	request = s.order.request;
	assert_int_equal(request->person, 12);
	assert_int_equal(request->level, level_minister);
	assert_true(text_is(request->why, "a slip"));
	assert_string_equal(s.options.event, "e-1");
	assert_int_equal(s.options.format, FORMAT_JSON);
	assert_int_equal(s.options.timeout_ms, 500);
	order_free(&s.order);
}

static void an_event_reference_is_the_common_option(void **state)
{
	struct stage s;

	(void)state;
	assert_int_equal(READ(&s, &close_event, "--event", "e-1"), EXIT_DONE);
	assert_true(text_is(((const struct event_ref *)s.order.request)->event, "e-1"));
	order_free(&s.order);
}

static void a_clock_without_offset_waits_for_the_zone(void **state)
{
	struct caller caller = {.zone = zone_open("Africa/Casablanca"), .zone_asked = true};
	struct stage s;

	(void)state;
	assert_int_equal(READ(&s, &figures, "-e", "e", "--at", "2024-02-29T09:00", "--as-of=2024-02-29T09:00Z"),
			 EXIT_DONE);
	assert_int_equal(s.order.local_count, 1);
	caller.options = &s.options;
	assert_int_equal(order_settle(&s.order, &caller), EXIT_DONE);
	assert_true(((const struct figures_query *)s.order.request)->at == 1709193600000);
	assert_true(((const struct figures_query *)s.order.request)->as_of == 1709197200000);
	order_free(&s.order);
	assert_int_equal(READ(&s, &figures, "-e", "e", "--at", "2024-02-30 09:00"), EXIT_DONE);
	assert_int_equal(order_settle(&s.order, &caller), EXIT_USAGE);
	order_free(&s.order);
	zone_close(caller.zone);
}

static void wrong_words_are_refused(void **state)
{
	static char *const wrong[][4] = {
		{"-e", "Bad Event"}, {"-e"}, {"--format", "xml"}, {"--timeout", "soon"}, {"--limit", "0"},
		{"--nothing"}, {"a", "b"}, {"isik"},
	};
	struct stage s;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char *words[5] = {wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3], NULL};

		if (read_words(&s, &find, words) != EXIT_USAGE)
			fail_msg("%s was taken", words[0]);
		order_free(&s.order);
	}
	assert_int_equal(READ(&s, &amend, "-e", "e", "12"), EXIT_USAGE); /* the reason is missing */
	order_free(&s.order);
	assert_int_equal(READ(&s, &amend, "-e", "e", "--help"), EXIT_DONE);
	assert_true(s.options.help);
	order_free(&s.order);
}

static void pages_follow_until_the_cursor_ends(void **state)
{
	struct found page = {.cursor = 20};
	struct stage s;

	(void)state;
	assert_int_equal(READ(&s, &find, "-e", "e"), EXIT_DONE);
	assert_true(order_next_page(&s.order, &page));
	assert_int_equal(((const struct find *)s.order.request)->cursor, 20);
	assert_false(order_next_page(&s.order, &page)); /* one that does not move on would go on for ever */
	page.cursor = ABSENT;
	assert_false(order_next_page(&s.order, &page));
	order_free(&s.order);
	page.cursor = 5;
	assert_int_equal(READ(&s, &find, "-e", "e", "--limit", "5"), EXIT_DONE);
	assert_false(order_next_page(&s.order, &page));
	order_free(&s.order);
}

static void changes_begin_at_the_start_and_stop_when_there_are_no_more(void **state)
{
	struct changed page = {.next = 100, .after_ms = 0};
	struct stage s;

	(void)state;
	assert_int_equal(READ(&s, &changes, "-e", "e"), EXIT_DONE);
	assert_int_equal(((const struct changes_query *)s.order.request)->since, 0);
	assert_true(order_next_page(&s.order, &page));
	assert_int_equal(((const struct changes_query *)s.order.request)->since, 100);
	page = (struct changed){.next = 150, .after_ms = 1000};
	assert_false(order_next_page(&s.order, &page));
	order_free(&s.order);
}

static void the_spool_lies_in_the_state_folder(void **state)
{
	const char *folder = getenv("TMPDIR");
	char home[200], expected[300], path[300];

	(void)state;
	snprintf(home, sizeof home, "%s/hudur-state-XXXXXX", folder ? folder : "/tmp");
	assert_non_null(mkdtemp(home));
	setenv("XDG_STATE_HOME", home, 1);
	assert_true(spool_path("hudur-admin", 1, path, sizeof path));
	snprintf(expected, sizeof expected, "%s/hudur/hudur-admin.spool", home);
	assert_string_equal(path, expected);
	assert_true(spool_path("hudur-admin", 2, path, sizeof path));
	snprintf(expected, sizeof expected, "%s/hudur/hudur-admin-2.spool", home);
	assert_string_equal(path, expected);
	assert_false(spool_is_held(path));
	assert_false(spool_path("hudur-admin", 1, path, 10));
	snprintf(expected, sizeof expected, "%s/hudur", home);
	assert_int_equal(rmdir(expected), 0);
	assert_int_equal(rmdir(home), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(common_options_and_fields_mix),
		cmocka_unit_test(an_event_reference_is_the_common_option),
		cmocka_unit_test(a_clock_without_offset_waits_for_the_zone),
		cmocka_unit_test(wrong_words_are_refused),
		cmocka_unit_test(pages_follow_until_the_cursor_ends),
		cmocka_unit_test(changes_begin_at_the_start_and_stop_when_there_are_no_more),
		cmocka_unit_test(the_spool_lies_in_the_state_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
