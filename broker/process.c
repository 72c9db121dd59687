/* Signals, limits and folders. */
#include "broker/process.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

#include "broker/limits.h"
#include "schema/open_files.h"

/* Each connection is an open file, and some are the process's own. */
static void allow_many_files(void)
{
	int64_t files = open_files_allow(), wanted = CONNECTIONS_MEANT + OWN_FILES;

	if (files < wanted)
		fprintf(stderr,
			"hudur-broker: only %" PRId64 " files may be open, so clients and workers "
			"beyond about %" PRId64 " are not let in; raise the hard limit to %" PRId64
			" (ulimit -Hn, or LimitNOFILE= of its unit) and start it again.\n",
			files, files > OWN_FILES ? files - OWN_FILES : 0, wanted);
}

int broker_process_prepare(void)
{
	sigset_t wanted;

	umask(S_IRWXG | S_IRWXO); /* whoever may connect to an ipc endpoint is this user */
	allow_many_files();
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGTERM);
	/* blocked before ZeroMQ starts its threads, so that they come to the loop alone */
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

int broker_process_folder(char *folder, size_t size)
{
	const char *base = getenv("XDG_RUNTIME_DIR");

	snprintf(folder, size, "%.200s/hudur-XXXXXX", base && *base == '/' ? base : "/tmp");
	if (mkdtemp(folder))
		return 0;
	folder[0] = '\0';
	return -1;
}
