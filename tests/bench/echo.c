/* A proxy process and an echo process, ended with the bench. */
#include "tests/bench/echo.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

static void be_proxy(const char *inner, int tell)
{
	void *zmq = zmq_ctx_new();
	void *front = zmq_socket(zmq, ZMQ_ROUTER), *back = zmq_socket(zmq, ZMQ_DEALER);
	char endpoint[64] = "";
	size_t size = sizeof endpoint;
	const int many = 100000;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	zmq_setsockopt(front, ZMQ_SNDHWM, &many, sizeof many);
	zmq_setsockopt(back, ZMQ_SNDHWM, &many, sizeof many);
	if (zmq_bind(front, "tcp://127.0.0.1:*") != 0 || zmq_bind(back, inner) != 0)
		_exit(1);
	zmq_getsockopt(front, ZMQ_LAST_ENDPOINT, endpoint, &size);
	if (write(tell, endpoint, sizeof endpoint) < 0)
		_exit(1);
	zmq_proxy(front, back, NULL);
	_exit(0);
}

/* Frames of one message, sent back as they came. */
static void echo_one(void *socket, zmq_msg_t *part)
{
	while (zmq_msg_recv(part, socket, 0) >= 0) {
		int more = zmq_msg_more(part);

		zmq_msg_send(part, socket, more ? ZMQ_SNDMORE : 0);
		if (!more)
			return;
	}
}

static void be_worker(const char *inner)
{
	void *zmq = zmq_ctx_new();
	void *socket = zmq_socket(zmq, ZMQ_DEALER);
	const int many = 100000;
	zmq_msg_t part;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	zmq_setsockopt(socket, ZMQ_SNDHWM, &many, sizeof many);
	zmq_connect(socket, inner);
	zmq_msg_init(&part);
	for (;;)
		echo_one(socket, &part);
}

int echo_start(struct echo *echo, const char *folder)
{
	char inner[256];
	int pipes[2];
	bool told = false;

	snprintf(inner, sizeof inner, "ipc://%s/echo", folder);
	if (pipe(pipes) != 0)
		return 0;
	echo->proxy = fork();
	if (echo->proxy == 0)
		be_proxy(inner, pipes[1]);
	close(pipes[1]);
	told = read(pipes[0], echo->endpoint, sizeof echo->endpoint) > 0;
	close(pipes[0]);
	echo->worker = told ? fork() : -1;
	if (echo->worker == 0)
		be_worker(inner);
	if (!told)
		fprintf(stderr, "bench: the proxy could not bind\n");
	return told;
}

void echo_stop(struct echo *echo)
{
	kill(echo->proxy, SIGKILL);
	kill(echo->worker, SIGKILL);
	waitpid(echo->proxy, NULL, 0);
	waitpid(echo->worker, NULL, 0);
}
