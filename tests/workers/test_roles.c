/* Every role against every operation: what may be done stands here a second time, by hand, and is tried. */
#include "tests/harness.h"
#include "tests/workers/office.h"

/* Who may: s scanner, d desk, o organiser, a administrator. */
static const struct {
	const char *service, *op, *may;
} matrix[] = {
	{"events", "load", "a"},
	{"events", "open_event", "a"},
	{"events", "close_event", "a"},
	{"events", "list_events", "sdoa"},
	{"events", "worker_status", "sdoa"},
	{"events", "backup", "a"},
	{"events", "verify", "a"},
	{"registration", "import", "a"},
	{"registration", "register", "da"},
	{"registration", "amend", "da"},
	{"registration", "accredit", "da"},
	{"registration", "cancel", "da"},
	{"registration", "replace", "da"},
	{"checkin", "check_in", "da"},
	{"checkin", "undo_check_in", "da"},
	{"checkin", "issue", "da"},
	{"checkin", "issue_blanks", "da"},
	{"checkin", "hand_over", "da"},
	{"checkin", "reissue", "da"},
	{"checkin", "revoke", "da"},
	{"attendance", "scan", "sda"},
	{"attendance", "scan_batch", "sda"},
	{"attendance", "decided", "sda"},
	{"attendance", "attest", "oa"},
	{"attendance", "open_session", "oa"},
	{"attendance", "close_session", "oa"},
	{"attendance", "clear", "soa"},
	{"attendance", "resolve", "oa"},
	{"attendance", "amend_session", "a"},
	{"people", "find", "doa"},
	{"people", "roster", "da"},
	{"people", "person", "doa"},
	{"figures", "figures", "oa"},
	{"figures", "people", "oa"},
	{"figures", "unresolved", "oa"},
	{"changes", "changes", "sdoa"},
	{"changes", "badges", "sda"},
	{"changes", "programme", "sdoa"},
	{"broker", "status", "sdoa"},
};

enum { PAIRS = sizeof matrix / sizeof *matrix };

static const char *const roles[] = {"scanner", "desk", "organiser", "administrator"};

static unsigned roles_of(const char *may)
{
	unsigned bits = 0;

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strchr(may, roles[i][0]))
			bits |= role_from_name(text_of(roles[i]));
	return bits;
}

static void table_gives_each_operation_to_whom_it_should(void **state)
{
	(void)state;
	assert_int_equal(PAIRS, OP_COUNT);
	for (size_t i = 0; i < PAIRS; i++) {
		const struct operation *operation = operation_find(text_of(matrix[i].service),
								   text_of(matrix[i].op));

		if (!operation || operation->roles != roles_of(matrix[i].may))
			fail_msg("%s %s is not for %s in the table", matrix[i].service, matrix[i].op, matrix[i].may);
	}
}

/* Names of roles and operations that are none belong to nobody. */
static void nothing_is_found_by_a_wrong_name(void **state)
{
	static const char *const names[] = {"", "root", "Administrator", "administrator ", "admin", "scannerdesk"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(role_from_name(text_of(names[i])), 0);
	assert_int_equal(role_from_name((struct text){0}), 0);
	assert_null(operation_find(TEXT("people"), TEXT("scan")));
	assert_null(operation_find(TEXT("attendance"), TEXT("SCAN")));
	assert_null(operation_find(TEXT("attendance"), TEXT("scan\0")));
	assert_null(operation_find(TEXT(""), TEXT("scan")));
	assert_null(operation_find((struct text){0}, (struct text){0}));
}

/* A map with an op and no more: for whoever may, it fails for another reason than the role. */
static struct text bare_map(struct office *office, const char *op)
{
	struct request request;
	struct text map;

	message_clear(&message_request, &request);
	request.op = text_of(op);
	assert_int_equal(message_encode(&message_request, &request, &office->arena, &map), E_OK);
	return map;
}

static struct office_answer try(struct office *office, size_t pair)
{
	const char *owner = strcmp(matrix[pair].service, "events") == 0 ? "main" : "e1";
	char service[64];
	struct office_request request = {
		.service = service, .id = TEXT("0123456789abcdef"), .map = bare_map(office, matrix[pair].op),
	};
	const struct operation *operation = operation_find(text_of(matrix[pair].service), text_of(matrix[pair].op));

	snprintf(service, sizeof service, "%s/%s", owner, matrix[pair].service);
	return operation->access == ACCESS_READ && strcmp(owner, "e1") == 0 ? office_read(office, &request)
									   : office_ask(office, &request);
}

static void workers_let_each_role_do_what_it_may_and_no_more(void **state)
{
	struct office *office = *state;
	int64_t before = office_ledger(office);

	for (size_t i = 0; i < PAIRS; i++) {
		if (strcmp(matrix[i].service, "broker") == 0)
			continue; /* the broker answers for itself */
		for (size_t r = 0; r < sizeof roles / sizeof *roles; r++) {
			bool may = strchr(matrix[i].may, roles[r][0]), forbidden;
			struct office_answer answer;

			office->role = roles[r];
			answer = try(office, i);
			forbidden = strcmp(office_ending(office, &answer), "forbidden") == 0;
			if (may == forbidden)
				fail_msg("%s %s by a %s: %s", matrix[i].service, matrix[i].op, roles[r],
					 office_ending(office, &answer));
		}
	}
	assert_int_equal(office_ledger(office), before);
}

static void a_role_that_is_none_may_do_nothing(void **state)
{
	static const char *const wrong[] = {"", "root", "administrator,desk"};
	struct office *office = *state;

	for (size_t i = 0; i < PAIRS; i++)
		for (size_t r = 0; strcmp(matrix[i].service, "broker") != 0 && r < 3; r++) {
			struct office_answer answer;

			office->role = wrong[r];
			answer = try(office, i);
			assert_string_equal(office_ending(office, &answer), "forbidden");
		}
}

/* A scanner learns who may enter, and no names. */
static void what_a_scanner_may_ask_holds_no_names(void **state)
{
	static const char *const asks[][2] = {{"changes", "'since': 0"}, {"badges", "'since': 0"}, {"programme", ""}};
	struct office *office = *state;
	char badge[16];

	office_admit(office, "Unmistakable", badge);
	office->role = "scanner";
	for (size_t i = 0; i < 3; i++) {
		struct office_request request = office_request(office, "e1/changes", asks[i][0], "%s", asks[i][1]);
		struct office_answer answer = office_read(office, &request);

		assert_string_equal(office_ending(office, &answer), "ok");
		assert_null(memmem(answer.map.at, answer.map.size, "Unmistakable", 12));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_gives_each_operation_to_whom_it_should),
		cmocka_unit_test(nothing_is_found_by_a_wrong_name),
		OFFICE_CASE(workers_let_each_role_do_what_it_may_and_no_more),
		OFFICE_CASE(a_role_that_is_none_may_do_nothing),
		OFFICE_CASE(what_a_scanner_may_ask_holds_no_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
