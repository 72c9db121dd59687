/*
 * Include before a table of messages: makes it `struct message` constants and their fields. No guard: each table
 * includes it anew. Include schema/message_types_end.h after the table.
 */
#define STR(low, high)   .type = TYPE_STR, .min = (low), .max = (high)
#define BIN(low, high)   .type = TYPE_BIN, .min = (low), .max = (high)
#define INT(low, high)   .type = TYPE_INT, .min = (low), .max = (high)
#define TIME             .type = TYPE_TIME, .min = 0, .max = TIME_MAX
#define BOOL             .type = TYPE_BOOL
#define ENUM(vocabulary) .type = TYPE_ENUM, .words = &vocabulary_##vocabulary
#define LIST(of, high)   .type = TYPE_LIST, .record = &message_##of, .max = (high)
#define FIELD_(message, field, needed, line, ...) \
	{.name = #field, .need = (needed), .offset = (uint32_t)offsetof(struct message, field), .sentence = line, __VA_ARGS__},
#define FIELD(message, field, needed, kind, line) FIELD_(message, field, needed, line, kind)
/* an empty message still has an array, of one row that is not counted */
#define MESSAGE(of, line) \
	static const char sentence_##of[] = line; \
	static const struct field fields_##of[] = {
#define END(of) {.name = NULL}}; \
	const struct message message_##of = {#of, sentence_##of, sizeof(struct of), fields_##of, \
					     sizeof fields_##of / sizeof *fields_##of - 1};
