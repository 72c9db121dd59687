/* Shows how far a long task has come. */
#include "clients/cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "schema/clock.h"

void progress_start(struct progress *progress, const char *what, int64_t total)
{
	*progress =
		(struct progress){.what = what, .total = total, .terminal = isatty(STDERR_FILENO)};
}

void progress_show(struct progress *progress, int64_t done)
{
	int64_t now = clock_monotonic_ms();

	if (!progress->terminal || (progress->standing && now - progress->shown_at < 100))
		return;
	progress->shown_at = now;
	progress->standing = true;
	if (progress->total > 0)
		fprintf(stderr, "\r\033[K%" PRId64 " of %" PRId64 " %s", done, progress->total,
			progress->what);
	else
		fprintf(stderr, "\r\033[K%" PRId64 " %s", done, progress->what);
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->standing)
		fputs("\r\033[K", stderr);
	progress->standing = false;
}
