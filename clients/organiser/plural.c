/* Chooses plural forms by ICU's rules. */
#include "clients/organiser/plural.h"

#include <assert.h>
#include <inttypes.h>
#include <unicode/upluralrules.h>

static enum plural category_of(const UChar *keyword, int32_t size)
{
	static const char *const names[PLURAL_COUNT] = {"zero", "one",  "two",
							"few",  "many", "other"};

	for (int k = 0; k < PLURAL_COUNT; k++) {
		int32_t i = 0;

		while (i < size && names[k][i] && keyword[i] == (UChar)names[k][i])
			i++;
		if (i == size && !names[k][i])
			return (enum plural)k;
	}
	return PLURAL_OTHER;
}

enum plural plural_of(enum language language, int64_t number)
{
	const char *locale = vocabulary_word(&vocabulary_language, language);
	UErrorCode status = U_ZERO_ERROR;
	UPluralRules *rules = uplrules_open(locale ? locale : "en", &status);
	UChar keyword[16];
	int32_t size = uplrules_select(rules, (double)number, keyword, 16, &status);

	uplrules_close(rules);
	return U_SUCCESS(status) ? category_of(keyword, size) : PLURAL_OTHER;
}

static const char *choose(enum language language, const struct forms *forms, int64_t low,
			  int64_t high)
{
	const char *form = NULL;

	if (high == 0)
		form = forms->of[PLURAL_ZERO];
	if (!form)
		form = forms->of[plural_of(language, high)];
	if (!form)
		form = forms->of[PLURAL_OTHER];
	assert(form);
	return low != high && !strchr(form, '#') ? forms->range : form;
}

struct text plural_write(enum language language, const struct forms *forms, int64_t low,
			 int64_t high, struct arena *arena)
{
	const char *form = choose(language, forms, low, high), *mark = strchr(form, '#');
	int before = mark ? (int)(mark - form) : (int)strlen(form);

	if (!mark)
		return arena_printf(arena, "%s", form);
	if (low == high)
		return arena_printf(arena, "%.*s%" PRId64 "%s", before, form, high, mark + 1);
	return arena_printf(arena, "%.*s%" PRId64 "–%" PRId64 "%s", before, form, low, high,
			    mark + 1);
}
