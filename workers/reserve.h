/*
 * Room on the disk that is kept back: a file that holds nothing. It is given up when the disk is full, so that
 * check-ins and scans go on, and made again once there is room for it and some more.
 */
#ifndef HUDUR_WORKERS_RESERVE_H
#define HUDUR_WORKERS_RESERVE_H

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialise with folder and size in bytes; 0: nothing is kept back, and `spent` stays false. */
struct reserve {
	const char *folder;
	int64_t size;
	bool held;  /* the file is there in full */
	bool spent; /* the disk was full since the reserve was held: only what may use it is taken */
};

/*
 * Makes the file if it is not there, when the disk has that much room and a quarter of it more. True when what may be
 * done has changed: look at `spent`. Cheap while it is held.
 */
bool reserve_keep(struct reserve *reserve);

/* The disk is full. True when that gave room free: try again what may use it. */
bool reserve_give_up(struct reserve *reserve);

#endif
