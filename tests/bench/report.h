/* What the bench found: rows on standard output as they are measured, and all of it with the curves in one JSON file. */
#ifndef HUDUR_TESTS_BENCH_REPORT_H
#define HUDUR_TESTS_BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct report;

/* `path` NULL: nothing is written. NULL with a sentence on standard error when it cannot be. */
struct report *report_new(const char *path);

/* Writes the file, prints how many of what was to be reached was, and frees. */
void report_end(struct report *report);

/* A row of report.c's table, by its name. */
void report_row(struct report *report, const char *name, double value);

/* The row could not be measured here, and why. */
void report_absent(struct report *report, const char *name, const char *why);

/* Whether the table has such a row. */
bool report_knows(const char *name);

/* A curve's points, each of so many values as `columns` names. */
void report_curve(struct report *report, const char *name, const char *const *columns, size_t column_count,
		  const double *values, size_t points);

#endif
