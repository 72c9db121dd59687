/* Rounds that cut the power off while a copy is put into a folder. */
#ifndef HUDUR_TESTS_POWERLOSS_RESTORE_ROUND_H
#define HUDUR_TESTS_POWERLOSS_RESTORE_ROUND_H

#include "tests/powerloss/writer_round.h"

/*
 * A copy that was told of as done is restored: in the place of what a first cut has left of its event, or into a folder
 * of its own. The power goes meanwhile: the event is then what it was or the whole copy, and the copy once that was told;
 * what was replaced is kept. The writer goes on with either.
 */
void restoring_cut(struct writing *writing, struct course *course);

#endif
