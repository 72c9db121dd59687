/* The one place where a service's full name is taken apart and a role is held against an operation. */
#include "workers/call.h"

#include "schema/mdp.h"

enum error call_read(struct text address, struct text map, struct arena *arena, struct call *call,
		     struct complaint *complaint)
{
	struct mdp_address from;
	const char *slash;
	enum error e;

	if (!mdp_unpack_address(address, &from))
		return E_MALFORMED;
	if ((e = message_decode(&message_request, map, arena, &call->request, complaint)))
		return e;
	slash = from.service.at ? memrchr(from.service.at, '/', from.service.size) : NULL;
	if (!slash)
		return E_UNSUPPORTED;
	call->owner = (struct text){from.service.at, (uint32_t)(slash - from.service.at)};
	call->operation = operation_find((struct text){slash + 1, from.service.size - call->owner.size - 1},
					 call->request.op);
	if (!call->operation)
		return E_UNSUPPORTED;
	call->caller = (struct caller){from.principal, role_from_name(from.role)};
	return call->operation->roles & call->caller.role ? E_OK : E_FORBIDDEN;
}
