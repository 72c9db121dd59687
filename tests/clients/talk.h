/* A client of libhudur with a spool, and the broker that the test plays; one at a time. */
#ifndef HUDUR_TESTS_TALK_H
#define HUDUR_TESTS_TALK_H

#include "clients/hudur.h"
#include "tests/clients/fake_broker.h"

extern struct folder folder;
extern struct fake_broker broker;
extern char spool[128]; /* a path that nothing is at */
extern struct hudur *client;
extern struct hudur_reply reply; /* the last one that the client was handed */
extern unsigned handed;          /* how many */
extern const struct text scan_map;

/* A client of the broker, with the spool at that path or (NULL) none. */
struct hudur *open_client(const char *file);

/* cmocka's setup and teardown. The client is freed, should there be one. */
int set_up(void **state);
int tear_down(void **state);
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* The next request that comes from the client. */
struct taken take(void);

/* Until the client has handed out that many answers, while no request comes. */
void await_handed(unsigned count);

void write_scan(uint8_t *id);

#endif
