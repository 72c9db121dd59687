/* Compares what is told with what was. */
#include "schema/instance.h"

enum instance_news instance_follow(char known[INSTANCE_SIZE], struct text told)
{
	static const char none[INSTANCE_SIZE];
	bool first = memcmp(known, none, sizeof none) == 0;

	if (told.size != INSTANCE_SIZE || memcmp(known, told.at, sizeof none) == 0)
		return INSTANCE_SAME;
	memcpy(known, told.at, sizeof none);
	return first ? INSTANCE_FIRST : INSTANCE_ANOTHER;
}
