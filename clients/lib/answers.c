/* A list in order of arrival. */
#include "clients/lib/answers.h"

#include <stdlib.h>

bool answers_add(struct answers *answers, const uint8_t *id, bool final, struct text service,
		 struct text map)
{
	struct kept_answer *kept;

	if (!final && answers->partials >= PARTIALS_MAX)
		return false;
	kept = malloc(sizeof *kept + map.size + service.size + 1);
	if (!kept)
		return false;
	memcpy(kept->id, id, ID_SIZE);
	kept->final = final;
	memcpy(kept->bytes, map.at, map.size);
	memcpy(kept->bytes + map.size, service.at, service.size);
	kept->bytes[map.size + service.size] = '\0';
	kept->map = (struct text){kept->bytes, map.size};
	kept->service = kept->bytes + map.size;
	answers->partials += !final;
	TAILQ_INSERT_TAIL(&answers->list, kept, link);
	return true;
}

static bool is_wanted(const struct kept_answer *kept, const uint8_t *id)
{
	return !id || (kept->final && memcmp(kept->id, id, ID_SIZE) == 0);
}

struct kept_answer *answers_take(struct answers *answers, const uint8_t *id)
{
	struct kept_answer *kept;

	TAILQ_FOREACH(kept, &answers->list, link)
		if (is_wanted(kept, id))
			break;
	if (!kept)
		return NULL;
	TAILQ_REMOVE(&answers->list, kept, link);
	answers->partials -= !kept->final;
	return kept;
}

void answers_release(struct answers *answers)
{
	struct kept_answer *kept;

	while ((kept = answers_take(answers, NULL)))
		free(kept);
}
