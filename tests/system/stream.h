/* Scans one after the other, sixteen unanswered at a time, each sent again until it is answered. */
#ifndef HUDUR_TESTS_SYSTEM_STREAM_H
#define HUDUR_TESTS_SYSTEM_STREAM_H

#include "tests/system/caller.h"

enum { STREAM_SCANS = 200, STREAM_UNANSWERED = 16 };

struct stream {
	struct caller *caller;
	struct asked scans[STREAM_SCANS];
	int64_t sent[STREAM_SCANS];   /* monotonic ms; 0: not yet */
	int64_t ledger[STREAM_SCANS]; /* of its answer; 0: none yet */
	int answered, repeated;
};

/* Scans of one badge, in and out. */
void stream_fill(struct stream *stream, struct caller *caller, struct device *device, const char *event,
		 const char *badge);

/* Sends and receives until so many are answered. */
void stream_until(struct stream *stream, int answered);

/*
 * Nothing that was acknowledged is lost and nothing is there twice: every scan sent once more gets the first answer,
 * each has a ledger entry of its own, and the ledger has grown by just these.
 */
void stream_check(struct stream *stream, const char *event, int64_t before);

#endif
