/* Files as an earlier version left them. */
#ifndef HUDUR_TESTS_WORKERS_OLDER_H
#define HUDUR_TESTS_WORKERS_OLDER_H

#include "tests/workers/meeting.h"

/* A copy of the meeting's file without what later versions added is opened by a writer, and then all of it verifies. */
void older_file_is_brought_up(const struct meeting *meeting);

#endif
