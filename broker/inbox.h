/* The worker's side of the broker. */
#ifndef HUDUR_BROKER_INBOX_H
#define HUDUR_BROKER_INBOX_H

#include "broker/state.h"

/* A worker's message. */
void inbox_message(struct broker *broker, struct text peer, const struct frames *frames);

#endif
