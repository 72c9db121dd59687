/* hudur admin: loads the meeting, and does once what the desk and the organiser may have to. */
#include "clients/admin/accredit.h"
#include "clients/admin/copies.h"
#include "clients/admin/gavel.h"
#include "clients/admin/import.h"
#include "clients/admin/load.h"
#include "clients/admin/rejected.h"
#include "clients/admin/resolution.h"
#include "clients/cli/command.h"

#define ASK(service, op) .operation = &operations[OP_##service##_##op]

static const struct command commands[] = {
	{.name = "load",
	 .sentence = "load a meeting, or a part of it, from a JSON file",
	 .run = load_run},
	{.name = "import",
	 .sentence = "register the nominated persons of a CSV file, row by row",
	 .run = import_run},
	{.name = "events", ASK(events, list_events)},
	{.name = "open",
	 .sentence = "let the event begin; with --session the opening gavel",
	 .run = gavel_open_run},
	{.name = "close",
	 .sentence = "end the event; with --session the closing gavel",
	 .run = gavel_close_run},
	{.name = "clear", ASK(attendance, clear), .prepare = gavel_prepare},
	{.name = "amend-session", ASK(attendance, amend_session), .bare = "session"},
	{.name = "register", ASK(registration, register), .bare = "name"},
	{.name = "amend", ASK(registration, amend), .bare = "person"},
	{.name = "accredit", ASK(registration, accredit), .bare = "person", .run = accredit_run},
	{.name = "cancel", ASK(registration, cancel), .bare = "person"},
	{.name = "replace", ASK(registration, replace), .bare = "person"},
	{.name = "check-in", ASK(checkin, check_in), .bare = "person"},
	{.name = "undo-check-in", ASK(checkin, undo_check_in), .bare = "person"},
	{.name = "issue", ASK(checkin, issue), .bare = "person"},
	{.name = "hand-over", ASK(checkin, hand_over), .bare = "badge"},
	{.name = "reissue", ASK(checkin, reissue), .bare = "person"},
	{.name = "revoke", ASK(checkin, revoke), .bare = "badge"},
	{.name = "attest", ASK(attendance, attest), .bare = "person"},
	{.name = "resolve", ASK(attendance, resolve), .bare = "ledger", .prepare = resolution_prepare},
	{.name = "find", ASK(people, find), .bare = "text"},
	{.name = "person", ASK(people, person), .bare = "person"},
	{.name = "status", ASK(broker, status)},
	{.name = "backup", ASK(events, backup), .run = backup_run},
	{.name = "restore",
	 .sentence = "put a copy of an event into a worker's folder, while no worker runs on it",
	 .run = restore_run},
	{.name = "verify",
	 .sentence = "check an event against its ledger while it goes on, or a file",
	 ASK(events, verify),
	 .run = verify_run},
	{.name = "rejected",
	 .sentence = "list what this user's devices sent and the service answered with an error",
	 .run = rejected_run},
	{.name = NULL},
};

int main(int argc, char **argv)
{
	(void)argc;
	return command_main("hudur-admin",
			    "loads a meeting and keeps its people, badges and sessions right",
			    commands, argv);
}
