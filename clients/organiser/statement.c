/* Writes a figure as sentences. Observers, institutions and others never enter the first one. */
#include "clients/organiser/statement.h"

#include "clients/organiser/plural.h"

enum noun {
	NOUN_REPRESENTATIVES, NOUN_OF_MEMBERS, NOUN_PERSONS, NOUN_OF_OBSERVERS, NOUN_OF_INSTITUTIONS,
	NOUN_OF_OTHERS, NOUN_COUNT
};

/* One language: nouns as they follow one another, and what stands before the later lines. */
struct tongue {
	struct forms nouns[NOUN_COUNT];
	const char *observers, *institutions, *others, *unstated, *support;
};

static const struct tongue english = {
	.nouns = {
		[NOUN_REPRESENTATIVES] = {{"No representatives", "# representative",
					   [PLURAL_OTHER] = "# representatives"}, NULL},
		[NOUN_OF_MEMBERS] = {{"from no member state", "from # member state",
				      [PLURAL_OTHER] = "from # member states"}, NULL},
		[NOUN_PERSONS] = {{"nobody", "# person", [PLURAL_OTHER] = "# persons"}, NULL},
		[NOUN_OF_OBSERVERS] = {{"from no observer state", "from # observer state",
					[PLURAL_OTHER] = "from # observer states"}, NULL},
		[NOUN_OF_INSTITUTIONS] = {{"from no institution", "from # institution",
					   [PLURAL_OTHER] = "from # institutions"}, NULL},
		[NOUN_OF_OTHERS] = {{"from no organisation", "from # organisation",
				     [PLURAL_OTHER] = "from # organisations"}, NULL},
	},
	.observers = "Observers: ", .institutions = "Institutions: ", .others = "Other organisations: ",
	.unstated = "Entity not stated: ", .support = "Support staff: ",
};

/* "de 27 États", "d'un État"; from a million on French says "un million d'États" and CLDR calls that many. */
static const struct tongue french = {
	.nouns = {
		[NOUN_REPRESENTATIVES] = {{"Aucun représentant", "# représentant",
					   [PLURAL_MANY] = "# de représentants",
					   [PLURAL_OTHER] = "# représentants"}, NULL},
		[NOUN_OF_MEMBERS] = {{"d'aucun État membre", "d'un État membre",
				      [PLURAL_MANY] = "de # d'États membres",
				      [PLURAL_OTHER] = "de # États membres"}, "de # État membre"},
		[NOUN_PERSONS] = {{"personne", "# personne", [PLURAL_MANY] = "# de personnes",
				   [PLURAL_OTHER] = "# personnes"}, NULL},
		[NOUN_OF_OBSERVERS] = {{"d'aucun État observateur", "d'un État observateur",
					[PLURAL_MANY] = "de # d'États observateurs",
					[PLURAL_OTHER] = "de # États observateurs"}, "de # État observateur"},
		[NOUN_OF_INSTITUTIONS] = {{"d'aucune institution", "d'une institution",
					   [PLURAL_MANY] = "de # d'institutions",
					   [PLURAL_OTHER] = "de # institutions"}, "de # institution"},
		[NOUN_OF_OTHERS] = {{"d'aucune organisation", "d'une organisation",
				     [PLURAL_MANY] = "de # d'organisations",
				     [PLURAL_OTHER] = "de # organisations"}, "de # organisation"},
	},
	.observers = "Observateurs : ", .institutions = "Institutions : ", .others = "Autres organisations : ",
	.unstated = "Entité non précisée : ", .support = "Personnel d'appui : ",
};

