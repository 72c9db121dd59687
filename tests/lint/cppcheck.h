/* Lets cppcheck, which reads no system headers, follow loops over queue.h's lists. */
#define TAILQ_FOREACH(item, head, field) \
	for ((item) = (head)->tqh_first; (item); (item) = (item)->field.tqe_next)
