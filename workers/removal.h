/* Removes files that may be big, which takes the disk its time, without keeping the writer waiting. */
#ifndef HUDUR_WORKERS_REMOVAL_H
#define HUDUR_WORKERS_REMOVAL_H

/*
 * The name is gone when it returns; the room is given back by a thread of its own. Nothing happens when there is no such
 * file. No SQLite connection of this process may have it open.
 */
void removal_begin(const char *path);

/* The file and what SQLite makes beside it. */
void removal_begin_all(const char *path);

#endif
