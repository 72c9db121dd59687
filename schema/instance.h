/* Which event file a feed is of: a copy that was restored has an instance of its own, and its numbers mean something else. */
#ifndef HUDUR_SCHEMA_INSTANCE_H
#define HUDUR_SCHEMA_INSTANCE_H

#include "schema/text.h"

enum { INSTANCE_SIZE = 16 };

enum instance_news { INSTANCE_SAME, INSTANCE_FIRST, INSTANCE_ANOTHER };

/* `known` is all zero at first, and then what was told last. Absent is no news: an older worker does not tell. */
enum instance_news instance_follow(char known[INSTANCE_SIZE], struct text told);

#endif
