/* A folder as a loss of power could have left it. */
#ifndef HUDUR_TESTS_POWERLOSS_REBUILD_H
#define HUDUR_TESTS_POWERLOSS_REBUILD_H

#include "tests/powerloss/chance.h"
#include "tests/powerloss/record.h"

/* What the disk does with a sync: what was asked, or nothing. */
enum honesty { DISK_HONEST, DISK_LIES };

/*
 * Makes the files of `record` in an empty folder as they can be found when the power went before entry `cut`. What was
 * synced is there. Of what was not, each sector of 512 or 4096 bytes holds any of the states that it had since, each on
 * its own; a file's size likewise; a name's link, removal or renaming came about or did not, a renaming as a whole. For
 * some files all, or nothing, of it came about, and for some folders it was the first ones: disks do that too.
 */
void rebuild(const struct record *record, uint32_t cut, enum honesty honesty, struct chance *chance,
	     const char *folder);

#endif
