/* Who is counted where, on a table without any event file: by hand-made states. */
#include "workers/tabulate.h"

#include "tests/harness.h"

/* Members A, B of "north" and C of "south" (inferred), D suspended, O observer, I institution, X other. */
enum { A = 1, B, C, D, O, I, X, ENTITIES };

static struct entity entities[ENTITIES];
static struct state world;
static struct arena arena;
static struct table table;
static struct figures_report report;
static struct list rows;

static int set_up(void **state)
{
	static const struct {
		const char *code, *region;
		enum entity_kind kind;
		enum standing standing;
	} plans[ENTITIES] = {
		[A] = {"A", "north", entity_kind_state, standing_member},
		[B] = {"B", "north", entity_kind_state, standing_member},
		[C] = {"C", "south", entity_kind_state, standing_member},
		[D] = {"D", "south", entity_kind_state, standing_suspended},
		[O] = {"O", NULL, entity_kind_state, standing_observer},
		[I] = {"I", NULL, entity_kind_institution, standing_none},
		[X] = {"X", NULL, entity_kind_other, standing_none},
	};

	(void)state;
	for (size_t i = 1; i < ENTITIES; i++) {
		message_clear(&message_entity_plan, &entities[i].plan);
		entities[i].plan.entity = text_of(plans[i].code);
		entities[i].plan.region = text_of(plans[i].region);
		entities[i].plan.kind = plans[i].kind;
		entities[i].plan.region_inferred = i == C;
		entities[i].standing = plans[i].standing;
	}
	state_init(&world);
	world.entities = entities;
	world.entity_count = ENTITIES;
	world.host = TEXT("A");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void begin(enum dimension by, bool without_host)
{
	assert_int_equal(table_init(&table, &world, &arena, by, 2, without_host), E_OK);
}

static struct profile who(uint16_t entity, uint16_t also, enum category category)
{
	return (struct profile){.entity = entity, .also = also, .category = (uint8_t)category};
}

static void count(struct profile profile, int64_t low, int64_t high)
{
	table_count(&table, &profile, low, high);
}

static void tell(void)
{
	int64_t next;

	message_clear(&message_figures_report, &report);
	table_headline(&table, &report);
	assert_int_equal(table_rows(&table, 0, &arena, &rows, &next), E_OK);
	assert_int_equal(next, ABSENT);
}

static const struct figure_row *row(const char *key)
{
	for (uint32_t i = 0; i < rows.count; i++)
		if (text_is(LIST_AT(rows, figure_row, i)->key, key))
			return LIST_AT(rows, figure_row, i);
	return NULL;
}

static int64_t sum_of_rows(void)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < rows.count; i++)
		sum += LIST_AT(rows, figure_row, i)->high;
	return sum;
}

static void count_one_of_each(void)
{
	for (uint16_t entity = 0; entity < ENTITIES; entity++)
		count(who(entity, 0, category_delegate), 1, 1);
}

static void each_kind_has_its_own_line(void **state)
{
	(void)state;
	begin(dimension_country, false);
	count_one_of_each();
	tell();
	assert_int_equal(report.representatives_high, 3);
	assert_int_equal(report.states_high, 3);
	assert_int_equal(report.in_good_standing, 3);
	assert_int_equal(report.observer_persons_high, 2);
	assert_int_equal(report.observer_states_high, 2);
	assert_int_equal(report.institution_persons_high, 1);
	assert_int_equal(report.institutions_high, 1);
	assert_int_equal(report.other_persons_high, 1);
	assert_int_equal(report.others_high, 1);
	assert_int_equal(report.unstated_high, 1);
	assert_int_equal(report.total_high, 8);
	assert_int_equal(sum_of_rows(), 8);
	assert_int_equal(row("not_stated")->high, 1);
}

static void member_states_show_their_zeros(void **state)
{
	(void)state;
	begin(dimension_country, false);
	tell();
	assert_int_equal(rows.count, 3);
	assert_int_equal(row("B")->high, 0);
	assert_int_equal(row("B")->standing, standing_member);
	assert_null(row("O"));
}

static void support_staff_are_apart(void **state)
{
	static const enum category support[] = {category_interpreter, category_security, category_press,
						category_driver, category_secretariat};

	(void)state;
	begin(dimension_country, false);
	for (size_t i = 0; i < sizeof support / sizeof *support; i++)
		count(who(B, 0, support[i]), i == 0 ? 0 : 1, 1);
	count(who(C, 0, category_none), 1, 1);
	tell();
	assert_int_equal(report.support_high, 5);
	assert_int_equal(report.representatives_high, 1);
	assert_int_equal(report.states_high, 1);
	assert_int_equal(report.total_high, 6);
	assert_int_equal(row("B")->high, 5);
	assert_int_equal(row("B")->support, 5);
	assert_int_equal(row("B")->support_low, 4);
}

