/* The one place where a service's full name is taken apart and a role is held against an operation. */
#include "workers/call.h"

#include "schema/mdp.h"

const struct operation *call_operation(struct text service, struct text map)
{
	return operation_find(service, message_peek(map, TEXT("op")));
}

enum error call_decode(const struct operation *operation, struct text map, struct arena *arena, struct call *call,
		       struct complaint *complaint)
{
	enum error e;

	if (!operation) {
		e = message_decode(&message_request, map, arena, &call->request, complaint);
		return e ? e : E_UNSUPPORTED;
	}
	call->operation = operation;
	call->fields = arena_alloc(arena, operation->request->size);
	if (!call->fields)
		return E_NO_MEMORY;
	/* a question's own `at` is no request's, and what is written has none */
	return message_decode_two(operation->request, call->fields, &message_request, &call->request, map, arena,
				  complaint);
}

enum error call_read(struct text address, struct text map, struct arena *arena, struct call *call,
		     struct complaint *complaint)
{
	const struct operation *operation;
	struct mdp_address from;
	const char *slash;

	if (!mdp_unpack_address(address, &from))
		return E_MALFORMED;
	slash = from.service.at ? memrchr(from.service.at, '/', from.service.size) : NULL;
	if (!slash)
		return E_UNSUPPORTED;
	call->owner = (struct text){from.service.at, (uint32_t)(slash - from.service.at)};
	call->caller = (struct caller){from.principal, role_from_name(from.role)};
	operation = call_operation((struct text){slash + 1, from.service.size - call->owner.size - 1}, map);
	if (operation && !(operation->roles & call->caller.role))
		return E_FORBIDDEN;
	return call_decode(operation, map, arena, call, complaint);
}
