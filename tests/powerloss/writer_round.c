/* Records a writer at work, cuts it off, and looks at what its successor makes of the rest. */
#include "tests/powerloss/writer_round.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/powerloss/calls.h"
#include "tests/powerloss/state_digest.h"

enum { LEDGER_MAX = 4096, BATCH_MAX = 12, BATCHES_A_REST = 9, BATCHES_A_LIFE = 25, BATCHES_A_COPY = 6,
       RESENT_BATCH = 16 };

/* ---- what is known ---- */

static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

/* Replies are kept where `arena` is; marks go into `record`. */
struct noting {
	struct shift *shift;
	struct record *record;
	struct known *known;
	struct arena *arena;
};

static void note_answer(void *context, uint32_t sent)
{
	struct noting *noting = context;

	if (!shift_is_done(&noting->shift->all[sent]))
		return;
	if (!noting->known->acked[sent]) {
		noting->known->acked[sent] = true;
		noting->known->replies[sent] = arena_text(noting->arena, noting->shift->all[sent].reply);
	}
	if (noting->record)
		record_mark(noting->record, MARK_ACKED, sent);
}

static void path_of(const char *folder, uint32_t event, const char *ending, char path[256])
{
	snprintf(path, 256, "%s/%s.%s", folder, shift_events[event], ending);
}

/* ---- the record ---- */

static void note_states(struct writing *writing, const char *folder)
{
	for (uint32_t e = 0; e < SHIFT_EVENTS; e++) {
		char path[256];
		uint64_t digest;
		int64_t ledger;

		path_of(folder, e, "hudur", path);
		if (shift_offers(&writing->shift, e) && state_digest(path, &ledger, &digest) && ledger < LEDGER_MAX)
			writing->digests[e][ledger] = digest;
	}
}

static void add_span(struct writing *writing, uint32_t from)
{
	if (writing->span_count < SPANS_MAX) {
		writing->spans[writing->span_count].from = from;
		writing->spans[writing->span_count++].to = writing->record.count;
	}
}

static void begin_life(struct writing *writing, const char *folder)
{
	uint32_t from = writing->record.count;

	if (writing->shift.writer)
		shift_close(&writing->shift);
	copies_end(&writing->copies);
	if (!shift_open(&writing->shift, folder))
		abort();
	add_span(writing, from);
}

static void run_batch(struct writing *writing, const char *folder, uint32_t first, uint32_t end)
{
	uint32_t from = writing->record.count;
	bool loads = false;

	for (uint32_t i = first; i < end; i++) {
		record_mark(&writing->record, MARK_SENT, i);
		writing->known.sent[i] = true;
		loads |= !shift_offers(&writing->shift, writing->shift.all[i].event);
	}
	if (!shift_send(&writing->shift, first, end, BATCH_MAX))
		abort();
	if (loads)
		add_span(writing, from);
	note_states(writing, folder);
}

/* Of an event that is offered, with the batches that follow between its slices. */
static void begin_copy(struct writing *writing, uint32_t which)
{
	uint32_t from = writing->record.count, event = which % SHIFT_EVENTS;

	if (!shift_offers(&writing->shift, event))
		return;
	copies_begin(&writing->copies, &writing->shift, &writing->record, event);
	add_span(writing, from);
}

static void go_on_copying(struct writing *writing)
{
	uint32_t from = writing->record.count;

	copies_go_on(&writing->copies, &writing->shift, &writing->record);
	if (writing->record.count > from)
		add_span(writing, from);
}

/* What is for an event that is not loaded yet goes alone. */
static uint32_t end_of_batch(const struct shift *shift, uint32_t first, struct chance *chance)
{
	uint32_t end = first + 1, most = end + (uint32_t)chance_below(chance, BATCH_MAX);

	if (!shift_offers(shift, shift->all[first].event))
		return end;
	while (end < most && end < shift->count && shift_offers(shift, shift->all[end].event))
		end++;
	return end;
}

