/* hudur scan: the door of a session. Reads codes, answers yes or no at once, and goes on without a network. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "clients/cli/caller.h"
#include "clients/scanner/door.h"
#include "clients/scanner/snapshot_file.h"
#include "schema/utf8.h"

struct settings {
	struct options common;
	const char *session, *direction, *door, *snapshot, *patience, *drain;
	enum direction way;
	int patience_ms, drain_ms;
};

/* How long the broker may be silent at the start before the door begins alone, and how often it looks whether a line came. */
enum { FIRST_ANSWER_MS = 2000, LOOK_MS = 100, SEEN_PATH_MAX = SPOOL_PATH_MAX + SNAPSHOT_EVENT_MAX + 32 };

static int help(const struct options *options)
{
	puts("hudur scan -e EVENT --session CODE: the door of a session.\n"
	     "Reads badge codes from standard input, one a line, and answers each at once with yes or no.\n"
	     "The lines \"in\", \"out\" and \"session CODE\" change where the door stands. When no answer comes\n"
	     "in time the door decides alone from its list, says so, and the server learns it later.\n\n"
	     "  --session CODE          the session, such as D1-06\n"
	     "  --direction in|out      which way people pass (default in)\n"
	     "  --door NAME             which door, for the record\n"
	     "  --patience MS           how long to wait for the server's answer (default 300)\n"
	     "  --snapshot FILE         keeps the door's list, without names (default beside the spool)\n"
	     "  --drain SECONDS         at the end of the input, wait so long for what was not answered\n"
	     "                          (default 5)");
	cli_options_help(stdout);
	puts("\nExits 0 when the input ended and every scan was answered or is safe in the spool, 1 when the\n"
	     "door could not start, a scan was not kept or an answer could not be written, 2 when it was\n"
	     "called wrongly.");
	return cli_told(options);
}

static int own_option(struct settings *settings, char **argv)
{
	struct { const char *name; const char **place; } own[] = {
		{"session", &settings->session}, {"direction", &settings->direction},
		{"door", &settings->door}, {"snapshot", &settings->snapshot},
		{"patience", &settings->patience}, {"drain", &settings->drain},
	};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		int taken = cli_option_value(&settings->common, argv, own[i].name, own[i].place);
		if (taken)
			return taken;
	}
	return 0;
}

static bool number_read(const char *word, int64_t max, int *number)
{
	char *end;

	errno = 0;
	long long value = strtoll(word, &end, 10);
	if (errno || end == word || *end || value < 0 || value > max)
		return false;
	*number = (int)value;
	return true;
}

static bool short_text(const char *word)
{
	size_t size = strlen(word);

	return size >= 1 && size <= DOOR_CODE_MAX && utf8_check(text_of(word)) == UTF8_CLEAN;
}

static int settings_check(struct settings *settings)
{
	const struct options *common = &settings->common;

	if (!common->event)
		return cli_usage(common, "Which event? Give -e EVENT.");
	if (!settings->session)
		return cli_usage(common, "Which session? Give --session CODE.");
	if (!short_text(settings->session))
		return cli_usage(common, "--session: a session's code has 1 to 32 bytes of plain text.");
	if (settings->door && !short_text(settings->door))
		return cli_usage(common, "--door: a door's name has 1 to 32 bytes of plain text.");
	settings->way = (enum direction)vocabulary_value(&vocabulary_direction, text_of(settings->direction));
	if (!settings->way)
		return cli_usage(common, "--direction %s: there are in and out.", settings->direction);
	if (!number_read(settings->patience, 60000, &settings->patience_ms))
		return cli_usage(common, "--patience %s: give milliseconds, at most 60000.", settings->patience);
	if (!number_read(settings->drain, 86400, &settings->drain_ms))
		return cli_usage(common, "--drain %s: give whole seconds, at most 86400.", settings->drain);
	settings->drain_ms *= 1000;
	return EXIT_DONE;
}

static int settings_read(struct settings *settings, char **argv)
{
	*settings = (struct settings){.direction = "in", .patience = "300", .drain = "5"};
	cli_options_start(&settings->common, "hudur-scan");
	while (*++argv) {
		int taken = own_option(settings, argv);
		if (taken == 0)
			taken = cli_option_take(&settings->common, argv);
		if (taken < 0)
			return EXIT_USAGE;
		if (taken == 0)
			return cli_usage(&settings->common, "%s: there is no such option.", *argv);
		argv += taken - 1;
	}
	if (settings->common.help || settings->common.version)
		return EXIT_DONE;
	return settings_check(settings);
}

