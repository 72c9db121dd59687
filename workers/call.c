/* The one place where a service's full name is taken apart and a role is held against an operation. */
#include "workers/call.h"

#include "schema/mdp.h"

enum error call_read_map(struct text service, struct text map, struct arena *arena, struct call *call,
			 struct complaint *complaint)
{
	const struct operation *operation = operation_find(service, message_peek(map, TEXT("op")));
	enum error e;

	if (!operation) {
		e = message_decode(&message_request, map, arena, &call->request, complaint);
		return e ? e : E_UNSUPPORTED;
	}
	call->fields = arena_alloc(arena, operation->request->size);
	if (!call->fields)
		return E_NO_MEMORY;
	call->operation = operation;
	/* a question's own `at` is no request's, and what is written has none */
	return message_decode_two(operation->request, call->fields, &message_request, &call->request, map, arena,
				  complaint);
}

enum error call_read(struct text address, struct text map, struct arena *arena, struct call *call,
		     struct complaint *complaint)
{
	struct mdp_address from;
	const char *slash;
	enum error e;

	if (!mdp_unpack_address(address, &from))
		return E_MALFORMED;
	slash = from.service.at ? memrchr(from.service.at, '/', from.service.size) : NULL;
	if (!slash)
		return E_UNSUPPORTED;
	call->owner = (struct text){from.service.at, (uint32_t)(slash - from.service.at)};
	call->caller = (struct caller){from.principal, role_from_name(from.role)};
	e = call_read_map((struct text){slash + 1, from.service.size - call->owner.size - 1}, map, arena, call, complaint);
	if (call->operation && !(call->operation->roles & call->caller.role))
		return E_FORBIDDEN;
	return e;
}
