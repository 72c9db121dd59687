/* Records a spool at work, cuts it off, and looks at what is left of it. */
#include "tests/powerloss/spool_round.h"

#include <stdlib.h>

#include "clients/lib/spool.h"
#include "tests/powerloss/calls.h"

enum { MARK_GIVEN, MARK_KEPT, MARK_LEAVING, MARK_REJECTED };
enum { UNANSWERED_MAX = 16, KEEPS_A_LIFE = 150, MAP_MAX = 6000 };

static const struct text events[KEPT_EVENTS] = {{"alpha", 5}, {"beta", 4}};

static struct spool *open_spool(const char *folder, struct complaint *complaint)
{
	char path[256];
	struct spool *spool;

	snprintf(path, sizeof path, "%s/door.spool", folder);
	return spool_open(path, &spool, complaint) ? spool : NULL;
}

static void must(bool done)
{
	if (!done)
		abort();
}

/* ---- the record ---- */

static void invent(struct spooling *spooling, struct kept *kept, struct chance *chance)
{
	uint32_t size = 20 + (uint32_t)chance_below(chance, chance_below(chance, 4) ? 200 : MAP_MAX);
	char *map = arena_alloc(&spooling->arena, size);

	must(map);
	for (uint32_t i = 0; i < size; i++)
		map[i] = (char)chance_next(chance);
	for (uint32_t i = 0; i < ID_SIZE; i++)
		kept->id[i] = (uint8_t)chance_next(chance);
	kept->event = (uint32_t)chance_below(chance, KEPT_EVENTS);
	kept->map = (struct text){map, size};
}

static void keep(struct spooling *spooling, struct spool *spool, uint32_t number)
{
	struct kept *kept = &spooling->kept[number];
	struct complaint complaint;

	must(spool_number(spool, events[kept->event], &kept->seq, &complaint));
	record_mark(&spooling->record, MARK_GIVEN, number);
	must(spool_keep(spool, kept->id, events[kept->event], kept->map, true, &kept->n, &complaint));
	record_mark(&spooling->record, MARK_KEPT, number);
}

/* One of those that wait is answered: mostly for good, now and then with an error. */
static void answer(struct spooling *spooling, struct spool *spool, uint32_t number, struct chance *chance)
{
	struct complaint complaint;

	record_mark(&spooling->record, MARK_LEAVING, number);
	if (chance_below(chance, 16)) {
		must(spool_answered(spool, spooling->kept[number].n, &complaint));
		return;
	}
	must(spool_rejected(spool, spooling->kept[number].n, TEXT("reply"), 1, &complaint));
	record_mark(&spooling->record, MARK_REJECTED, number);
}

static void work(struct spooling *spooling, struct chance *chance, const char *folder)
{
	uint32_t waiting[UNANSWERED_MAX], count = 0;
	struct complaint complaint;
	struct spool *spool = NULL;

	for (uint32_t i = 0; i < KEPT_MAX; i++) {
		if (i % KEEPS_A_LIFE == 0) {
			spool_close(spool);
			must((spool = open_spool(folder, &complaint)));
		}
		invent(spooling, &spooling->kept[i], chance);
		keep(spooling, spool, i);
		waiting[count++] = i;
		while (count == UNANSWERED_MAX || (count && chance_below(chance, 8) < 3)) {
			uint32_t which = (uint32_t)chance_below(chance, count);

			answer(spooling, spool, waiting[which], chance);
			waiting[which] = waiting[--count];
		}
		if (chance_below(chance, 16) == 0)
			spool_measured(spool, (int64_t)i);
	}
	memcpy(spooling->device, spool_device(spool), ID_SIZE);
	spool_close(spool);
}

void spooling_record(struct spooling *spooling, struct course *course, uint64_t seed)
{
	struct chance chance = {seed};
	char folder[128];

	memset(spooling, 0, sizeof *spooling);
	course_folder(course, "spool", folder);
	calls_watch(folder, &spooling->record);
	work(spooling, &chance, folder);
	calls_unwatch();
}

void spooling_free(struct spooling *spooling)
{
	record_free(&spooling->record);
	arena_free(&spooling->arena);
}

/* ---- what is left ---- */

struct finding {
	const struct spooling *spooling;
	bool given[KEPT_MAX], kept[KEPT_MAX], left[KEPT_MAX], rejected[KEPT_MAX], found[KEPT_MAX];
	int64_t strange, rejected_found;
};

