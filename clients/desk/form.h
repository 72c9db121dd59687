/* The questions about a walk-in, one after the other. */
#ifndef HUDUR_CLIENTS_DESK_FORM_H
#define HUDUR_CLIENTS_DESK_FORM_H

#include <stddef.h>

#include "clients/desk/entry.h"

enum form_step { FORM_NONE, FORM_NAME, FORM_ENTITY, FORM_FUNCTION, FORM_CATEGORY, FORM_STEPS };

/* Zero-initialise. Answers stay until form_clear, and are offered again meanwhile. */
struct form {
	enum form_step step; /* FORM_NONE: no question stands */
	char answers[FORM_STEPS][ENTRY_MAX + 1];
};

enum form_result { FORM_ASKS, FORM_COMPLETE, FORM_COMPLAINS };

/* Takes an answer and moves on; an empty one keeps what was answered before. `sentence` with FORM_COMPLAINS. */
enum form_result form_answer(struct form *form, struct text answer, const char **sentence);

/* "function (may be empty) [Director]: " */
void form_prompt(const struct form *form, char *prompt, size_t size);

void form_clear(struct form *form);

#endif
