/* Whom the desk asks a steward about: who bears nearly the name of a walk-in and represents the same. */
#include "clients/desk/double.h"

#include "tests/harness.h"

struct pair {
	const char *one, *other;
};

static struct person_line person(int64_t number, const char *name, const char *arabic, const char *entity)
{
	struct person_line line;

	message_clear(&message_person_line, &line);
	line.person = number;
	line.name = text_of(name);
	line.arabic = text_of(arabic);
	line.entity = text_of(entity);
	return line;
}

static bool is_asked(const struct person_line *one, const struct person_line *other)
{
	enum likeness likeness = double_likeness(one, other);

	assert_int_equal(double_likeness(other, one), likeness);
	return likeness != LIKENESS_NONE;
}

static void check_names(bool asked, const struct pair *pair)
{
	for (; pair->one; pair++) {
		struct person_line one = person(1, pair->one, NULL, "EG"), other = person(2, pair->other, NULL, "EG");

		if (is_asked(&one, &other) != asked)
			fail_msg("%s | %s", pair->one, pair->other);
	}
}

#define ASKED(...) check_names(true, (const struct pair[]){__VA_ARGS__, {NULL, NULL}})
#define APART(...) check_names(false, (const struct pair[]){__VA_ARGS__, {NULL, NULL}})

static void same_words_in_any_order(void **state)
{
	(void)state;
	ASKED({"Işık OĞLU", "OGLU Isik"}, {"Mona Hala SHERBINI", "Sherbini Mona Hala"}, {"Mona Mona Hala", "Hala Mona Mona"});
	APART({"Işık OĞLU", "Işık"}, {"Işık OĞLU", "Isik Oglu Sample"}, {"Mona Mona Hala", "Mona Hala Hala"},
	      {"Mona SHERBINI", "Mona K SHERBINI"});
}

static void parts_set_together_or_apart(void **state)
{
	(void)state;
	ASKED({"Işık OĞLU", "Isikoglu"}, {"Mona Abdel-Rahman", "Abdel Rahman Mona"}, {"EL SHERBINI Mona", "Mona El-Sherbini"},
	      {"Elsherbini Mona Abdelrahman", "Mona Abdel Rahman El Sherbini"}, {"J PA", "JP A"},
	      {"عبد الرحمن منى", "منى عبدالرحمن"});
	APART({"Mona Abdel-Rahman", "Rahmanabdel Mona"}, {"Abdel Mona Rahman", "Mona Abdelrahman"},
	      {"Sami Mona Hala", "Mona Samimona"});
}

static void one_letter_of_one_word(void **state)
{
	(void)state;
	ASKED({"Ahmet YILMAZ", "Ahmed YILMAZ"}, {"Yilmaz Ahmet", "Ahmed YILMAZ"}, {"Ahmet YILMAZ", "Ahmmet YILMAZ"},
	      {"Ahmet YILMAZ", "Amet YILMAZ"}, {"Ahmet YILMAZ", "Ahemt YILMAZ"}, {"Ahmet YILMAZ", "Hahmet YILMAZ"},
	      {"Ahmet YILMAZ", "Ahmet YILMA"}, {"Mona Abdel Rahman El Sherbini", "Mona Abdel-Rahman EL-SHERBINY"},
	      {"Mona ELSHERBINI", "El-Sherbiny Mona"});
	APART({"Ahmet YILMAZ", "Ahmed YILMAS"}, {"Ahmet YILMAZ", "Ahmeddd YILMAZ"}, {"Ahmet YILMAZ", "Ahtem YILMAZ"},
	      {"Ahmet YILMAZ", "Amhte YILMAZ"}, {"Ahmet YILMAZ", "Amxet YILMAZ"}, {"Ahmet YILMAZ", "Axhet YILMAZ"},
	      {"Ahmet YILMAZ", "Ahmet Ahmed"}, {"Ahmet YILMAZ Hala", "Yilmaz Ahmed"});
}

/* A letter here has two bytes, so three letters have six. */
static void letters_are_not_bytes(void **state)
{
	(void)state;
	ASKED({"محمود سالم", "محمود سلام"}, {"رجاء الهران", "رجاء الحران"}, {"منى الشربيني", "منى الشربينى"},
	      {"منى الشربيني", "منى الشبريني"}, {"منى الشربيني", "الشربين منى"}, {"Иван ПЕТРОВ", "Иван ПЕТПОВ"});
	APART({"علي سالم", "عليا سالم"}, {"منى سالم", "مها سالم"}, {"محمود سالم", "محمد سلام"}, {"Чен Иван", "Чан Иван"});
}