static void learn_until(struct finding *finding, uint32_t cut)
{
	for (uint32_t i = 0; i < cut; i++) {
		const struct entry *entry = &finding->spooling->record.entries[i];

		if (entry->what != DEED_MARK)
			continue;
		finding->given[entry->at] |= entry->file == MARK_GIVEN;
		finding->kept[entry->at] |= entry->file == MARK_KEPT;
		finding->left[entry->at] |= entry->file == MARK_LEAVING;
		finding->rejected[entry->at] |= entry->file == MARK_REJECTED;
	}
}

static bool find(void *context, int64_t n, const uint8_t *id, struct text service, struct text map)
{
	struct finding *finding = context;

	for (uint32_t i = 0; i < KEPT_MAX; i++) {
		const struct kept *kept = &finding->spooling->kept[i];

		if (memcmp(kept->id, id, ID_SIZE) == 0 && finding->given[i] && !finding->found[i] && kept->n == n &&
		    text_equal(kept->map, map) && text_equal(events[kept->event], service)) {
			finding->found[i] = true;
			return true;
		}
	}
	finding->strange++;
	return true;
}

static bool count_rejected(void *context, const struct rejected *rejected)
{
	struct finding *finding = context;

	finding->rejected_found += text_is(rejected->reply, "reply");
	return true;
}

static void check_kept(struct finding *finding, struct course *course)
{
	int64_t lost = 0, rejected = 0;

	for (uint32_t i = 0; i < KEPT_MAX; i++) {
		course->acked += finding->kept[i] && !finding->left[i];
		lost += finding->kept[i] && !finding->left[i] && !finding->found[i];
		rejected += finding->rejected[i];
		if (finding->rejected[i] && finding->found[i])
			course_wrong(course, 0, "request %u was rejected and waits again", i);
	}
	if (lost)
		course_wrong(course, lost, "%lld kept requests are not in the spool", (long long)lost);
	if (finding->strange)
		course_wrong(course, 0, "%lld requests were never given to the spool", (long long)finding->strange);
	if (rejected > finding->rejected_found)
		course_wrong(course, rejected - finding->rejected_found, "rejected requests are lost");
}

static void check_numbers(const struct finding *finding, struct course *course, struct spool *spool)
{
	struct complaint complaint;

	for (uint32_t e = 0; e < KEPT_EVENTS; e++) {
		int64_t highest = 0, seq = 0;

		for (uint32_t i = 0; i < KEPT_MAX; i++)
			if (finding->kept[i] && finding->spooling->kept[i].event == e &&
			    finding->spooling->kept[i].seq > highest)
				highest = finding->spooling->kept[i].seq;
		if (!spool_number(spool, events[e], &seq, &complaint))
			course_wrong(course, 0, "no number is given: %s", complaint.sentence);
		else if (seq <= highest)
			course_wrong(course, 0, "number %lld is given twice", (long long)seq);
		spool_abandon(spool);
	}
}

static void check_spool(struct finding *finding, struct course *course, struct spool *spool, const char *folder)
{
	struct complaint complaint;
	char path[256];

	snprintf(path, sizeof path, "%s/door.spool", folder);
	if (!spool_each(spool, find, finding, &complaint) ||
	    !spool_each_rejected(path, count_rejected, finding, &complaint))
		course_wrong(course, 0, "the spool cannot be read: %s", complaint.sentence);
	check_kept(finding, course);
	check_numbers(finding, course, spool);
	if (finding->kept[0] && memcmp(spool_device(spool), finding->spooling->device, ID_SIZE) != 0)
		course_wrong(course, 0, "the device has another id than before");
}

/* Half of the cuts fall into its making. */
static uint32_t choose_cut(const struct spooling *spooling, struct chance *chance)
{
	uint32_t first = 0;

	while (spooling->record.entries[first].what != DEED_MARK)
		first++;
	return (uint32_t)chance_below(chance, (chance_coin(chance) ? first + 8 : spooling->record.count) + UINT64_C(1));
}

void spooling_cut(struct spooling *spooling, struct course *course)
{
	struct chance chance = course_chance(course);
	struct finding finding = {.spooling = spooling};
	struct complaint complaint;
	struct spool *spool;
	char folder[128];

	course->subject = "spool";
	course->cut = choose_cut(spooling, &chance);
	learn_until(&finding, course->cut);
	course_folder(course, "left", folder);
	rebuild(&spooling->record, course->cut, course->honesty, &chance, folder);
	spool = open_spool(folder, &complaint);
	if (spool) {
		check_spool(&finding, course, spool, folder);
		spool_close(spool);
		return;
	}
	check_kept(&finding, course);
	course_wrong(course, 0, "%s", complaint.sentence);
}