static void work(struct writing *writing, struct chance *chance, const char *folder)
{
	uint32_t batches = 0, end;

	for (uint32_t first = 0; first < writing->shift.count; first = end, batches++) {
		uint32_t from;

		if (batches % BATCHES_A_LIFE == 0)
			begin_life(writing, folder);
		end = end_of_batch(&writing->shift, first, chance);
		run_batch(writing, folder, first, end);
		if (batches % BATCHES_A_COPY == BATCHES_A_COPY / 2)
			begin_copy(writing, batches / BATCHES_A_COPY);
		go_on_copying(writing);
		if (batches % BATCHES_A_REST == BATCHES_A_REST - 1) {
			from = writing->record.count;
			if (!writer_rest(writing->shift.writer))
				abort();
			add_span(writing, from);
		}
	}
	end = writing->record.count;
	shift_close(&writing->shift);
	add_span(writing, end);
}

void writing_record(struct writing *writing, struct course *course, uint64_t seed)
{
	struct chance chance = {seed};
	struct noting noting = {&writing->shift, &writing->record, &writing->known, &writing->arena};
	char folder[128];

	*writing = (struct writing){.span_count = 0};
	course_folder(course, "whole", folder);
	chance_seed_sodium(seed);
	shift_plan(&writing->shift, (struct shift_size){16 + (uint32_t)chance_below(&chance, 16), 160, 2},
		   &chance);
	writing->known = known_new(&writing->arena, writing->shift.count);
	for (uint32_t e = 0; e < SHIFT_EVENTS; e++)
		writing->digests[e] = need(calloc(LEDGER_MAX, sizeof(uint64_t)));
	writing->shift.answered = note_answer;
	writing->shift.context = &noting;
	calls_watch(folder, &writing->record);
	work(writing, &chance, folder);
	calls_unwatch();
	for (uint32_t i = 0; i < writing->shift.count; i++)
		if (!writing->known.acked[i]) {
			course->subject = "writer";
			course_wrong(course, 0, "request %u was not stored even without a loss of power", i);
		}
}

void writing_free(struct writing *writing)
{
	shift_free(&writing->shift);
	record_free(&writing->record);
	arena_free(&writing->arena);
	for (uint32_t e = 0; e < SHIFT_EVENTS; e++)
		free(writing->digests[e]);
}

/* ---- one recovery ---- */

/* The file is what it was when its ledger was that long, in every table. */
static void compare_state(struct recovery *recovery, uint32_t event, const char *path)
{
	int64_t ledger = 0;
	uint64_t digest;

	if (!state_digest(path, &ledger, &digest))
		course_wrong(recovery->course, 0, "%s cannot be read", shift_events[event]);
	else if (ledger >= LEDGER_MAX || !recovery->writing->digests[event][ledger])
		course_wrong(recovery->course, 0, "%s ends within a transaction, at %lld", shift_events[event],
			     (long long)ledger);
	else if (digest != recovery->writing->digests[event][ledger])
		course_wrong(recovery->course, 0, "%s is not what it was at %lld", shift_events[event],
			     (long long)ledger);
}

static void check_event(struct recovery *recovery, uint32_t event, bool recovered)
{
	struct course *course = recovery->course;
	char path[256], ledger[256], sentence[512];
	int64_t acked, lost;

	path_of(recovery->folder, event, "hudur", path);
	path_of(course->folder, event, "ledger", ledger);
	acked = known_write(recovery->known, &recovery->writing->shift, event, ledger);
	if (!shift_offers(&recovery->writing->shift, event)) {
		if (acked)
			course_wrong(course, acked, "%s is not offered: %s", shift_events[event],
				     recovery->writing->shift.log);
		return;
	}
	if (recovered) {
		course->acked += acked;
		if (!recovery->second)
			compare_state(recovery, event, path);
	}
	if (!checker_ask(&course->checker, path, ledger, &lost, sentence))
		course_wrong(course, lost, "%s %s: %s", shift_events[event], recovered ? "recovered" : "sent again", sentence);
}

static void send_again(struct recovery *recovery)
{
	struct shift *shift = &recovery->writing->shift;
	bool good = true;

	for (uint32_t first = 0, end; good && first < shift->count; first = end + 1) {
		for (end = first; end < shift->count && recovery->known->sent[end] && !recovery->known->acked[end]; end++)
			;
		good = shift_send(shift, first, end, RESENT_BATCH);
	}
	if (!good)
		course_wrong(recovery->course, 0, "the writer ended: %s", shift->log);
	for (uint32_t i = 0; i < shift->count; i++)
		if (recovery->known->sent[i] && !recovery->known->acked[i])
			course_wrong(recovery->course, 0, "request %u could not be sent again: %s", i, shift->log);
}

