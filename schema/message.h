/* The messages of messages.def as structs and as tables, and their MessagePack form. */
#ifndef HUDUR_SCHEMA_MESSAGE_H
#define HUDUR_SCHEMA_MESSAGE_H

#include "schema/arena.h"
#include "schema/enums.h"
#include "schema/errors.h"
#include "schema/text.h"

/* An INT or TIME that was not given. */
#define ABSENT INT64_MIN

/* The first and the latest TIME that is accepted: the years 0 to 9999, Unix milliseconds. */
#define TIME_MIN (-INT64_C(62167219200000))
#define TIME_MAX INT64_C(253402300799999)

/* No message body is larger, bytes. */
enum { MESSAGE_MAX = 65536 };

/* A LIST field: `count` structs of the record's type, one after the other. */
struct list {
	void *items;
	uint32_t count;
};

/* The i-th record of a list: LIST_AT(in->rows, nomination, i)->name */
#define LIST_AT(list, record, i) (&((struct record *)(list).items)[i])

#define NEED true
#define MAY false

/* struct scan { struct text badge; ... } for each message; pad keeps an empty message a valid struct */
#include "schema/message_structs.h"
#include "schema/messages.def"
#include "schema/message_types_end.h"

enum type { TYPE_STR, TYPE_BIN, TYPE_INT, TYPE_TIME, TYPE_BOOL, TYPE_ENUM, TYPE_LIST };

struct message;

/* One row of the table. Limits: bytes (STR, BIN), value (INT, TIME), records (LIST). */
struct field {
	const char *name;
	uint32_t length; /* of the name, bytes */
	bool need;
	enum type type;
	uint32_t offset;
	int64_t min, max;
	const struct vocabulary *words; /* ENUM */
	const struct message *record;   /* LIST */
	const char *sentence;
};

struct message {
	const char *name, *sentence;
	size_t size; /* of its struct */
	const struct field *fields;
	uint32_t count;
};

/* message_scan, message_scanned, ... */
#define MESSAGE(name, sentence) extern const struct message message_##name;
#define FIELD(message, name, need, type, sentence)
#define END(name)
#include "schema/messages.def"

/* All of them, in the table's order, then NULL. */
extern const struct message *const messages[];

/* Sets every field of the struct to absent. */
void message_clear(const struct message *message, void *record);

/* What was wrong with an input: written for a person, e.g. "badge: longer than 256 bytes". */
struct complaint {
	char sentence[256];
};

/*
 * Reads a MessagePack map into `record`, whose texts are views into `bytes` and whose lists live in the arena.
 * Input is hostile: it is bounded (see pack.h) before anything is unpacked. Unknown keys are skipped.
 * E_MALFORMED with a complaint (NULL is allowed) when it is not a map, a needed field is missing, a type or a
 * limit does not fit, a key comes twice, or text is not UTF-8; E_TOO_LARGE over MESSAGE_MAX.
 */
enum error message_decode(const struct message *message, struct text bytes, struct arena *arena,
			  void *record, struct complaint *complaint);

/* Two messages out of one map: an operation's fields and the request that they stand in. A key of both is the first's. */
enum error message_decode_two(const struct message *first, void *first_record, const struct message *second,
			      void *second_record, struct text bytes, struct arena *arena, struct complaint *complaint);

/* The text that stands under that key in a map, looked at by itself: absent when there is none. Safe on hostile input. */
struct text message_peek(struct text bytes, struct text key);

/*
 * Another message out of a map that message_decode has already taken: a result after the reply that it
 * stands in. The bytes are not bounded a second time.
 */
enum error message_decode_rest(const struct message *message, struct text bytes, struct arena *arena,
			       void *record, struct complaint *complaint);

/*
 * Writes `record` as a map: fields in the table's order, absent ones left out. The result lives in the arena.
 * E_BAD_DATA when a field is outside its limits: what was stored need not fit the table. E_TOO_LARGE over MESSAGE_MAX.
 */
enum error message_encode(const struct message *message, const void *record, struct arena *arena,
			  struct text *bytes);

/* The same for two messages in one map: a reply and its result, a request and its fields. */
enum error message_encode_two(const struct message *first, const void *first_record,
			      const struct message *second, const void *second_record,
			      struct arena *arena, struct text *bytes);

/* Joins two encoded maps into one: a reply's fields and a stored result. E_MALFORMED when one is not a map. */
enum error message_join(struct text first, struct text second, struct arena *arena, struct text *bytes);

/* Checks a record against the table: needed fields, limits, UTF-8. Same errors as decode. */
enum error message_check(const struct message *message, const void *record, struct complaint *complaint);

/* Operations of operations.def; to a client the finer classes are one of the two. */
enum access {
	ACCESS_WRITE,
	ACCESS_READ,
	ACCESS_WRAP = ACCESS_WRITE,
	ACCESS_WRITER_READ = ACCESS_READ,
	ACCESS_BROKER_READ = ACCESS_READ
};
enum role { ROLE_SCANNER = 1, ROLE_DESK = 2, ROLE_ORGANISER = 4, ROLE_ADMINISTRATOR = 8, ROLE_EVERYBODY = 15 };

enum operation_id {
#define OPERATION(service, op, request, result, access, roles, sentence) OP_##service##_##op,
#include "schema/operations.def"
	OP_COUNT
};

struct operation {
	enum operation_id id;
	const char *service, *op;
	const struct message *request, *result;
	enum access access;
	unsigned roles; /* which may, enum role */
	const char *sentence;
};

extern const struct operation operations[OP_COUNT];

/* NULL when the service has no such operation. `service` is the last part of the full name. */
const struct operation *operation_find(struct text service, struct text op);

/* "scanner", "desk", "organiser", "administrator"; 0 when it is none of them. */
enum role role_from_name(struct text name);
const char *role_name(enum role role); /* NULL for several, or none */

#endif
