/* Multipart messages on a ZeroMQ socket: the one place where zmq_msg_t is touched. */
#ifndef HUDUR_SCHEMA_WIRE_H
#define HUDUR_SCHEMA_WIRE_H

#include "schema/mdp.h"

/* A message just received; its frames are views that hold until the next receive or wire_release. */
struct wire;

struct wire *wire_new(void);
void wire_free(struct wire *wire);

/* Lets go of what was received since the last release; its views hold no longer. */
void wire_release(struct wire *wire);

enum wire_result {
	WIRE_OK,
	WIRE_EMPTY,     /* nothing to receive, or no room to send now */
	WIRE_GONE,      /* EHOSTUNREACH: the peer is not connected */
	WIRE_TOO_MANY,  /* more frames than FRAMES_MAX; all were read and dropped */
	WIRE_CLOSED     /* the context ends */
};

/* Never blocks. On a ROUTER the first frame is the peer's identity and stands in `peer`, else pass NULL. */
enum wire_result wire_receive(void *socket, struct wire *wire, struct text *peer, struct frames *frames);

/* The descriptor of the connection that the last message with a peer came by; -1 when there is none. */
int wire_source(const struct wire *wire);

/* Never blocks; either all frames go or none. With a ROUTER, `peer` names the receiver, else an absent text. */
enum wire_result wire_send(void *socket, struct text peer, const struct frames *frames);

#endif
