/* Splits the scanner's bytes into lines of bounded length and says what each of them is. */
#include "clients/scanner/line.h"

#include <strings.h>

#include "schema/utf8.h"

static struct text trimmed(struct text text)
{
	while (text.size > 0 && (text.at[0] == ' ' || text.at[0] == '\t'))
		text = (struct text){text.at + 1, text.size - 1};
	while (text.size > 0 && (text.at[text.size - 1] == ' ' || text.at[text.size - 1] == '\t'))
		text.size--;
	return text;
}

static bool same_word(struct text text, const char *word)
{
	return text.size == strlen(word) && strncasecmp(text.at, word, text.size) == 0;
}

static bool session_switch(struct text text, struct text *code)
{
	static const char word[] = "session";
	enum { SIZE = sizeof word - 1 };

	if (text.size < SIZE || !same_word((struct text){text.at, SIZE}, word))
		return false;
	if (text.size > SIZE && text.at[SIZE] != ' ' && text.at[SIZE] != '\t')
		return false;
	*code = trimmed((struct text){text.at + SIZE, text.size - SIZE});
	return true;
}

static struct line classified(struct line_reader *reader)
{
	struct line line = {LINE_CODE, trimmed((struct text){reader->bytes, reader->used})};

	if (reader->overflowed)
		line.kind = LINE_TOO_LONG;
	else if (line.text.size == 0)
		line.kind = LINE_EMPTY;
	else if (utf8_check(line.text) != UTF8_CLEAN)
		line.kind = LINE_GARBAGE;
	else if (same_word(line.text, "in"))
		line.kind = LINE_IN;
	else if (same_word(line.text, "out"))
		line.kind = LINE_OUT;
	else if (session_switch(line.text, &line.text))
		line.kind = LINE_SESSION;
	reader->used = 0;
	reader->overflowed = false;
	return line;
}

size_t line_take(struct line_reader *reader, const char *bytes, size_t size, struct line *line,
		 bool *complete)
{
	*complete = false;
	for (size_t i = 0; i < size; i++) {
		bool pair = reader->fresh && bytes[i] == '\n'; /* the LF of a CR LF that was answered */
		reader->fresh = bytes[i] == '\r';
		if (pair)
			continue;
		if (bytes[i] == '\n' || bytes[i] == '\r') {
			*line = classified(reader);
			*complete = true;
			return i + 1;
		}
		if (reader->used < LINE_MAX_BYTES)
			reader->bytes[reader->used++] = bytes[i];
		else
			reader->overflowed = true;
	}
	return size;
}

bool line_last(struct line_reader *reader, struct line *line)
{
	if (reader->used == 0)
		return false;
	*line = classified(reader);
	return true;
}
