/* Signals, limits and folders. */
#include "broker/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

/* Each client is an open file. */
static void allow_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
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