static void short_words_are_not_guessed_at(void **state)
{
	(void)state;
	ASKED({"Omar Hala", "Omer Hala"});
	APART({"Ali Hassan", "Alia Hassan"}, {"Hassan AL-ALI", "Hassan AL-ALIA"}, {"Ali Nour Eddin", "Alia Noureddin"},
	      {"Li Wei", "Lu Wei"}, {"Ali", "Alia"}, {"Mona", "Mon"});
}

static void others_represent_something_else(void **state)
{
	struct person_line one = person(1, "Ahmet YILMAZ", NULL, "TR"), near = person(2, "Ahmed YILMAZ", NULL, "TR");

	(void)state;
	assert_true(is_asked(&one, &near));
	near.entity = text_of("AZ");
	assert_false(is_asked(&one, &near));
	near.name = one.name;
	assert_false(is_asked(&one, &near));
	near.entity = text_of(NULL);
	assert_true(is_asked(&one, &near));
}

static void either_form_of_the_name_counts(void **state)
{
	struct person_line one = person(1, "Fatma", "فاطمة أحمد", "EG"), name = person(2, "احمد فاطمة", NULL, "EG"),
			   arabic = person(3, "Ahmad F.", "فاطمه احمد", "EG"), neither = person(4, "Ahmad", NULL, "EG"),
			   nameless = person(5, NULL, "فاطمه احمد", "EG");

	(void)state;
	assert_true(is_asked(&one, &name));
	assert_true(is_asked(&one, &arabic));
	assert_true(is_asked(&one, &nameless));
	assert_false(is_asked(&one, &neither));
	assert_false(is_asked(&one, &one));
}

static void a_name_without_letters_is_like_none(void **state)
{
	struct person_line one = person(1, "-", NULL, "TR"), other = person(2, "--", NULL, "TR"),
			   broken = person(3, "Mona \xFF", NULL, "TR"), none = person(4, NULL, NULL, "TR");

	(void)state;
	assert_false(is_asked(&one, &other));
	assert_false(is_asked(&one, &none));
	assert_false(is_asked(&one, &broken));
}

/* Nine may be the walk-in: those are shown who are so most likely, not whoever registered first. */
static void the_likeliest_come_first(void **state)
{
	const struct person_line all[] = {
		person(1, "Mona SHERBINY", NULL, NULL), person(2, "Mona SHERBINY", NULL, "EG"),
		person(3, "Sherbini Mona", NULL, NULL), person(4, "Sherbini Mona", NULL, "EG"),
		person(5, "Mona SHERBINI", NULL, "TR"), person(6, "Mona SHERBINI", NULL, "EG"),
		person(7, "Mona HALA", NULL, "EG"),     person(8, "Mona SHERBNI", NULL, "EG"),
		person(9, "Mona SHERBINI", NULL, "EG"), person(10, "Mona-Sherbini", NULL, NULL),
	};
	const int64_t expected[DOUBLES_MAX] = {4, 6, 3, 10, 2};
	const struct person_line *doubles[DOUBLES_MAX];
	struct roster roster;

	(void)state;
	roster_init(&roster, TEXT("e1"));
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_int_equal(roster_put(&roster, &all[i]), E_OK);
	assert_int_equal(doubles_find(&roster, roster_person(&roster, 9), doubles), DOUBLES_MAX);
	for (size_t i = 0; i < DOUBLES_MAX; i++)
		assert_int_equal(doubles[i]->person, expected[i]);
	assert_int_equal(doubles_find(&roster, roster_person(&roster, 7), doubles), 0);
	roster_free(&roster);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_words_in_any_order),
		cmocka_unit_test(parts_set_together_or_apart),
		cmocka_unit_test(one_letter_of_one_word),
		cmocka_unit_test(letters_are_not_bytes),
		cmocka_unit_test(short_words_are_not_guessed_at),
		cmocka_unit_test(others_represent_something_else),
		cmocka_unit_test(either_form_of_the_name_counts),
		cmocka_unit_test(a_name_without_letters_is_like_none),
		cmocka_unit_test(the_likeliest_come_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
