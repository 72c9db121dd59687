/* One ZeroMQ DEALER socket to one broker, and the descriptor that says when to look at it. */
#ifndef HUDUR_CLIENTS_DEALER_H
#define HUDUR_CLIENTS_DEALER_H

#include <stdbool.h>

#include "schema/mdp.h"

struct dealer;

/*
 * Makes the descriptor; nothing of ZeroMQ exists before dealer_open. NULL: no descriptors or
 * memory left.
 */
struct dealer *dealer_new(void);
void dealer_free(struct dealer *dealer);

/*
 * Readable when something may have happened, or while the bell is rung. Stays the same over
 * dealer_open.
 */
int dealer_fd(const struct dealer *dealer);
void dealer_ring(struct dealer *dealer, bool rung);

/*
 * Drops the connection there is and begins a new one, which ZeroMQ makes and remakes by itself.
 * Messages can be sent only while it stands; those in flight when it breaks are lost. False when
 * ZeroMQ refuses.
 */
bool dealer_open(struct dealer *dealer, const char *endpoint);
bool dealer_is_open(const struct dealer *dealer);

/* What became of the connection since the last call; call until DEALER_QUIET. */
enum dealer_news { DEALER_QUIET, DEALER_LOST, DEALER_REFUSED };
enum dealer_news dealer_news(struct dealer *dealer);

/* False: not now. */
bool dealer_send(struct dealer *dealer, const struct frames *frames);

/*
 * False: nothing there. Messages of too many frames are dropped. Frames hold until the next call.
 */
bool dealer_receive(struct dealer *dealer, struct frames *frames);

/* Must be asked after the last send, since a send may swallow the descriptor's signal. */
bool dealer_is_readable(struct dealer *dealer);
bool dealer_is_writable(struct dealer *dealer);

#endif
