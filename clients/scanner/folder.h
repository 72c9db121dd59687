/* A file's folder on the disk: what makes a new name last. */
#ifndef HUDUR_CLIENTS_SCANNER_FOLDER_H
#define HUDUR_CLIENTS_SCANNER_FOLDER_H

/*
 * Syncs the folder that `path` is in: until then a rename can be lost with the power, and the old file is gone by then.
 * 0, or -1 with errno.
 */
int folder_sync_of(const char *path);

#endif
