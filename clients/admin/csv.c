/* Reads comma-separated files row by row. */
#include "clients/admin/csv.h"

#include "schema/utf8.h"

/* One row while it is read. */
struct reading {
	struct csv *csv;
	struct csv_row *row;
	uint64_t size;   /* bytes of the row so far, also those not kept */
	uint32_t begins; /* of the current field */
	uint64_t length; /* of the current field, also what is not kept */
};

const char *csv_fault_sentence(enum csv_fault fault)
{
	static const char *const sentences[] = {
		[CSV_FINE] = "nothing is wrong",
		[CSV_FIELD_TOO_LONG] =
			"a field is longer than 4096 bytes; is a closing quote missing?",
		[CSV_LINE_TOO_LONG] =
			"the row is longer than 65536 bytes; is a closing quote missing?",
		[CSV_TOO_MANY] = "more than 64 fields",
		[CSV_AFTER_QUOTE] =
			"text after a closing quote; write a quote inside a field twice",
		[CSV_OPEN_QUOTE] = "a quote is opened and never closed",
		[CSV_NOT_UTF8] = "not UTF-8",
	};

	return sentences[fault];
}

static int take(struct csv *csv)
{
	int c = csv->pushed;

	csv->pushed = EOF;
	if (c != EOF)
		return c;
	if (csv->ahead_at < csv->ahead_count)
		return (unsigned char)csv->ahead[csv->ahead_at++];
	return getc_unlocked(csv->file);
}

void csv_start(struct csv *csv, FILE *file)
{
	csv->file = file;
	csv->line = 1;
	csv->separator = 0;
	csv->pushed = EOF;
	csv->used = 0;
	csv->ahead_at = csv->ahead_count = 0;
}

static void blame(struct reading *r, enum csv_fault fault)
{
	if (r->row->fault == CSV_FINE)
		r->row->fault = fault;
}

static void keep(struct reading *r, int c)
{
	struct csv *csv = r->csv;

	if (++r->length > CSV_FIELD_MAX)
		blame(r, CSV_FIELD_TOO_LONG);
	else if (csv->used >= CSV_LINE_MAX)
		blame(r, CSV_LINE_TOO_LONG);
	else
		csv->bytes[csv->used++] = (char)c;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void end_field(struct reading *r)
{
	const char *from = r->csv->bytes + r->begins, *to = r->csv->bytes + r->csv->used;

	while (from < to && is_blank(*from))
		from++;
	while (to > from && is_blank(to[-1]))
		to--;
	if (r->row->count < CSV_FIELDS_MAX)
		r->row->fields[r->row->count++] = (struct text){from, (uint32_t)(to - from)};
	else
		blame(r, CSV_TOO_MANY);
	r->begins = r->csv->used;
	r->length = 0;
}

/* After the opening quote, up to and with the closing one. */
static void read_quoted(struct reading *r)
{
	for (;;) {
		int c = take(r->csv);

		if (c == EOF) {
			blame(r, CSV_OPEN_QUOTE);
			return;
		}
		r->size++;
		if (c == '\n')
			r->csv->line++;
		if (c == '"') {
			int next = take(r->csv);

			if (next != '"') {
				r->csv->pushed = next;
				return;
			}
		}
		keep(r, c);
	}
}

/* True when the row ends with `c`; a lone carriage return ends it too. */
static bool ends_row(struct reading *r, int c)
{
	int next;

	if (c == EOF)
		return true;
	if (c != '\r' && c != '\n')
		return false;
	r->csv->line++;
	if (c == '\r') {
		next = take(r->csv);
		if (next != '\n')
			r->csv->pushed = next;
	}
	return true;
}

static void read_row(struct reading *r)
{
	bool fresh = true, quoted = false;

	for (;;) {
		int c = take(r->csv);

		if (ends_row(r, c)) {
			end_field(r);
			return;
		}
		if (++r->size > CSV_LINE_MAX)
			blame(r, CSV_LINE_TOO_LONG);
		if (c == r->csv->separator) {
			end_field(r);
			fresh = true;
			quoted = false;
		} else if (c == '"' && fresh) {
			read_quoted(r);
			fresh = false;
			quoted = true;
		} else if (quoted && !is_blank((char)c)) {
			blame(r, CSV_AFTER_QUOTE);
		} else if (!quoted) {
			keep(r, c);
			fresh = fresh && is_blank((char)c);
		}
	}
}

static void find_separator(struct csv *csv)
{
	static const char candidates[] = {',', ';', '\t'};
	int64_t seen[sizeof(candidates)] = {0};
	bool quoted = false;
	size_t best = 0;

	for (size_t i = csv->ahead_at; i < csv->ahead_count; i++) {
		char c = csv->ahead[i];

		if (!quoted && (c == '\n' || c == '\r'))
			break;
		quoted = quoted != (c == '"');
		for (size_t k = 0; k < sizeof(candidates) && !quoted; k++)
			seen[k] += c == candidates[k];
	}
	for (size_t k = 1; k < sizeof(candidates); k++)
		if (seen[k] > seen[best])
			best = k;
	csv->separator = candidates[best];
}

/* A pipe cannot be rewound, hence the bytes ahead. */
static int begin(struct csv *csv)
{
	csv->ahead_count = fread(csv->ahead, 1, CSV_AHEAD, csv->file);
	if (csv->ahead_count >= 3 && memcmp(csv->ahead, "\xEF\xBB\xBF", 3) == 0)
		csv->ahead_at = 3;
	find_separator(csv);
	return ferror(csv->file) ? -1 : 0;
}

int csv_next(struct csv *csv, struct csv_row *row)
{
	if (!csv->separator && begin(csv))
		return -1;
	for (;;) {
		struct reading r = {.csv = csv, .row = row};
		int c = take(csv);
		bool empty = true;

		if (c == EOF)
			return ferror(csv->file) ? -1 : 0;
		csv->pushed = c;
		csv->used = 0;
		row->line = csv->line;
		row->fault = CSV_FINE;
		row->count = 0;
		read_row(&r);
		for (uint32_t i = 0; i < row->count; i++) {
			empty = empty && row->fields[i].size == 0;
			if (utf8_check(row->fields[i]) == UTF8_BROKEN)
				blame(&r, CSV_NOT_UTF8);
		}
		if (!empty || row->fault != CSV_FINE)
			return 1;
	}
}
