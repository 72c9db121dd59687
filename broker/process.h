/* What hudur-broker needs of the system around it. */
#ifndef HUDUR_BROKER_PROCESS_H
#define HUDUR_BROKER_PROCESS_H

#include <stddef.h>

/*
 * Before any thread is started: files for this user alone, as many open ones as the system allows
 * (a sentence when those are too few), and SIGINT and SIGTERM on a descriptor, which is returned, or -1.
 */
int broker_process_prepare(void);

/*
 * Makes a private folder, in XDG_RUNTIME_DIR or /tmp, where nobody else can take an endpoint's
 * place, and writes its path into `folder`. -1 when there is none.
 */
int broker_process_folder(char *folder, size_t size);

#endif
