/* The loop of the line mode: keys or lines in, answers out, until the steward leaves. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "clients/desk/desk.h"

enum { NAP_MS = 1000, LEAVE_MS = 2000 };

static volatile sig_atomic_t ended; /* a signal handler can reach nothing else */

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

/* So that the terminal is put back when the window closes. */
static void signals_take(void)
{
	struct sigaction action = {.sa_handler = end};

	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

static int sooner(int a, int b)
{
	return b < 0 || (a >= 0 && a < b) ? a : b;
}

/* Bytes read, 0 when none came, -1 at the end of the input. */
static ssize_t input_read(struct desk *desk, int wait, char *bytes, size_t size)
{
	struct pollfd polled[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
				   {.fd = hudur_fd(desk->hudur), .events = POLLIN}};

	wait = sooner(sooner(wait, desk_wait(desk)), sooner(hudur_timeout(desk->hudur), NAP_MS));
	if (poll(polled, 2, wait) < 0)
		return errno == EINTR ? 0 : -1;
	if (!polled[0].revents)
		return 0;
	ssize_t n = read(STDIN_FILENO, bytes, size);
	if (n > 0)
		return n;
	return n < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
}

static void keys_serve(struct desk *desk)
{
	struct key_reader reader = {0};
	char bytes[512];
	ssize_t n = 0;

	while (!desk->quits && !ended && n >= 0) {
		struct action action;
		struct key key;

		desk_listen(desk, 0);
		screen_draw(&desk->screen);
		n = input_read(desk, editor_wait(&desk->editor, clock_monotonic_ms()), bytes, sizeof bytes);
		for (ssize_t i = 0; i < n && !desk->quits; i++) {
			if (!key_take(&reader, (unsigned char)bytes[i], &key))
				continue;
			action = editor_key(&desk->editor, &key, clock_monotonic_ms());
			desk_act(desk, &action);
		}
		if (n == 0) { /* no key waits: what time alone brings about */
			action = editor_tick(&desk->editor, clock_monotonic_ms());
			desk_act(desk, &action);
		}
	}
}

/* Each line is answered before the next is read: what follows may refer to what was shown. */
static void line_serve(struct desk *desk, struct text line)
{
	struct action action = editor_line(&desk->editor, line);

	desk_act(desk, &action);
	while (desk_is_waiting(desk) && !ended)
		desk_listen(desk, sooner(desk_wait(desk), NAP_MS));
	fflush(stdout);
}

static void lines_serve(struct desk *desk)
{
	char line[ENTRY_MAX * 2], bytes[512]; /* what does not fit makes the line too long, and refused */
	uint32_t used = 0;
	ssize_t n = 0;

	while (!desk->quits && !ended && n >= 0) {
		n = input_read(desk, -1, bytes, sizeof bytes);
		desk_listen(desk, 0);
		fflush(stdout);
		for (ssize_t i = 0; i < n && !desk->quits; i++) {
			if (bytes[i] == '\n') {
				line_serve(desk, (struct text){line, used});
				used = 0;
			} else if (used < sizeof line) {
				line[used++] = bytes[i];
			}
		}
	}
	if (used > 0 && !desk->quits)
		line_serve(desk, (struct text){line, used});
}

static void leave(struct desk *desk)
{
	int64_t until = clock_monotonic_ms() + LEAVE_MS, left;

	while (hudur_backlog(desk->hudur) > 0 && !ended && (left = until - clock_monotonic_ms()) > 0)
		desk_listen(desk, left < 100 ? (int)left : 100);
	int64_t waiting = hudur_backlog(desk->hudur);
	if (waiting > 0)
		screen_line(&desk->screen, "%" PRId64 " %s in the spool %s; the next hudur desk with it sends %s.", waiting,
			    waiting == 1 ? "request waits" : "requests wait", desk->caller->spool,
			    waiting == 1 ? "it" : "them");
}

int desk_run(struct desk *desk, bool terminal)
{
	const struct options *options = desk->caller->options;
	int64_t kept = hudur_backlog(desk->hudur);

	editor_start(&desk->editor, text_of(desk->event), !terminal);
	if (screen_start(&desk->screen, &desk->editor, terminal) != 0) {
		cli_complain(options, "The terminal cannot be read key by key: %s.", strerror(errno));
		return EXIT_NOT_DONE;
	}
	signals_take();
	if (terminal)
		screen_line(&desk->screen, "Registration desk of %s. Type part of a name or scan a badge; /help.",
			    desk->event);
	if (kept > 0)
		screen_line(&desk->screen, "%" PRId64 " %s sent first.", kept,
			    kept == 1 ? "request kept before is" : "requests kept before are");
	if (terminal)
		keys_serve(desk);
	else
		lines_serve(desk);
	leave(desk);
	screen_end(&desk->screen);
	return !terminal && desk->failures > 0 ? EXIT_NOT_DONE : EXIT_DONE;
}
