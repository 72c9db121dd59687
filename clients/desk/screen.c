/* Prints lines and keeps the prompt beneath them; knows the few terminal sequences that this takes. */
#include "clients/desk/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

int screen_start(struct screen *screen, const struct editor *editor, bool terminal)
{
	*screen = (struct screen){.editor = editor};
	if (!terminal)
		return 0;
	if (tcgetattr(STDIN_FILENO, &screen->before) != 0)
		return -1;
	struct termios raw = screen->before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON); /* a scanner's CR LF is one Enter, see keys */
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0)
		return -1;
	screen->terminal = true;
	return 0;
}

void screen_end(struct screen *screen)
{
	screen_wipe(screen);
	fflush(stdout);
	if (screen->terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->before);
	screen->terminal = false;
}

void screen_wipe(struct screen *screen)
{
	if (screen->drawn)
		fputs("\r\033[K", stdout);
	screen->drawn = false;
}

void screen_line(struct screen *screen, const char *format, ...)
{
	va_list list;

	screen_wipe(screen);
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
	putchar('\n');
}

void screen_draw(struct screen *screen)
{
	char prompt[512];

	if (screen->terminal && !(screen->drawn && screen->generation == screen->editor->generation)) {
		editor_prompt(screen->editor, prompt, sizeof prompt);
		printf("\r\033[K%s%s", prompt, screen->editor->entry.text);
		screen->generation = screen->editor->generation;
		screen->drawn = true;
	}
	fflush(stdout);
}
