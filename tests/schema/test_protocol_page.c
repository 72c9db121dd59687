/* PROTOCOL.md says what the tables and the encoder do: its reference is fresh, its worked example true. */
#include "tests/harness.h"

#include "schema/hex.h"
#include "schema/message.h"
#include "schema/message_page.h"

static struct arena arena;
static char *page;

static char *read_page(void)
{
	FILE *file = fopen("schema/PROTOCOL.md", "rb");
	char *text = calloc(1, 1 << 20);
	size_t size;

	if (!file || !text)
		fail_msg("schema/PROTOCOL.md cannot be read: tests run in the project's top folder");
	size = fread(text, 1, (1 << 20) - 1, file);
	fclose(file);
	assert_in_range(size, 1000, (1 << 20) - 2);
	return text;
}

static int open_page(void **state)
{
	(void)state;
	page = read_page();
	return 0;
}

static int close_page(void **state)
{
	(void)state;
	free(page);
	arena_free(&arena);
	return 0;
}

static void the_reference_is_fresh(void **state)
{
	const char *tail = strstr(page, MESSAGE_PAGE_MARK);
	char *fresh = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&fresh, &size);

	(void)state;
	assert_non_null(out);
	message_page(out);
	fclose(out);
	if (!tail || strcmp(tail + sizeof MESSAGE_PAGE_MARK - 1, fresh) != 0) {
		free(fresh);
		fail_msg("the reference in schema/PROTOCOL.md is stale: run `make protocol`");
	}
	free(fresh);
}

/* The bytes of the n-th block of the page that is fenced as hex; behind # stands a remark. */
static struct text block(int n)
{
	static const char fence[] = "```hex\n";
	const char *at = page;
	struct text bytes = {arena_alloc(&arena, 4096), 0};
	char *to = (char *)(uintptr_t)bytes.at;

	for (int i = 0; i <= n; i++) {
		at = strstr(at, fence);
		assert_non_null(at);
		at += sizeof fence - 1;
	}
	while (strncmp(at, "```", 3) != 0) {
		if (*at == '#')
			at += strcspn(at, "\n");
		else if (*at == ' ' || *at == '\n')
			at++;
		else {
			assert_true(hex_read((struct text){at, 2}, to + bytes.size++));
			at += 2;
		}
	}
	return bytes;
}

static void the_example_request_is_what_the_encoder_writes(void **state)
{
	struct request request;
	struct scan scan;
	struct text map;

	(void)state;
	message_clear(&message_request, &request);
	message_clear(&message_scan, &scan);
	request.op = TEXT("scan");
	request.device = TEXT("\x7b\x1e\x0c\x44\x9d\x52\x4f\x3a\x8e\x61\x2b\xd0\x95\xc7\x13\xfa");
	request.seq = 7;
	request.at = 1709195405250;
	request.offset = -1250;
	scan.badge = TEXT("YHQX7M4TRC9B2V");
	scan.session = TEXT("D1-06");
	scan.direction = direction_in;
	assert_int_equal(message_encode_two(&message_request, &request, &message_scan, &scan, &arena, &map), E_OK);
	assert_true(text_equal(block(1), map));
}

static void the_example_reply_is_what_the_encoder_writes(void **state)
{
	struct reply reply;
	struct scanned scanned;
	struct text map;

	(void)state;
	message_clear(&message_reply, &reply);
	message_clear(&message_scanned, &scanned);
	reply.status = status_ok;
	reply.now = 1709195404012;
	scanned.ledger = 412;
	scanned.person = 37;
	scanned.entity = TEXT("TR");
	scanned.category = category_delegate;
	assert_int_equal(message_encode_two(&message_reply, &reply, &message_scanned, &scanned, &arena, &map), E_OK);
	assert_true(text_equal(block(2), map));
}

static void the_example_frames_are_majordomos(void **state)
{
	struct text frames = block(0);

	(void)state;
	assert_true(text_equal((struct text){frames.at, 30}, TEXT("MDPC02\x01" "oic-pesnet-4/attendance")));
	assert_int_equal(frames.size, 30 + 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_reference_is_fresh, open_page, close_page),
		cmocka_unit_test_setup_teardown(the_example_frames_are_majordomos, open_page, close_page),
		cmocka_unit_test_setup_teardown(the_example_request_is_what_the_encoder_writes, open_page, close_page),
		cmocka_unit_test_setup_teardown(the_example_reply_is_what_the_encoder_writes, open_page, close_page),
	};

	return RUN_TESTS(tests);
}
