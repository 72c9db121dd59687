/* What the steward sees: lines above, and below them the prompt with what is being typed. */
#ifndef HUDUR_CLIENTS_DESK_SCREEN_H
#define HUDUR_CLIENTS_DESK_SCREEN_H

#include <termios.h>

#include "clients/desk/editor.h"

/* On a pipe there is no prompt and nothing is drawn. */
struct screen {
	const struct editor *editor;
	bool terminal, drawn;
	uint32_t generation; /* of the text as drawn */
	struct termios before; /* the terminal as we found it */
};

/*
 * With `terminal`, keys come one by one and unechoed until screen_end. 0, or -1 with errno when the terminal does
 * not let itself be set.
 */
int screen_start(struct screen *screen, const struct editor *editor, bool terminal);
void screen_end(struct screen *screen);

/* One line above the prompt. */
void screen_line(struct screen *screen, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Takes the prompt away, for output of several lines. */
void screen_wipe(struct screen *screen);

/* Draws the prompt and the text, and flushes. Call before waiting. */
void screen_draw(struct screen *screen);

#endif
