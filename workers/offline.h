/* What hudur-worker does with files while no worker runs on them, and says on standard output. */
#ifndef HUDUR_WORKERS_OFFLINE_H
#define HUDUR_WORKERS_OFFLINE_H

#include <stdbool.h>
#include <stdint.h>

/* Both return the exit status: 0, or 1 after saying what is wrong. */
int offline_verify(const char *file);
int offline_restore(const char *file, const char *folder, bool replace, int64_t now);

#endif
