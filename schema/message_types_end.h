/* Include after a table of messages: forgets what its types meant there. No guard. */
#undef STR
#undef BIN
#undef INT
#undef TIME
#undef BOOL
#undef ENUM
#undef LIST
