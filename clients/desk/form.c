/* Asks for the particulars of a walk-in and keeps the answers until they were accepted. */
#include "clients/desk/form.h"

#include <stdio.h>

#include "schema/enums.h"

/* By its word or the beginning of just one. */
static enum category category_of(struct text word)
{
	enum category found = category_none;

	for (uint32_t i = 1; i < category_count; i++) {
		struct text whole = text_of(vocabulary_word(&vocabulary_category, i));
		if (text_equal(whole, word))
			return (enum category)i;
		if (word.size < whole.size && memcmp(whole.at, word.at, word.size) == 0) {
			if (found)
				return category_none;
			found = (enum category)i;
		}
	}
	return found;
}

enum form_result form_answer(struct form *form, struct text answer, const char **sentence)
{
	char *kept = form->answers[form->step];

	if (form->step == FORM_CATEGORY && answer.size > 0) {
		answer = text_of(vocabulary_word(&vocabulary_category, category_of(answer)));
		*sentence = "Categories: head, delegate, adviser, interpreter, security, press, driver, "
			    "secretariat; the beginning of one is enough.";
		if (!answer.at)
			return FORM_COMPLAINS;
	}
	if (answer.size > 0)
		snprintf(kept, ENTRY_MAX + 1, "%.*s", (int)answer.size, answer.at);
	if (!form->answers[FORM_NAME][0]) {
		form->step = FORM_NONE;
		*sentence = "Nobody is registered without a name.";
		return FORM_COMPLAINS;
	}
	if (++form->step < FORM_STEPS)
		return FORM_ASKS;
	form->step = FORM_NONE;
	return FORM_COMPLETE;
}

void form_prompt(const struct form *form, char *prompt, size_t size)
{
	static const char *const questions[FORM_STEPS] = {
		[FORM_NAME] = "full name",
		[FORM_ENTITY] = "represents, a code or a name (may be empty)",
		[FORM_FUNCTION] = "function (may be empty)",
		[FORM_CATEGORY] = "category (may be empty)",
	};
	const char *before = form->answers[form->step];

	if (before[0])
		snprintf(prompt, size, "%s [%s]: ", questions[form->step], before);
	else
		snprintf(prompt, size, "%s: ", questions[form->step]);
}

void form_clear(struct form *form)
{
	*form = (struct form){FORM_NONE, {{0}}};
}