static void list_load(const struct options *options, struct snapshot *snapshot, const char *path)
{
	const char *why;

	if (path && snapshot_load(snapshot, path, &why) < 0)
		cli_complain(options, "The list in %s is not used: %s.", path, why);
}

static bool line_is_there(void)
{
	struct pollfd polled = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&polled, 1, 0) == 1 && (polled.revents & POLLIN);
}

/* Somebody who stands there waits no longer than at any other time, unless there is no list to decide by. */
static int silence_allowed(const struct door *door)
{
	bool hurried = door->snapshot->as_of != ABSENT && door->patience_ms < FIRST_ANSWER_MS && line_is_there();

	return hurried ? door->patience_ms : FIRST_ANSWER_MS;
}

/* Waits while answers come; a large list may take many pages. */
static void first_round(struct door *door)
{
	const struct refresh *refresh = door->refresh;
	int64_t heard = clock_monotonic_ms();
	uint32_t seen = 0;

	while (!refresh_is_whole(refresh) && refresh->refusal == E_OK) {
		int64_t left = heard + silence_allowed(door) - clock_monotonic_ms();
		if (left <= 0)
			break;
		door_listen(door, left < LOOK_MS ? (int)left : LOOK_MS);
		uint32_t got = refresh->whole.badge_count + refresh->plan.page_count;
		if (got != seen)
			heard = clock_monotonic_ms();
		seen = got;
	}
	if (!refresh_is_whole(refresh) && refresh->refusal == E_OK)
		door->answering = false;
}

static int alone_start(const struct options *options, const struct door *door)
{
	enum error refusal = door->refresh->refusal;
	char age[48];
	int64_t as_of = door->snapshot->as_of;

	if (refusal == E_UNKNOWN_EVENT && as_of != ABSENT)
		refusal = E_NO_WORKER; /* the list knows it: a broker that began without its worker does not */
	if (error_status(refusal) == status_error || error_status(refusal) == status_refused) {
		cli_complain(options, "The door cannot start at %s: %s (%s)", options->event,
			     error_sentence(refusal), error_name(refusal));
		return EXIT_NOT_DONE;
	}
	verdict_age(verdict_list_age(as_of, door_now(door), !hudur_is_compared(door->hudur)), age, sizeof age);
	cli_complain(options, "%s; the door decides alone (%s) and keeps every scan.",
		     refusal == E_NO_WORKER ? "The event's worker is away" : "The broker does not answer", age);
	return EXIT_DONE;
}

static int door_open(const struct options *options, struct door *door)
{
	first_round(door);
	if (!refresh_is_whole(door->refresh) && alone_start(options, door) != EXIT_DONE)
		return EXIT_NOT_DONE;
	if (!door_session_is_unknown(door, text_of(door->session)))
		return EXIT_DONE;
	if (!refresh_is_whole(door->refresh)) {
		cli_complain(options, "The programme in the list has no session %s yet.", door->session);
		return EXIT_DONE;
	}
	const struct schedule *schedule = &door->snapshot->plan.schedule;
	cli_complain(options, "There is no session %s at %s. There are:", door->session, options->event);
	for (uint32_t i = 0; i < schedule->sitting_count; i++)
		fprintf(stderr, "%s%.*s", i ? " " : "  ", (int)schedule->sittings[i].code.size,
			schedule->sittings[i].code.at);
	fputc('\n', stderr);
	return EXIT_NOT_DONE;
}

static void lines_answer(struct door *door, struct line_reader *reader, const char *bytes, size_t size)
{
	struct line line;
	bool complete;

	while (size > 0) {
		size_t taken = line_take(reader, bytes, size, &line, &complete);
		if (complete)
			door_line(door, &line);
		bytes += taken;
		size -= taken;
	}
}

/* Until the input ends. */
static void input_serve(struct door *door)
{
	struct line_reader reader = {0};
	struct line line;
	char bytes[4096];
	ssize_t n = 1;

	while (n != 0) {
		struct pollfd polled[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
					   {.fd = hudur_fd(door->hudur), .events = POLLIN}};
		int wait = refresh_run(door->refresh), lib = hudur_timeout(door->hudur);
		if (lib >= 0 && lib < wait)
			wait = lib;
		if (poll(polled, 2, wait) < 0 && errno != EINTR)
			break;
		door_listen(door, 0);
		if (!polled[0].revents)
			continue;
		n = read(STDIN_FILENO, bytes, sizeof bytes);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			break;
		if (n > 0)
			lines_answer(door, &reader, bytes, (size_t)n);
	}
	if (line_last(&reader, &line))
		door_line(door, &line);
}

