/* Include before a table of messages: makes it structs. No guard: each table includes it anew. */
#define STR(min, max) struct text
#define BIN(min, max) struct text
#define INT(min, max) int64_t
#define TIME int64_t
#define BOOL bool
#define ENUM(vocabulary) enum vocabulary
#define LIST(record, max) struct list
#define MESSAGE(name, sentence) struct name {
#define FIELD(message, name, need, type, sentence) type name;
#define END(name) char pad_; };
