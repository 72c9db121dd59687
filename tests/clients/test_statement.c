/* The published sentence in three languages: the right plural for every number that a figure can have. */
#include "tests/harness.h"

#include "clients/organiser/plural.h"
#include "clients/organiser/statement.h"
#include "schema/message.h"

static const int64_t numbers[] = {0, 1, 2, 3, 11, 61, 100};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

/* What stands for the i-th number, of representatives and of member states. */
static const struct {
	enum language language;
	const char *persons[NUMBERS], *states[NUMBERS], *nobody;
} expected[] = {
	{language_en,
	 {"No representatives", "1 representative", "2 representatives", "3 representatives", "11 representatives",
	  "61 representatives", "100 representatives"},
	 {"from no member state", "from 1 member state", "from 2 member states", "from 3 member states",
	  "from 11 member states", "from 61 member states", "from 100 member states"},
	 "No representatives"},
	{language_fr,
	 {"Aucun représentant", "1 représentant", "2 représentants", "3 représentants", "11 représentants",
	  "61 représentants", "100 représentants"},
	 {"d'aucun État membre", "d'un État membre", "de 2 États membres", "de 3 États membres",
	  "de 11 États membres", "de 61 États membres", "de 100 États membres"},
	 "Aucun représentant"},
	{language_ar,
	 {"لا ممثلين", "ممثل واحد", "ممثلان", "3 ممثلين", "11 ممثلاً", "61 ممثلاً", "100 ممثل"},
	 {"بلا دول أعضاء", "من دولة عضو واحدة", "من دولتين عضوين", "من 3 دول أعضاء", "من 11 دولة عضواً",
	  "من 61 دولة عضواً", "من 100 دولة عضو"},
	 "لا ممثلين"},
};

static void set(int64_t *low, int64_t *high, int64_t value)
{
	*low = *high = value;
}

static void expect_line(const struct statement *statement, uint32_t line, const char *text)
{
	assert_true(line < statement->count);
	if (!text_is(statement->lines[line], text))
		fail_msg("%.*s is not %s", (int)statement->lines[line].size, statement->lines[line].at, text);
}

static void every_number_of_both_has_its_form(void **state)
{
	struct arena arena = {0};

	(void)state;
	for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
		for (int i = 0; i < NUMBERS; i++) {
			for (int j = 0; j < NUMBERS; j++) {
				struct figures_report report = {.pad_ = 0};
				struct statement statement;
				char sentence[256];

				set(&report.representatives_low, &report.representatives_high, numbers[i]);
				set(&report.states_low, &report.states_high, numbers[j]);
				snprintf(sentence, sizeof sentence, "%s %s", expected[k].persons[i],
					 expected[k].states[j]);
				statement_write(expected[k].language, &report, &arena, &statement);
				expect_line(&statement, 0, i || j ? sentence : expected[k].nobody);
			}
		}
	}
	arena_free(&arena);
}

static void others_stand_apart(void **state)
{
	struct figures_report report = {
		.representatives_low = 61, .representatives_high = 61, .states_low = 27, .states_high = 27,
		.observer_persons_low = 2, .observer_persons_high = 2,
		.observer_states_low = 1, .observer_states_high = 1,
		.institution_persons_low = 9, .institution_persons_high = 9,
		.institutions_low = 5, .institutions_high = 5,
		.other_persons_low = 4, .other_persons_high = 4, .others_low = 3, .others_high = 3,
	};
	struct arena arena = {0};
	struct statement statement;

	(void)state;
	statement_write(language_en, &report, &arena, &statement);
	assert_int_equal(statement.count, 4);
	expect_line(&statement, 0, "61 representatives from 27 member states");
	expect_line(&statement, 1, "Observers: 2 persons from 1 observer state");
	expect_line(&statement, 2, "Institutions: 9 persons from 5 institutions");
	expect_line(&statement, 3, "Other organisations: 4 persons from 3 organisations");
	statement_write(language_fr, &report, &arena, &statement);
	expect_line(&statement, 0, "61 représentants de 27 États membres");
	expect_line(&statement, 1, "Observateurs : 2 personnes d'un État observateur");
	statement_write(language_ar, &report, &arena, &statement);
	expect_line(&statement, 0, "61 ممثلاً من 27 دولة عضواً");
	expect_line(&statement, 1, "المراقبون: شخصان من دولة مراقبة واحدة");
	expect_line(&statement, 2, "المؤسسات: 9 أشخاص من 5 مؤسسات");
	expect_line(&statement, 3, "منظمات أخرى: 4 أشخاص من 3 منظمات");
	report.support_low = report.support_high = 1;
	report.observer_persons_low = report.observer_persons_high = 0;
	report.observer_states_low = report.observer_states_high = 0;
	statement_write(language_en, &report, &arena, &statement);
	expect_line(&statement, 1, "Observers: nobody");
	expect_line(&statement, 4, "Support staff: 1 person");
	arena_free(&arena);
}

static void a_range_takes_the_form_of_its_end(void **state)
{
	struct figures_report report = {.representatives_low = 12, .representatives_high = 15, .states_low = 0,
					.states_high = 2};
	struct arena arena = {0};
	struct statement statement;

	(void)state;
	statement_write(language_en, &report, &arena, &statement);
	expect_line(&statement, 0, "12–15 representatives from 0–2 member states");
	statement_write(language_ar, &report, &arena, &statement);
	expect_line(&statement, 0, "12–15 ممثلاً من 0–2 دول أعضاء");
	report.states_high = 1;
	statement_write(language_fr, &report, &arena, &statement);
	expect_line(&statement, 0, "12–15 représentants de 0–1 État membre");
	arena_free(&arena);
}

static void the_rules_are_icus(void **state)
{
	(void)state;
	assert_int_equal(plural_of(language_ar, 0), PLURAL_ZERO);
	assert_int_equal(plural_of(language_ar, 103), PLURAL_FEW);
	assert_int_equal(plural_of(language_ar, 111), PLURAL_MANY);
	assert_int_equal(plural_of(language_ar, 102), PLURAL_OTHER);
	assert_int_equal(plural_of(language_fr, 0), PLURAL_ONE);
	assert_int_equal(plural_of(language_fr, 1000000), PLURAL_MANY);
	assert_int_equal(plural_of(language_en, 0), PLURAL_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_of_both_has_its_form),
		cmocka_unit_test(others_stand_apart),
		cmocka_unit_test(a_range_takes_the_form_of_its_end),
		cmocka_unit_test(the_rules_are_icus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