static void a_second_representation_is_a_state_and_no_head(void **state)
{
	(void)state;
	begin(dimension_country, false);
	count(who(I, B, category_delegate), 1, 1);
	count(who(A, A, category_delegate), 1, 1);
	count(who(A, O, category_delegate), 1, 1);
	tell();
	assert_int_equal(report.states_high, 2);
	assert_int_equal(report.representatives_high, 2);
	assert_int_equal(report.institution_persons_high, 1);
	assert_int_equal(report.observer_states_high, 0);
	assert_int_equal(row("B")->also, 1);
	assert_int_equal(row("B")->high, 0);
	assert_int_equal(row("A")->also, 0);
	assert_int_equal(sum_of_rows(), report.total_high);
}

static void without_host_leaves_its_state_out_of_the_base(void **state)
{
	(void)state;
	begin(dimension_country, true);
	count_one_of_each();
	count(who(I, A, category_delegate), 1, 1);
	tell();
	assert_int_equal(report.representatives_high, 2);
	assert_int_equal(report.states_high, 2);
	assert_int_equal(report.in_good_standing, 2);
	assert_int_equal(report.total_high, 8);
	assert_null(row("A"));
}

static void group_rates_never_pass_the_whole(void **state)
{
	(void)state;
	begin(dimension_group, false);
	count_one_of_each();
	count(who(B, C, category_delegate), 0, 1);
	tell();
	assert_int_equal(row("north")->states_high, 2);
	assert_int_equal(row("north")->in_good_standing, 2);
	assert_int_equal(row("north")->low, 2);
	assert_int_equal(row("north")->high, 3);
	assert_false(row("north")->region_inferred);
	assert_int_equal(row("south")->states_high, 1);
	assert_int_equal(row("south")->in_good_standing, 1);
	assert_int_equal(row("south")->high, 1);
	assert_true(row("south")->region_inferred);
	assert_int_equal(row("observer")->high, 2);
	assert_int_equal(row("observer")->states_high, ABSENT);
	assert_int_equal(sum_of_rows(), report.total_high);
}

static void not_stated_is_a_line_and_lines_sum(void **state)
{
	static const enum dimension by[] = {dimension_kind, dimension_category, dimension_level, dimension_gender,
					    dimension_language};

	(void)state;
	for (size_t i = 0; i < sizeof by / sizeof *by; i++) {
		struct profile full = {.entity = A, .category = category_head, .level = level_minister,
				       .gender = gender_female, .language = language_ar};

		begin(by[i], false);
		count(full, 2, 3);
		count(who(0, 0, category_none), 1, 1);
		tell();
		assert_int_equal(sum_of_rows(), 4);
		assert_int_equal(row("not_stated")->high, 1);
		assert_ptr_equal(row("not_stated"), LIST_AT(rows, figure_row, rows.count - 1));
	}
}

static void states_of_a_line_are_counted_once(void **state)
{
	struct profile a = who(A, C, category_delegate), b = who(B, 0, category_interpreter);

	(void)state;
	begin(dimension_session, false);
	table.lines[0].key = TEXT("one");
	table.lines[1].key = TEXT("two");
	table_count_line(&table, 0, &a, 1, 1);
	table_count_line(&table, 0, &a, 0, 1);
	table_count_line(&table, 1, &b, 0, 1);
	tell();
	assert_int_equal(row("one")->low, 1);
	assert_int_equal(row("one")->high, 2);
	assert_int_equal(row("one")->states_low, 2);
	assert_int_equal(row("one")->states_high, 2);
	assert_int_equal(row("two")->states_high, 0);
	assert_int_equal(report.total_high, 0);
}

static void pages_follow_each_other(void **state)
{
	int64_t next = 0;
	uint32_t count = 0, pages = 0;

	(void)state;
	assert_int_equal(table_init(&table, &world, &arena, dimension_session, 400, false), E_OK);
	for (uint32_t i = 0; i < 400; i++)
		table.lines[i].key = arena_printf(&arena, "%u", i);
	while (next != ABSENT) {
		assert_int_equal(table_rows(&table, next, &arena, &rows, &next), E_OK);
		for (uint32_t i = 0; i < rows.count; i++)
			assert_true(text_equal(LIST_AT(rows, figure_row, i)->key, table.lines[count++].key));
		pages++;
	}
	assert_int_equal(count, 400);
	assert_int_equal(pages, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_kind_has_its_own_line),
		TEST(member_states_show_their_zeros),
		TEST(support_staff_are_apart),
		TEST(a_second_representation_is_a_state_and_no_head),
		TEST(without_host_leaves_its_state_out_of_the_base),
		TEST(group_rates_never_pass_the_whole),
		TEST(not_stated_is_a_line_and_lines_sum),
		TEST(states_of_a_line_are_counted_once),
		TEST(pages_follow_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
