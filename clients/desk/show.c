/* Words one person for the steward, who has a second to recognise them. */
#include "clients/desk/show.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* Appends; what does not fit is cut. */
__attribute__((format(printf, 4, 5)))
static void add(char *line, size_t size, size_t *used, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	int n = vsnprintf(line + *used, size - *used, format, list);
	va_end(list);
	if (n > 0)
		*used += (size_t)n < size - *used ? (size_t)n : size - *used - 1;
}

static void add_text(char *line, size_t size, size_t *used, const char *before, struct text text)
{
	if (text.at)
		add(line, size, used, "%s%.*s", before, (int)text.size, text.at);
}

static struct text name_of(const struct person_line *person)
{
	return person->name.at ? person->name : person->arabic.at ? person->arabic : TEXT("(no name)");
}

void show_label(const struct person_line *person, char label[LABEL_MAX])
{
	size_t used = 0;

	add(label, LABEL_MAX, &used, "#%" PRId64, person->person);
	add_text(label, LABEL_MAX, &used, " ", name_of(person));
	add_text(label, LABEL_MAX, &used, " (", person->entity.at ? person->entity : TEXT("entity not stated"));
	add(label, LABEL_MAX, &used, ")");
}

void show_person(const struct person_line *person, char line[SHOWN_MAX])
{
	const char *category = vocabulary_word(&vocabulary_category, person->category);
	const char *state = vocabulary_word(&vocabulary_registration_state, person->state);
	size_t used = 0;

	add(line, SHOWN_MAX, &used, "#%" PRId64, person->person);
	add_text(line, SHOWN_MAX, &used, " ", person->honorific);
	add_text(line, SHOWN_MAX, &used, " ", name_of(person));
	if (person->name.at)
		add_text(line, SHOWN_MAX, &used, " ", person->arabic);
	add_text(line, SHOWN_MAX, &used, " (", person->entity.at ? person->entity : TEXT("entity not stated"));
	add_text(line, SHOWN_MAX, &used, ", ", person->function);
	add(line, SHOWN_MAX, &used, "%s%s)", category ? ", " : "", category ? category : "");
	if (state)
		add(line, SHOWN_MAX, &used, "  %s", state);
	if (person->checked_in != ABSENT)
		add(line, SHOWN_MAX, &used, "  checked in day %" PRId64, person->checked_in);
	if (person->remote)
		add(line, SHOWN_MAX, &used, "  by video");
	add_text(line, SHOWN_MAX, &used, "  badge ", person->badge);
}