/* One and two are words; 3 to 10 take the plural, 11 to 99 the accusative singular, hundreds the genitive one. */
static const struct tongue arabic = {
	.nouns = {
		[NOUN_REPRESENTATIVES] = {{"لا ممثلين", "ممثل واحد", "ممثلان", "# ممثلين", "# ممثلاً", "# ممثل"},
					  "# ممثلين"},
		[NOUN_OF_MEMBERS] = {{"بلا دول أعضاء", "من دولة عضو واحدة", "من دولتين عضوين", "من # دول أعضاء",
				      "من # دولة عضواً", "من # دولة عضو"}, "من # دول أعضاء"},
		[NOUN_PERSONS] = {{"لا أحد", "شخص واحد", "شخصان", "# أشخاص", "# شخصاً", "# شخص"}, "# أشخاص"},
		[NOUN_OF_OBSERVERS] = {{"بلا دول مراقبة", "من دولة مراقبة واحدة", "من دولتين مراقبتين",
					"من # دول مراقبة", "من # دولة مراقبة", "من # دولة مراقبة"},
				       "من # دول مراقبة"},
		[NOUN_OF_INSTITUTIONS] = {{"بلا مؤسسات", "من مؤسسة واحدة", "من مؤسستين", "من # مؤسسات",
					   "من # مؤسسة", "من # مؤسسة"}, "من # مؤسسات"},
		[NOUN_OF_OTHERS] = {{"بلا منظمات", "من منظمة واحدة", "من منظمتين", "من # منظمات", "من # منظمة",
				     "من # منظمة"}, "من # منظمات"},
	},
	.observers = "المراقبون: ", .institutions = "المؤسسات: ", .others = "منظمات أخرى: ",
	.unstated = "جهة غير مذكورة: ", .support = "موظفو الدعم: ",
};

/* One language being written. */
struct writer {
	enum language language;
	const struct tongue *tongue;
	struct arena *arena;
	struct statement *statement;
};

static struct text words(const struct writer *w, enum noun noun, int64_t low, int64_t high)
{
	return plural_write(w->language, &w->tongue->nouns[noun], low, high, w->arena);
}

/* "Institutions: " "9 persons" "from 5 institutions"; nobody comes from nowhere, so zero stands alone. */
static void add(struct writer *w, const char *before, struct text who, struct text from)
{
	w->statement->lines[w->statement->count++] =
		arena_printf(w->arena, "%s%.*s%s%.*s", before, (int)who.size, who.at, from.size ? " " : "",
			     (int)from.size, from.size ? from.at : "");
}

static void add_group(struct writer *w, const char *before, enum noun from, const int64_t n[4])
{
	struct text nothing = {NULL, 0};

	add(w, before, words(w, NOUN_PERSONS, n[0], n[1]), n[1] || n[3] ? words(w, from, n[2], n[3]) : nothing);
}

static void add_some(struct writer *w, const char *before, int64_t low, int64_t high)
{
	struct text nothing = {NULL, 0};

	if (high)
		add(w, before, words(w, NOUN_PERSONS, low, high), nothing);
}

void statement_write(enum language language, const struct figures_report *r, struct arena *arena,
		     struct statement *statement)
{
	static const struct tongue *const tongues[language_count] = {
		[language_none] = &english, [language_en] = &english, [language_fr] = &french,
		[language_ar] = &arabic,
	};
	struct writer w = {language, tongues[language], arena, statement};
	struct text nothing = {NULL, 0};

	statement->count = 0;
	add(&w, "", words(&w, NOUN_REPRESENTATIVES, r->representatives_low, r->representatives_high),
	    r->representatives_high || r->states_high
	    ? words(&w, NOUN_OF_MEMBERS, r->states_low, r->states_high) : nothing);
	add_group(&w, w.tongue->observers, NOUN_OF_OBSERVERS, (int64_t[]){r->observer_persons_low,
		  r->observer_persons_high, r->observer_states_low, r->observer_states_high});
	add_group(&w, w.tongue->institutions, NOUN_OF_INSTITUTIONS, (int64_t[]){r->institution_persons_low,
		  r->institution_persons_high, r->institutions_low, r->institutions_high});
	add_group(&w, w.tongue->others, NOUN_OF_OTHERS, (int64_t[]){r->other_persons_low,
		  r->other_persons_high, r->others_low, r->others_high});
	add_some(&w, w.tongue->unstated, r->unstated_low, r->unstated_high);
	add_some(&w, w.tongue->support, r->support_low, r->support_high);
}
