/* What presence_visits_twice tells against what each of the two is alone. */
#ifndef HUDUR_TESTS_SCHEMA_TWICE_H
#define HUDUR_TESTS_SCHEMA_TWICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "schema/presence.h"

static inline const struct visit *visit_among(const struct visit *of, size_t count, uint16_t session)
{
	for (size_t i = 0; i < count; i++)
		if (of[i].session == session)
			return &of[i];
	return NULL;
}

static inline bool same_visit(const struct visit *a, const struct visit *b)
{
	if (!a || !b)
		return a == b;
	return a->flags == b->flags && a->settled_ms == b->settled_ms && a->since == b->since && a->until == b->until &&
	       a->assumed == b->assumed && a->carried == b->carried && a->entered == b->entered;
}

/* What is told must be so, and what is left out the same before and after. Returns how many sessions were left out. */
static inline int expect_twice(const char *where, const struct schedule *schedule, const struct passage *passages, size_t n,
			       size_t count, const struct attestation *attestations, size_t attestation_count)
{
	struct visit before[VISITS_MAX], after[VISITS_MAX], told_before[VISITS_MAX], told_after[VISITS_MAX];
	size_t before_count = presence_visits(schedule, passages, n, attestations, attestation_count, before);
	size_t after_count = presence_visits(schedule, passages, count, attestations, attestation_count, after);
	size_t told_before_count, told = presence_visits_twice(schedule, passages, n, count, attestations, attestation_count,
							       told_before, &told_before_count, told_after);
	int left_out = 0;

	for (uint16_t s = 0; s < schedule->sitting_count; s++) {
		const struct visit *was = visit_among(before, before_count, s), *is = visit_among(after, after_count, s);
		const struct visit *told_was = visit_among(told_before, told_before_count, s);
		const struct visit *told_is = visit_among(told_after, told, s);
		bool out = !told_was && !told_is;

		left_out += out && is;
		if (out ? !same_visit(was, is) : !same_visit(was, told_was) || !same_visit(is, told_is))
			fail_msg("%s: session %u of the visits of %u and %u passages is another when both are asked at once",
				 where, s, (unsigned)n, (unsigned)count);
	}
	return left_out;
}

#endif
