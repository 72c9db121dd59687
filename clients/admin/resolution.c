/* Judges a resolution before it has a number: one that the service cannot read would leave a missing number itself. */
#include "clients/admin/resolution.h"

#include "schema/hex.h"
#include "schema/mdp.h"

static bool is_device(struct text word)
{
	char id[ID_SIZE];

	return word.size == 2 * sizeof id && hex_read(word, id);
}

int resolution_prepare(const struct options *options, void *request)
{
	const struct resolve *resolve = request;

	if (resolve->ledger == ABSENT && !resolve->missing.at)
		return cli_usage(options, "What is settled? Give a ledger entry, or the device of missing numbers with "
				 "--missing; hudur report unresolved lists both. What it lists without a number is not settled: its "
				 "detail says how it ends.");
	if (resolve->ledger != ABSENT && resolve->missing.at)
		return cli_usage(options, "Give either a ledger entry or --missing: each is settled by itself.");
	if (resolve->missing.at && !is_device(resolve->missing))
		return cli_usage(options, "--missing %.*s: a device has 32 hexadecimal digits, as hudur report unresolved "
				 "tells it.", (int)resolve->missing.size, resolve->missing.at);
	return EXIT_DONE;
}