static int door_leave(const struct settings *settings, const struct caller *caller, struct door *door)
{
	int64_t until = clock_monotonic_ms() + settings->drain_ms, left;

	while (hudur_backlog(door->hudur) > 0 && (left = until - clock_monotonic_ms()) > 0)
		door_listen(door, left < 200 ? (int)left : 200);
	int64_t waiting = hudur_backlog(door->hudur);
	fprintf(stderr, "hudur-scan: %" PRId64 " %s, %" PRId64 " of them decided here", door->scans,
		door->scans == 1 ? "scan" : "scans", door->alone);
	if (door->unrecorded)
		fprintf(stderr, ", %" PRId64 " of them NOT RECORDED", door->unrecorded);
	fprintf(stderr, "; %" PRId64 " %s in the spool", waiting, waiting == 1 ? "request waits" : "requests wait");
	if (waiting > 0 && caller->spool[0])
		fprintf(stderr, " %s; the next hudur scan with --spool %s sends %s", caller->spool,
			caller->spool, waiting == 1 ? "it" : "them");
	fputs(".\n", stderr);
	return door->unrecorded || door->failed || door->teller.untold ? EXIT_NOT_DONE : EXIT_DONE;
}

/* Beside the list: who passed where, by number. */
static void seen_begin(struct seen *seen, struct hudur *hudur, const char *list, char path[SEEN_PATH_MAX])
{
	struct hudur_stamp stamp;
	int64_t offset;

	if (!hudur_offset(hudur, &offset))
		offset = 0;
	hudur_stamped(hudur, &stamp);
	memcpy(seen->device, stamp.device, sizeof seen->device);
	seen->door = lately_door((struct text){(const char *)stamp.device, sizeof stamp.device});
	if (list)
		snprintf(path, SEEN_PATH_MAX, "%s.seen", list);
	seen_open(seen, list ? path : NULL, hudur_now(hudur) + offset);
}

static int run(const struct settings *settings, struct caller *caller)
{
	static struct door door;
	struct snapshot snapshot;
	struct refresh refresh;
	static struct seen seen;
	char seen_path[SEEN_PATH_MAX];
	char beside[SPOOL_PATH_MAX + SNAPSHOT_EVENT_MAX + 16];
	const char *path = settings->snapshot;

	if (!path && caller->spool[0]) {
		snprintf(beside, sizeof beside, "%s.%s.list", caller->spool, settings->common.event);
		path = beside;
	}
	snapshot_init(&snapshot, text_of(settings->common.event));
	list_load(&settings->common, &snapshot, path);
	if (snapshot.as_of != ABSENT)
		hudur_expect(caller->hudur, settings->common.event);
	seen_begin(&seen, caller->hudur, path, seen_path);
	snapshot.seen = &seen;
	refresh_start(&refresh, caller->hudur, &snapshot, path);
	door_start(&door, caller->hudur, &snapshot, &refresh, settings->session);
	door.direction = settings->way;
	door.patience_ms = settings->patience_ms;
	door.name = settings->door;
	int result = door_open(&settings->common, &door);
	if (result == EXIT_DONE) {
		teller_start(&door.teller, settings->common.format, isatty(STDOUT_FILENO));
		input_serve(&door);
		result = door_leave(settings, caller, &door);
	}
	refresh_end(&refresh);
	snapshot_free(&snapshot);
	seen_free(&seen);
	return result;
}

int main(int argc, char **argv)
{
	struct settings settings;
	struct caller caller;

	(void)argc;
	int result = settings_read(&settings, argv);
	if (result != EXIT_DONE)
		return result;
	if (settings.common.help)
		return help(&settings.common);
	if (settings.common.version) {
		cli_version(&settings.common);
		return cli_told(&settings.common);
	}
	result = caller_open(&caller, &settings.common, true);
	if (result == EXIT_DONE)
		result = run(&settings, &caller);
	caller.backlog = 0; /* what is left was told */
	caller_close(&caller);
	return result;
}
