/* Messages as JSON: there and back, and what a person is told about a wrong file. */
#include "tests/harness.h"

#include "schema/message_json.h"
#include "tests/schema/records.h"

static struct arena arena;
static struct complaint complaint;

static enum error read_json(const struct message *message, const char *text, void *record)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	enum error e;

	assert_non_null(json);
	e = message_from_json(message, json, &arena, record, &complaint);
	json_decref(json);
	return e;
}

static void refused(const struct message *message, const char *text, const char *sentence)
{
	assert_int_equal(read_json(message, text, arena_alloc(&arena, message->size)), E_MALFORMED);
	assert_string_equal(complaint.sentence, sentence);
	arena_reset(&arena);
}

static void every_message_comes_back_as_it_was(void **state)
{
	uint64_t seed = 20240301;

	(void)state;
	for (int round = 0; round < 50; round++)
		for (const struct message *const *m = messages; *m; m++) {
			void *before = arena_alloc(&arena, (*m)->size), *after = arena_alloc(&arena, (*m)->size);
			char *text;
			json_t *json;

			record_random(*m, before, &seed, &arena);
			json = message_to_json(*m, before);
			assert_non_null(json);
			text = json_dumps(json, 0);
			json_decref(json);
			assert_non_null(text);
			assert_int_equal(read_json(*m, text, after), E_OK);
			assert_true(record_equal(*m, before, after));
			free(text);
			arena_reset(&arena);
		}
}

static void fields_look_as_a_person_expects(void **state)
{
	struct decided decided;
	json_t *json;
	char *text;

	(void)state;
	message_clear(&message_decided, &decided);
	decided.scan = TEXT("\x01\x8d\xff 0123456789ab");
	decided.badge = TEXT("B-1");
	decided.session = TEXT("D1-06");
	decided.direction = direction_in;
	decided.admitted = true;
	decided.snapshot = 1709193600000;
	json = message_to_json(&message_decided, &decided);
	text = json_dumps(json, JSON_COMPACT);
	assert_string_equal(text, "{\"scan\":\"018dff20303132333435363738396162\",\"badge\":\"B-1\","
				  "\"session\":\"D1-06\",\"direction\":\"in\",\"admitted\":true,"
				  "\"snapshot\":1709193600000}");
	free(text);
	json_decref(json);
}

static void a_time_may_be_written_for_people(void **state)
{
	struct gavel gavel;

	(void)state;
	assert_int_equal(read_json(&message_gavel, "{\"time\": \"2024-02-29T09:00:00+01:00\", \"why\": null}", &gavel), E_OK);
	assert_true(gavel.time == 1709193600000);
	assert_null(gavel.why.at);
	refused(&message_gavel, "{\"time\": \"tomorrow\"}", "time: not a time such as 2024-02-29T09:00:00+01:00");
	arena_reset(&arena);
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	refused(&message_scan, "[]", "scan: not an object");
	refused(&message_scan, "{}", "badge: missing");
	refused(&message_scan, "{\"badge\": null}", "badge: missing");
	refused(&message_scan, "{\"badge\": 7}", "badge: not a string");
	refused(&message_scan, "{\"badge\": \"\"}", "badge: empty");
	refused(&message_scan, "{\"badge\": \"a\\u0000b\"}", "badge: contains a control character");
	refused(&message_scan, "{\"badge\": \"a\\u0085b\"}", "badge: contains a control character");
	refused(&message_scan, "{\"badge\": \"a\", \"session\": \"s\", \"direction\": \"up\"}",
		"direction: not one of in, out");
	refused(&message_accredit, "{\"person\": 1.5}", "person: not an integer of 64 bits");
	refused(&message_accredit, "{\"person\": 0}", "person: less than 1");
	refused(&message_packed, "{\"id\": \"0g\"}", "id: not hexadecimal digits");
	refused(&message_packed, "{\"id\": \"00\"}", "id: not 16 bytes long");
	refused(&message_import, "{\"rows\": []}", "rows: missing");
	refused(&message_import, "{\"rows\": {}}", "rows: not an array");
	refused(&message_import, "{\"rows\": [{}, {\"line\": 0}]}", "rows[1].line: less than 1");
}

static void a_list_over_its_limit_is_refused_before_it_is_made(void **state)
{
	json_t *json = json_object(), *rows = json_array();
	struct import import;

	(void)state;
	for (int i = 0; i < 101; i++)
		json_array_append_new(rows, json_object());
	json_object_set_new(json, "rows", rows);
	assert_int_equal(message_from_json(&message_import, json, &arena, &import, &complaint), E_MALFORMED);
	assert_string_equal(complaint.sentence, "rows: more than 100 entries");
	assert_int_equal(arena.used, 0);
	json_decref(json);
}

static int release(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_message_comes_back_as_it_was, release),
		cmocka_unit_test_teardown(fields_look_as_a_person_expects, release),
		cmocka_unit_test_teardown(a_time_may_be_written_for_people, release),
		cmocka_unit_test_teardown(what_is_wrong_is_named, release),
		cmocka_unit_test_teardown(a_list_over_its_limit_is_refused_before_it_is_made, release),
	};

	return RUN_TESTS(tests);
}
