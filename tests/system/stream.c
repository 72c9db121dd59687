/* A window over an array of requests. */
#include "tests/harness.h"
#include "tests/system/stream.h"
#include "tests/system/stage.h"

#include "schema/clock.h"

enum { SILENCE_MS = 400 };

void stream_fill(struct stream *stream, struct caller *caller, struct device *device, const char *event,
		 const char *badge)
{
	char service[SERVICE_MAX];

	memset(stream, 0, sizeof *stream);
	stream->caller = caller;
	snprintf(service, sizeof service, "%s/attendance", event);
	for (int i = 0; i < STREAM_SCANS; i++)
		device_ask(device, &stream->scans[i], service, "scan",
			   "'badge': '%s', 'session': 'PLENARY', 'direction': '%s'", badge, i % 2 ? "out" : "in");
}

static void send_window(struct stream *stream)
{
	int64_t now = clock_monotonic_ms();
	int unanswered = 0;

	for (int i = 0; i < STREAM_SCANS && unanswered < STREAM_UNANSWERED; i++) {
		if (stream->ledger[i])
			continue;
		unanswered++;
		if (stream->sent[i] && now - stream->sent[i] < SILENCE_MS)
			continue;
		stream->sent[i] = now;
		caller_send(stream->caller, &stream->scans[i]);
	}
}

static void take(struct stream *stream, const struct told *told)
{
	struct scanned scanned;
	int i = 0;

	while (i < STREAM_SCANS && memcmp(stream->scans[i].id, told->id, ID_SIZE) != 0)
		i++;
	assert_in_range(i, 0, STREAM_SCANS - 1);
	if (told->reply.status == status_busy)
		return;
	if (told->reply.status != status_ok)
		fail_msg("scan %d: %.*s", i, (int)told->reply.detail.size, told->reply.detail.at);
	caller_result(stream->caller, told, &message_scanned, &scanned);
	stream->repeated += told->reply.repeated;
	if (stream->ledger[i])
		assert_int_equal(scanned.ledger, stream->ledger[i]);
	else
		stream->answered++;
	stream->ledger[i] = scanned.ledger;
}

void stream_until(struct stream *stream, int answered)
{
	int64_t until = clock_monotonic_ms() + PATIENCE_MS;
	struct told told;

	while (stream->answered < answered) {
		if (clock_monotonic_ms() > until)
			fail_msg("%d of %d scans were answered", stream->answered, answered);
		send_window(stream);
		if (caller_receive(stream->caller, SILENCE_MS / 4, &told))
			take(stream, &told);
	}
}

void stream_check(struct stream *stream, const char *event, int64_t before)
{
	struct scanned scanned;
	struct told told;

	for (int i = 0; i < STREAM_SCANS; i++) {
		caller_insist(stream->caller, &stream->scans[i], &told);
		caller_result(stream->caller, &told, &message_scanned, &scanned);
		assert_true(told.reply.repeated);
		assert_int_equal(scanned.ledger, stream->ledger[i]);
		for (int other = 0; other < i; other++)
			assert_int_not_equal(stream->ledger[other], stream->ledger[i]);
	}
	assert_int_equal(caller_ledger(stream->caller, event), before + STREAM_SCANS);
}