/* What was answered is answered again, and not done again. */
static void ask_again(struct recovery *recovery)
{
	struct shift *shift = &recovery->writing->shift;

	for (uint32_t i = shift->count; i-- > 0;) {
		if (!recovery->known->acked[i] || shift->all[i].reply.at)
			continue;
		shift_take(shift, i);
		if (!shift_run(shift) || !shift_is_done(&shift->all[i]) || !shift->all[i].repeated)
			course_wrong(recovery->course, 0, "request %u was answered before and is not known", i);
		return;
	}
}

void writing_recover(struct recovery *recovery)
{
	struct writing *writing = recovery->writing;
	struct noting noting = {&writing->shift, recovery->record, recovery->known, recovery->arena};

	shift_forget(&writing->shift);
	writing->shift.context = &noting;
	if (!shift_open(&writing->shift, recovery->folder))
		course_wrong(recovery->course, 0, "the folder cannot be opened: %s", writing->shift.log);
	for (uint32_t e = 0; e < SHIFT_EVENTS; e++)
		check_event(recovery, e, true);
	send_again(recovery);
	ask_again(recovery);
	for (uint32_t e = 0; e < SHIFT_EVENTS; e++)
		check_event(recovery, e, false);
	if (!recovery->record)
		copies_check_next(recovery->course, &writing->shift, recovery->folder);
	shift_close(&writing->shift);
}

/* ---- a round ---- */

static uint32_t choose_cut(const struct writing *writing, struct chance *chance)
{
	uint32_t span = (uint32_t)chance_below(chance, writing->span_count), from = writing->spans[span].from;

	if (chance_coin(chance))
		return (uint32_t)chance_below(chance, writing->record.count + UINT64_C(1));
	return from + (uint32_t)chance_below(chance, writing->spans[span].to - from + UINT64_C(1));
}

/* Before a successor has touched anything. */
static void check_copies(const struct recovery *recovery, uint32_t cut)
{
	const struct writing *writing = recovery->writing;
	const struct remains remains = {recovery->course, &writing->record, cut, recovery->folder, &writing->shift,
					writing->known.replies, recovery->known, writing->digests};

	copies_check(&writing->copies, &remains);
}

static void cut_twice(struct recovery *first, struct chance *chance)
{
	struct course *course = first->course;
	uint32_t count = first->writing->shift.count;
	struct record record = {.count = 0};
	struct known second = known_copy(first->arena, first->known, count);
	char folder[128];
	uint32_t begun, cut = course->cut;
	struct recovery again = {first->writing, course, folder, &second, NULL, first->arena, true};

	first->record = &record;
	calls_watch(first->folder, &record);
	rebuild(&first->writing->record, course->cut, course->honesty, chance, first->folder);
	begun = record.count;
	writing_recover(first);
	calls_unwatch();
	course->cut = begun + (uint32_t)chance_below(chance, record.count - begun + UINT64_C(1));
	course->subject = "writer's recovery";
	known_learn(&second, &record, course->cut, first->known->replies);
	course_folder(course, "again", folder);
	rebuild(&record, course->cut, course->honesty, chance, folder);
	check_copies(&again, cut);
	writing_recover(&again);
	record_free(&record);
}

void writing_cut(struct writing *writing, struct course *course)
{
	struct chance chance = course_chance(course);
	struct arena arena = {0};
	struct known known = known_new(&arena, writing->shift.count);
	char folder[128];
	struct recovery recovery = {writing, course, folder, &known, NULL, &arena, false};

	course->subject = "writer";
	course->cut = choose_cut(writing, &chance);
	known_learn(&known, &writing->record, course->cut, writing->known.replies);
	course_folder(course, "left", folder);
	if (course->honesty == DISK_HONEST && chance_below(&chance, 4) == 0) {
		cut_twice(&recovery, &chance);
	} else {
		rebuild(&writing->record, course->cut, course->honesty, &chance, folder);
		check_copies(&recovery, course->cut);
		writing_recover(&recovery);
	}
	arena_free(&arena);
}
