/* The organisation's states and institutions, from the files that lie beside a meeting's. */
#ifndef HUDUR_CLIENTS_REFERENCE_H
#define HUDUR_CLIENTS_REFERENCE_H

#include "clients/admin/source.h"
#include "schema/zone.h"

/*
 * Adds to `entities` and `standings` what oic_members.csv, oic_members_sources.csv,
 * oic_institutions.csv and oic_status_history.csv in `folder` say; the sources and the history may
 * be missing. A cell "unconfirmed" is absent. Dates begin at midnight in `zone`. False with a
 * complaint (512 bytes) that names the file.
 */
bool reference_read(const char *folder, struct zone *zone, struct arena *arena,
		    struct list *entities, struct list *standings, char complaint[512]);

#endif
