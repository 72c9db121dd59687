/* Where a server lives: its folder, the lock on it, and the place where broker and worker meet. */
#ifndef HUDUR_CLIENTS_SERVE_SITE_H
#define HUDUR_CLIENTS_SERVE_SITE_H

#include <stdbool.h>

enum { SITE_PATH = 4096, SITE_ENDPOINT = 128 };

struct site {
	char data[SITE_PATH];
	char workers[SITE_ENDPOINT]; /* ipc:// and a path in a folder of mode 0700 */
	char meeting[SITE_ENDPOINT]; /* a folder made for it elsewhere; empty: it lies in data */
	int lock;
};

/* Makes DIR and DIR/run and takes DIR/run/serve.lock. False after a sentence on standard error. */
bool site_open(struct site *site, const char *data);
void site_close(struct site *site);

/* The file of the program `name` beside our own; false when it is not there, said likewise. */
bool site_program(const char *name, char *path, unsigned size);

#endif
