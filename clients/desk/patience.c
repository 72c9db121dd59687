/* Notices when answers stay away, tells what was kept, and says how long to wait. */
#include <inttypes.h>

#include "clients/desk/offline.h"

/* How soon it is noticed that the roster's question is not answered. Monotonic ms. */
enum { FETCH_LOOK_MS = 250 };

static void kept_tell(struct desk *desk, struct awaited *awaited)
{
	awaited->told = true;
	screen_line(&desk->screen, "KEPT  %s: kept in the spool, will be sent (%" PRId64 " waiting)%s%s", awaited->who,
		    hudur_backlog(desk->hudur), awaited->blank[0] ? "  give blank " : "", awaited->blank);
	if (awaited->kind == AWAITED_WALK_IN && awaited->form && desk->editor.form.step == FORM_NONE)
		form_clear(&desk->editor.form);
}

static void unanswered_tell(struct desk *desk, const struct awaited *awaited)
{
	switch (awaited->kind) {
	case AWAITED_NAME:
		screen_line(&desk->screen, "%s  %s%s", awaited->outcome, awaited->who, awaited->tail);
		return;
	case AWAITED_SEARCH:
		editor_unanswered(&desk->editor, awaited->generation);
		if (offline_knows(desk)) {
			offline_search(desk, awaited->generation, text_of(awaited->who), awaited->person);
			return;
		}
		break;
	case AWAITED_MEANWHILE:
	case AWAITED_DOUBLE:
		screen_line(&desk->screen, "No answer about %s: /who %" PRId64 " tells what happened meanwhile.",
			    awaited->who, awaited->person);
		return;
	default:
		break;
	}
	screen_line(&desk->screen, "No answer from the broker. Scan a badge, or give #number and Enter twice: "
		    "check-ins are kept.");
}

static bool is_read(enum awaited_kind kind)
{
	return kind == AWAITED_NAME || kind == AWAITED_SEARCH || kind == AWAITED_CARD ||
	       kind == AWAITED_MEANWHILE || kind == AWAITED_DOUBLE;
}

/* A read is given up, a write stays in the spool. */
static void overdue_tell(struct desk *desk, struct awaited *awaited)
{
	offline_begin(desk);
	if (!is_read(awaited->kind)) {
		kept_tell(desk, awaited);
		return;
	}
	unanswered_tell(desk, awaited);
	hudur_forget(desk->hudur, awaited->id);
	awaited->kind = AWAITED_NOTHING;
}

void desk_notice_silence(struct desk *desk)
{
	int64_t now = clock_monotonic_ms();

	for (uint32_t i = 0; i < AWAITED_MAX; i++) {
		struct awaited *awaited = &desk->awaited[i];
		if (awaited->kind && !awaited->told && now >= awaited->deadline)
			overdue_tell(desk, awaited);
	}
}

bool desk_is_waiting(const struct desk *desk)
{
	for (uint32_t i = 0; i < AWAITED_MAX; i++)
		if (desk->awaited[i].kind && !desk->awaited[i].told)
			return true;
	return false;
}

int desk_wait(const struct desk *desk)
{
	int64_t first = INT64_MAX, now = clock_monotonic_ms();

	for (uint32_t i = 0; i < AWAITED_MAX; i++) {
		const struct awaited *awaited = &desk->awaited[i];
		if (awaited->kind && !awaited->told && awaited->deadline < first)
			first = awaited->deadline;
	}
	if (desk->fetch.hudur && !fetch_is_silent(&desk->fetch) && now + FETCH_LOOK_MS < first)
		first = now + FETCH_LOOK_MS;
	if (first == INT64_MAX)
		return -1;
	return first > now ? (int)(first - now) : 0;
}
