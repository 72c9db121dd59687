/* Messages there and back, and every way in which hostile bytes are refused with a sentence. */
#include "tests/harness.h"

#include "schema/message_field.h"
#include "tests/schema/records.h"

static struct arena arena;
static struct complaint complaint;

static int reset(void **state)
{
	(void)state;
	arena_reset(&arena);
	complaint.sentence[0] = '\0';
	return 0;
}

static int release(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* Decodes a copy of the exact size, so that a sanitizer sees a byte read beyond it. */
static enum error decode_copy(const struct message *message, struct text bytes)
{
	void *record = malloc(message->size);
	char *copy = malloc(bytes.size ? bytes.size : 1);
	enum error e;

	assert_non_null(record);
	assert_non_null(copy);
	if (bytes.size)
		memcpy(copy, bytes.at, bytes.size);
	complaint.sentence[0] = '\0';
	e = message_decode(message, (struct text){copy, bytes.size}, &arena, record, &complaint);
	free(copy);
	free(record);
	return e;
}

static void refused(const struct message *message, struct text bytes, const char *sentence)
{
	assert_int_equal(decode_copy(message, bytes), E_MALFORMED);
	assert_string_equal(complaint.sentence, sentence);
}

#define SCAN_HEAD "\x83\xa7" "session\xa1" "S\xa9" "direction\xa2" "in\xa5" "badge"

static void every_message_comes_back_as_it_was(void **state)
{
	uint64_t seed = 20240229;

	(void)state;
	for (int round = 0; round < 200; round++)
		for (const struct message *const *m = messages; *m; m++) {
			void *before = arena_alloc(&arena, (*m)->size), *after = arena_alloc(&arena, (*m)->size);
			struct text bytes;

			record_random(*m, before, &seed, &arena);
			assert_int_equal(message_check(*m, before, &complaint), E_OK);
			assert_int_equal(message_encode(*m, before, &arena, &bytes), E_OK);
			assert_int_equal(message_decode(*m, bytes, &arena, after, &complaint), E_OK);
			assert_true(record_equal(*m, before, after));
			arena_reset(&arena);
		}
}

static void a_map_cut_at_any_byte_is_refused(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (const struct message *const *m = messages; *m; m++) {
		void *record = arena_alloc(&arena, (*m)->size);
		struct text bytes;

		record_random(*m, record, &seed, &arena);
		assert_int_equal(message_encode(*m, record, &arena, &bytes), E_OK);
		for (uint32_t cut = 0; cut < bytes.size; cut += bytes.size > 3000 ? 17 : 1)
			assert_int_equal(decode_copy(*m, (struct text){bytes.at, cut}), E_MALFORMED);
		arena_reset(&arena);
	}
}

static void a_changed_byte_never_does_harm(void **state)
{
	uint64_t seed = 2;

	(void)state;
	for (const struct message *const *m = messages; *m; m++) {
		void *record = arena_alloc(&arena, (*m)->size);
		struct text bytes;
		char *changed;

		record_random(*m, record, &seed, &arena);
		assert_int_equal(message_encode(*m, record, &arena, &bytes), E_OK);
		changed = malloc(bytes.size);
		assert_non_null(changed);
		for (uint32_t i = 0; i < bytes.size && i < 600; i++) {
			memcpy(changed, bytes.at, bytes.size);
			changed[i] = (char)(changed[i] ^ (0x81 + (int)i * 2));
			decode_copy(*m, (struct text){changed, bytes.size});
		}
		free(changed);
		arena_reset(&arena);
	}
}

static void a_bomb_is_refused_before_anything_is_reserved(void **state)
{
	char bomb[150];
	size_t used;

	(void)state;
	memcpy(bomb, "\x81\xa4rows", 6);
	for (size_t i = 6; i < sizeof bomb; i++)
		bomb[i] = i % 5 == 1 ? (char)0xdd : i % 5 == 4 ? (char)0xff : 0;
	used = arena.used;
	assert_int_equal(decode_copy(&message_import, (struct text){bomb, sizeof bomb}), E_MALFORMED);
	assert_int_equal(arena.used, used);
	memset(bomb + 6, 0x91, sizeof bomb - 6);
	assert_int_equal(decode_copy(&message_import, (struct text){bomb, sizeof bomb}), E_MALFORMED);
	assert_int_equal(arena.used, used);
}

static void a_map_that_announces_four_billion_pairs_is_refused(void **state)
{
	(void)state;
	refused(&message_scan, TEXT("\xdf\xff\xff\xff\xff\xa5" "badge\xa1x"),
		"scan: not one MessagePack map, cut short, or nested more than 5 deep");
	refused(&message_import, TEXT("\x81\xa4rows\xdd\xff\xff\xff\xff\x80"),
		"import: not one MessagePack map, cut short, or nested more than 5 deep");
}

static void what_is_not_a_map_of_strings_is_refused(void **state)
{
	(void)state;
	refused(&message_nothing, TEXT("\x90"), "nothing: not a map");
	refused(&message_nothing, TEXT("\xc0"), "nothing: not a map");
	refused(&message_nothing, TEXT("\x81\x01\x02"), "nothing: a key is not a string");
	refused(&message_import, TEXT("\x81\xa4rows\x91\x01"), "rows[0].nomination: not a map");
	assert_int_equal(decode_copy(&message_nothing, (struct text){0}), E_MALFORMED);
}

static void a_key_that_comes_twice_is_refused(void **state)
{
	(void)state;
	refused(&message_accredit, TEXT("\x82\xa6person\x01\xa6person\x01"), "person: comes twice");
	refused(&message_accredit, TEXT("\x83\xa6person\x01\xa4" "also\xc2\xa4" "also\xc3"), "also: comes twice");
}

static void a_key_that_only_begins_like_one_is_another(void **state)
{
	(void)state;
	refused(&message_event_ref, TEXT("\x81\xa6" "event\0\xa1x"), "event: missing");
	refused(&message_event_ref, TEXT("\x81\xa4" "even\xa1x"), "event: missing");
	refused(&message_event_ref, TEXT("\x81\xa0\xa1x"), "event: missing");
}

static void unknown_keys_are_skipped_with_all_they_hold(void **state)
{
	struct scan scan;

	(void)state;
	assert_int_equal(message_decode(&message_scan,
		TEXT("\x85\xa3new\x92\x81\xa1" "a\x01\xc0\xa5" "badge\xa1x\xa7session\xa1S\xa3two\xcb\0\0\0\0\0\0\0\0"
		     "\xa9" "direction\xa3out"), &arena, &scan, &complaint), E_OK);
	assert_true(text_is(scan.badge, "x"));
	assert_int_equal(scan.direction, direction_out);
	assert_null(scan.door.at);
}

static void texts_must_be_utf8_without_control_characters(void **state)
{
	(void)state;
	assert_int_equal(decode_copy(&message_scan, TEXT(SCAN_HEAD "\xa5\xc4\xb1k\xc4\xb1")), E_OK);
	refused(&message_scan, TEXT(SCAN_HEAD "\xa3\xe9t\xe9"), "badge: not UTF-8"); /* Latin-1 */
	refused(&message_scan, TEXT(SCAN_HEAD "\xa2\xc0\xaf"), "badge: not UTF-8"); /* overlong */
	refused(&message_scan, TEXT(SCAN_HEAD "\xa3\xed\xa0\x80"), "badge: not UTF-8"); /* surrogate */
	refused(&message_scan, TEXT(SCAN_HEAD "\xa4\xf4\x90\x80\x80"), "badge: not UTF-8"); /* over U+10FFFF */
	refused(&message_scan, TEXT(SCAN_HEAD "\xa2x\xc4"), "badge: not UTF-8"); /* cut */
	refused(&message_scan, TEXT(SCAN_HEAD "\xa1\0"), "badge: contains a control character");
	refused(&message_scan, TEXT(SCAN_HEAD "\xa2x\n"), "badge: contains a control character");
	refused(&message_scan, TEXT(SCAN_HEAD "\xa1\x7f"), "badge: contains a control character");
	refused(&message_scan, TEXT(SCAN_HEAD "\xa2\xc2\x85"), "badge: contains a control character"); /* C1 */
	assert_int_equal(decode_copy(&message_scan, TEXT(SCAN_HEAD "\xa2\xc2\xa0")), E_OK);
}

static void a_missing_field_is_named(void **state)
{
	(void)state;
	refused(&message_scan, TEXT("\x81\xa5" "badge\xa1x"), "session: missing");
	refused(&message_import, TEXT("\x80"), "rows: missing");
	refused(&message_import, TEXT("\x81\xa4rows\x90"), "rows: empty");
	refused(&message_load, TEXT("\x82\xa5" "event\xa1" "e\xa5rooms\x92\x81\xa4room\xa1r\x80"), "rooms[1].room: missing");
}

static void an_unknown_word_is_refused_with_those_there_are(void **state)
{
	(void)state;
	refused(&message_scan, TEXT("\x81\xa9" "direction\xa2no"), "direction: not one of in, out");
	refused(&message_scan, TEXT("\x81\xa9" "direction\xa0"), "direction: not one of in, out");
	refused(&message_scan, TEXT("\x81\xa9" "direction\x01"), "direction: not a string, one of the vocabulary's words");
}

static void a_value_of_another_type_is_refused(void **state)
{
	(void)state;
	refused(&message_scan, TEXT("\x81\xa5" "badge\xc4\x01x"), "badge: not a string");
	refused(&message_scan, TEXT("\x81\xa5" "badge\xc0"), "badge: not a string");
	refused(&message_packed, TEXT("\x81\xa2id\xb0" "0123456789abcdef"), "id: not binary");
	refused(&message_accredit, TEXT("\x81\xa6person\xa1" "1"), "person: not an integer of 64 bits");
	refused(&message_accredit, TEXT("\x81\xa6person\xca\x3f\x80\0\0"), "person: not an integer of 64 bits");
	refused(&message_accredit, TEXT("\x81\xa6person\xcf\x80\0\0\0\0\0\0\0"), "person: not an integer of 64 bits");
	refused(&message_accredit, TEXT("\x82\xa6person\x01\xa4" "also\x01"), "also: not true or false");
	refused(&message_import, TEXT("\x81\xa4rows\x80"), "rows: not an array");
	refused(&message_gavel, TEXT("\x81\xa4time\xa1x"), "time: not a time, an integer of milliseconds");
}

/* A scan whose badge has `size` bytes. */
static struct text scan_with_badge(uint32_t size)
{
	size_t head = sizeof SCAN_HEAD - 1;
	char *at = arena_alloc(&arena, head + 3 + size);

	memcpy(at, SCAN_HEAD, head);
	at[head] = (char)0xda;
	at[head + 1] = (char)(size >> 8);
	at[head + 2] = (char)size;
	memset(at + head + 3, 'x', size);
	return (struct text){at, (uint32_t)head + 3 + size};
}

static void limits_hold_to_the_byte(void **state)
{
	(void)state;
	assert_int_equal(decode_copy(&message_scan, scan_with_badge(256)), E_OK);
	refused(&message_scan, scan_with_badge(257), "badge: longer than 256 bytes");
	refused(&message_scan, scan_with_badge(0), "badge: empty");
	refused(&message_packed, TEXT("\x81\xa2id\xc4\x0f" "0123456789abcde"), "id: not 16 bytes long");
	refused(&message_accredit, TEXT("\x81\xa6person\0"), "person: less than 1");
	refused(&message_changes_query, TEXT("\x82\xa5since\0\xa5limit\xcc\xc9"), "limit: more than 200");
	assert_int_equal(decode_copy(&message_changes_query, TEXT("\x82\xa5since\0\xa5limit\xcc\xc8")), E_OK);
	/* the number that stands for absent is no way around the limits */
	refused(&message_accredit, TEXT("\x81\xa6person\xd3\x80\0\0\0\0\0\0\0"), "person: less than 1");
	refused(&message_gavel, TEXT("\x81\xa4time\xd3\x80\0\0\0\0\0\0\0"),
		"time: not a time between the years 0 and 9999");
}

static void a_list_over_its_limit_is_refused_before_it_is_made(void **state)
{
	char bytes[6 + 3 + 101];
	size_t used;

	(void)state;
	memcpy(bytes, "\x81\xa4rows\xdc\0\x65", 9);
	memset(bytes + 9, 0x80, 101);
	used = arena.used;
	refused(&message_import, (struct text){bytes, sizeof bytes}, "rows: more than 100 entries");
	assert_int_equal(arena.used, used);
	bytes[8] = 100;
	assert_int_equal(decode_copy(&message_import, (struct text){bytes, sizeof bytes - 1}), E_OK);
}

static void over_64_kib_is_too_large_in_both_directions(void **state)
{
	char *bytes = arena_alloc(&arena, MESSAGE_MAX + 1);
	struct packed packed[20];
	struct scan_batch batch = {{packed, 20}, 0};
	struct text map;

	(void)state;
	assert_int_equal(decode_copy(&message_nothing, (struct text){bytes, MESSAGE_MAX + 1}), E_TOO_LARGE);
	for (int i = 0; i < 20; i++)
		packed[i] = (struct packed){.id = {"0123456789abcdef", 16}, .map = {bytes, 4096}};
	assert_int_equal(message_encode(&message_scan_batch, &batch, &arena, &map), E_TOO_LARGE);
	batch.requests.count = 15;
	assert_int_equal(message_encode(&message_scan_batch, &batch, &arena, &map), E_OK);
	assert_int_equal(message_join(map, map, &arena, &map), E_TOO_LARGE);
}

static void two_messages_share_one_map(void **state)
{
	struct reply reply, reply_back;
	struct scanned scanned, scanned_back;
	struct text both, alone, rest, joined;

	(void)state;
	message_clear(&message_reply, &reply);
	message_clear(&message_scanned, &scanned);
	reply.status = status_ok;
	reply.now = 1709193600000;
	scanned.ledger = 7;
	scanned.flag = flag_moved;
	assert_int_equal(message_encode_two(&message_reply, &reply, &message_scanned, &scanned, &arena, &both), E_OK);
	assert_int_equal(message_decode(&message_reply, both, &arena, &reply_back, &complaint), E_OK);
	assert_int_equal(message_decode(&message_scanned, both, &arena, &scanned_back, &complaint), E_OK);
	assert_true(record_equal(&message_reply, &reply, &reply_back));
	assert_true(record_equal(&message_scanned, &scanned, &scanned_back));
	assert_int_equal(message_encode(&message_reply, &reply, &arena, &alone), E_OK);
	assert_int_equal(message_encode(&message_scanned, &scanned, &arena, &rest), E_OK);
	assert_int_equal(message_join(alone, rest, &arena, &joined), E_OK);
	assert_true(text_equal(joined, both));
	assert_int_equal(message_join(alone, TEXT("\x90"), &arena, &joined), E_MALFORMED);
}

static void a_record_is_checked_before_it_is_sent(void **state)
{
	struct nomination rows[2];
	struct import import;

	(void)state;
	message_clear(&message_import, &import);
	assert_int_equal(message_check(&message_import, &import, &complaint), E_MALFORMED);
	assert_string_equal(complaint.sentence, "rows: missing");
	message_clear(&message_nomination, &rows[0]);
	message_clear(&message_nomination, &rows[1]);
	import.rows = (struct list){rows, 2};
	assert_int_equal(message_check(&message_import, &import, NULL), E_OK);
	rows[1].name = TEXT("Andr\xe9");
	assert_int_equal(message_check(&message_import, &import, &complaint), E_MALFORMED);
	assert_string_equal(complaint.sentence, "rows[1].name: not UTF-8");
	rows[1].name = TEXT("Andr\xc3\xa9");
	rows[0].level = (enum level)77;
	assert_int_equal(message_check(&message_import, &import, &complaint), E_MALFORMED);
	assert_string_equal(complaint.sentence, "rows[0].level: not one of minister, director_general, director, other");
}

static void two_messages_come_out_of_one_map(void **state)
{
	const struct text map = TEXT("\x85\xa4seen\xc3\xa6" "person\x07\xa2" "at\x05\xa2op\xa8" "accredit\xa3seq\x02");
	struct accredit fields;
	struct request request;

	(void)state;
	assert_int_equal(message_decode_two(&message_accredit, &fields, &message_request, &request, map, &arena, NULL), E_OK);
	assert_int_equal(fields.person, 7);
	assert_int_equal(request.at, 5);
	assert_int_equal(request.seq, 2);
	assert_true(text_is(request.op, "accredit"));
	assert_int_equal(message_decode_two(&message_accredit, &fields, &message_request, &request,
					    TEXT("\x81\xa6person\x07"), &arena, &complaint), E_MALFORMED);
	assert_string_equal(complaint.sentence, "op: missing");
	assert_int_equal(message_decode_two(&message_accredit, &fields, &message_request, &request,
					    TEXT("\x83\xa2op\xa1x\xa6person\x07\xa2op\xa1x"), &arena, &complaint), E_MALFORMED);
	assert_string_equal(complaint.sentence, "op: comes twice");
}

/* What is written says by whom and when in keys that no operation has for itself. */
static void no_write_has_a_key_of_the_request(void **state)
{
	(void)state;
	for (int i = 0; i < OP_COUNT; i++)
		for (uint32_t f = 0; operations[i].access == ACCESS_WRITE && f < operations[i].request->count; f++)
			assert_null(field_find(&message_request, text_of(operations[i].request->fields[f].name), 0));
}

static void a_key_is_peeked_at_and_nothing_else_believed(void **state)
{
	(void)state;
	assert_true(text_is(message_peek(TEXT("\x82\xa1" "a\x91\x01\xa2op\xa4scan"), TEXT("op")), "scan"));
	assert_null(message_peek(TEXT("\x81\xa1" "a\x01"), TEXT("op")).at);
	assert_null(message_peek(TEXT("\x81\xa2op\x01"), TEXT("op")).at);
	assert_null(message_peek(TEXT("\x82\xa1" "a\xdd\xff\xff\xff\xff\xa2op\xa4scan"), TEXT("op")).at);
	assert_null(message_peek(TEXT("\x81\xa2op\xa4sca"), TEXT("op")).at);
	assert_null(message_peek(TEXT("\x91\x01"), TEXT("op")).at);
	assert_null(message_peek((struct text){0}, TEXT("op")).at);
}

static void every_operation_is_found_and_no_other(void **state)
{
	(void)state;
	for (int i = 0; i < OP_COUNT; i++) {
		assert_int_equal(operations[i].id, i);
		assert_ptr_equal(operation_find(text_of(operations[i].service), text_of(operations[i].op)),
				 &operations[i]);
	}
	assert_null(operation_find(TEXT("attendance"), TEXT("find")));
	assert_null(operation_find(TEXT("attendance"), TEXT("sca")));
	assert_null(operation_find(TEXT("attendance"), (struct text){0}));
	assert_null(operation_find((struct text){0}, (struct text){0}));
	for (unsigned role = 1; role < ROLE_EVERYBODY; role *= 2)
		assert_int_equal(role_from_name(text_of(role_name((enum role)role))), role);
	assert_int_equal(role_from_name(TEXT("root")), 0);
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

/* What was stored need not fit the table: that is no reason to end the program that was asked for it. */
static void what_is_outside_the_limits_is_not_encoded(void **state)
{
	struct reply reply;
	struct done done;
	struct text map;

	(void)state;
	message_clear(&message_reply, &reply);
	message_clear(&message_done, &done);
	reply.status = status_ok;
	reply.now = TIME_MAX + 1;
	done.ledger = 1;
	assert_int_equal(message_encode(&message_reply, &reply, &arena, &map), E_BAD_DATA);
	assert_int_equal(message_encode_two(&message_reply, &reply, &message_done, &done, &arena, &map), E_BAD_DATA);
	reply.now = 0;
	reply.detail = TEXT("Jos\xE9");
	assert_int_equal(message_encode(&message_reply, &reply, &arena, &map), E_BAD_DATA);
	reply.detail = (struct text){0};
	done.ledger = -1;
	assert_int_equal(message_encode_two(&message_reply, &reply, &message_done, &done, &arena, &map), E_BAD_DATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_outside_the_limits_is_not_encoded),
		TEST(every_message_comes_back_as_it_was),
		TEST(a_map_cut_at_any_byte_is_refused),
		TEST(a_changed_byte_never_does_harm),
		TEST(a_bomb_is_refused_before_anything_is_reserved),
		TEST(a_map_that_announces_four_billion_pairs_is_refused),
		TEST(what_is_not_a_map_of_strings_is_refused),
		TEST(a_key_that_comes_twice_is_refused),
		TEST(a_key_that_only_begins_like_one_is_another),
		TEST(unknown_keys_are_skipped_with_all_they_hold),
		TEST(texts_must_be_utf8_without_control_characters),
		TEST(a_missing_field_is_named),
		TEST(an_unknown_word_is_refused_with_those_there_are),
		TEST(a_value_of_another_type_is_refused),
		TEST(limits_hold_to_the_byte),
		TEST(a_list_over_its_limit_is_refused_before_it_is_made),
		TEST(over_64_kib_is_too_large_in_both_directions),
		TEST(two_messages_share_one_map),
		TEST(a_record_is_checked_before_it_is_sent),
		cmocka_unit_test_setup_teardown(a_key_is_peeked_at_and_nothing_else_believed, reset, release),
		cmocka_unit_test_setup_teardown(no_write_has_a_key_of_the_request, reset, release),
		cmocka_unit_test_setup_teardown(two_messages_come_out_of_one_map, reset, release),
		cmocka_unit_test_setup_teardown(every_operation_is_found_and_no_other, reset, release),
	};

	return RUN_TESTS(tests);
}
