/* A desk that is alone finds whom the server would have found: the same people, in the same order, for any text. */
#include "clients/desk/roster.h"
#include "schema/utf8.h"
#include "tests/harness.h"
#include "tests/system/caller.h"
#include "tests/system/stage.h"

enum { PEOPLE = 60, QUERIES = 400, SHOWN = 9 };

static const char *const parts[] = {
	"Işık", "OĞLU", "Fatma", "EL HARRANE", "Al-Zubaidi", "Ngũgĩ", "Šarić", "ONeill", "فاطمة", "أحمد", "الهران",
	"Ərəb", "Straße", "Mohammed", "Mohamed", "Muḥammad", "N’Diaye", "Çelik", "Bến", "100%", "A_B",
};

static uint64_t seed = 20240229;

static uint32_t pick(uint32_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % below;
}

static const char *part(void)
{
	return parts[pick(sizeof parts / sizeof *parts)];
}

static void people_register(struct caller *caller, struct device *device)
{
	static struct asked asked;

	for (int i = 0; i < PEOPLE; i++) {
		device_ask(device, &asked, "e1/registration", "register", "'name': '%s %s', 'arabic': '%s', 'given': '%s'",
			   part(), part(), part(), part());
		caller_do(caller, &asked, "ok");
	}
}

static void roster_fetch(struct caller *caller, struct device *device, struct roster *roster)
{
	static struct asked asked;
	struct roster_page page;
	struct told told;
	int64_t cursor = 0;

	do {
		device_ask(device, &asked, "e1/people", "roster", cursor ? "'since': 0, 'cursor': %d" : "'since': 0",
			   (int)cursor);
		caller_insist(caller, &asked, &told);
		caller_result(caller, &told, &message_roster_page, &page);
		for (uint32_t i = 0; i < page.people.count; i++)
			assert_int_equal(roster_put(roster, LIST_AT(page.people, person_line, i)), E_OK);
		cursor = page.cursor;
	} while (cursor != ABSENT);
}

/* Some of the letters of a name, as somebody in a hurry types them. */
static void fragment(char *out, size_t size)
{
	const char *whole = part();
	size_t length = strlen(whole), from = pick((uint32_t)length), to;

	while (from > 0 && ((unsigned char)whole[from] & 0xC0) == 0x80)
		from--;
	to = from + 1 + pick((uint32_t)(length - from));
	while (to < length && ((unsigned char)whole[to] & 0xC0) == 0x80)
		to++;
	snprintf(out, size, "%.*s", (int)(to - from), whole + from);
}

static void compare(struct caller *caller, struct device *device, const struct roster *roster, const char *typed)
{
	const struct person_line *matches[SHOWN];
	static struct asked asked;
	struct found found;
	struct told told;
	struct find fields;

	message_clear(&message_find, &fields);
	fields.text = text_of(typed);
	uint32_t count = roster_find(roster, &fields, matches, SHOWN);
	device_ask(device, &asked, "e1/people", "find", "'text': '%s', 'limit': %d", typed, SHOWN + 1);
	caller_insist(caller, &asked, &told);
	caller_result(caller, &told, &message_found, &found);
	if (found.people.count != count)
		fail_msg("\"%s\": %u at the server, %u in the roster", typed, found.people.count, count);
	for (uint32_t i = 0; i < count && i < SHOWN; i++)
		assert_int_equal(LIST_AT(found.people, person_line, i)->person, matches[i]->person);
}

static void roster_finds_as_the_server_does(void **state)
{
	struct stage *stage = *state;
	struct device device = {.id = "0123456789abcde"};
	struct roster roster;
	struct caller caller;
	struct broker broker;
	char badge[16], one[64], two[64], typed[200];

	broker_start(stage, &broker, "broker");
	worker_start(stage, "data", &broker, NULL);
	caller_open(&caller, broker.clients);
	caller_prepare(&caller, &device, "e1", badge);
	people_register(&caller, &device);
	roster_init(&roster, TEXT("e1"));
	roster_fetch(&caller, &device, &roster);
	assert_int_equal(roster.count, PEOPLE + 1);
	for (int i = 0; i < QUERIES; i++) {
		fragment(one, sizeof one);
		fragment(two, sizeof two);
		snprintf(typed, sizeof typed, "%s%s%s", one, pick(2) ? " " : "", pick(3) ? "" : two);
		compare(&caller, &device, &roster, typed);
	}
	compare(&caller, &device, &roster, "a e i o");
	compare(&caller, &device, &roster, "a a a a zzz"); /* the fifth word is not looked at */
	compare(&caller, &device, &roster, "%");
	roster_free(&roster);
	caller_close(&caller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STAGE_CASE(roster_finds_as_the_server_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
