/* People as lines on the desk's screen. */
#ifndef HUDUR_CLIENTS_DESK_SHOW_H
#define HUDUR_CLIENTS_DESK_SHOW_H

#include "schema/message.h"

enum { LABEL_MAX = 400, SHOWN_MAX = 1400 };

/* "#12 Name (TR)" */
void show_label(const struct person_line *person, char label[LABEL_MAX]);

/* "#12 H.E. Name (TR, Director)  accredited  checked in day 1  badge CODE" */
void show_person(const struct person_line *person, char line[SHOWN_MAX]);

#endif
