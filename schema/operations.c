/* The table of operations.def, and who has which role. */
#include "schema/message.h"

#define SCANNER ROLE_SCANNER
#define DESK ROLE_DESK
#define ORGANISER ROLE_ORGANISER
#define ADMINISTRATOR ROLE_ADMINISTRATOR
#define EVERYBODY ROLE_EVERYBODY

#define OPERATION(service_, op_, request_, result_, access_, roles_, sentence_) \
	[OP_##service_##_##op_] = { \
		.id = OP_##service_##_##op_, .service = #service_, .op = #op_, \
		.request = &message_##request_, .result = &message_##result_, \
		.access = ACCESS_##access_, .roles = (roles_), .sentence = sentence_, \
	},
const struct operation operations[OP_COUNT] = {
#include "schema/operations.def"
};

/* Sizes are compared before names: of 35 rows that leaves two or three. */
#define OPERATION(service_, op_, request_, result_, access_, roles_, sentence_) \
	{sizeof #service_ - 1, sizeof #op_ - 1},
static const struct {
	uint8_t service, op;
} sizes[OP_COUNT] = {
#include "schema/operations.def"
};

const struct operation *operation_find(struct text service, struct text op)
{
	for (int i = 0; i < OP_COUNT; i++)
		if (op.size == sizes[i].op && service.size == sizes[i].service &&
		    memcmp(op.at, operations[i].op, op.size) == 0 &&
		    memcmp(service.at, operations[i].service, service.size) == 0)
			return &operations[i];
	return NULL;
}

static const struct {
	enum role role;
	const char *name;
} roles[] = {
	{ROLE_SCANNER, "scanner"},
	{ROLE_DESK, "desk"},
	{ROLE_ORGANISER, "organiser"},
	{ROLE_ADMINISTRATOR, "administrator"},
};

enum role role_from_name(struct text name)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (text_is(name, roles[i].name))
			return roles[i].role;
	return 0;
}

const char *role_name(enum role role)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (role == roles[i].role)
			return roles[i].name;
	return NULL;
}
