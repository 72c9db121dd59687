/* Finds the secret, tries it on the files, and falls back to memory. */
#include "clients/desk/opening.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "clients/desk/offline.h"
#include "clients/desk/secret.h"

enum { TRIES = 3 };

static void seal_drop(struct desk *desk)
{
	seal_free(desk->vault.seal);
	desk->vault.seal = desk->stock.vault.seal = NULL;
}

/* 1: the roster is there; 0: it is to be made; -1 after a sentence: it is not to be had with this secret. */
static int roster_load(struct desk *desk)
{
	const char *why = "";
	struct text bytes;
	int result = vault_read(&desk->vault, &bytes, &why);

	if (result == 1) {
		enum error e = roster_decode(&desk->roster, bytes);
		free((char *)bytes.at);
		why = e == E_OTHER_EVENT ? "it is the roster of another event" : e == E_NO_MEMORY ? "memory is short"
												  : "it is damaged";
		result = e ? -1 : 1;
	}
	if (result < 0)
		cli_complain(desk->caller->options, "The roster %s cannot be used: %s.", desk->vault.path, why);
	return result;
}

/* So that the next start asks for the same secret, and the disk is known to take it. */
static void roster_begin(struct desk *desk)
{
	struct text bytes;

	if (roster_encode(&desk->roster, &bytes) != E_OK)
		return;
	if (vault_write(&desk->vault, bytes) != 0)
		cli_complain(desk->caller->options, "The roster %s cannot be written: %s. It is kept in memory only.",
			     desk->vault.path, strerror(errno));
	free((char *)bytes.at);
}

static bool stock_opened(struct desk *desk)
{
	const char *why = "";

	if (stock_load(&desk->stock, &why) >= 0)
		return true;
	cli_complain(desk->caller->options, "The stock of blanks %s cannot be used: %s.", desk->stock.vault.path, why);
	return false;
}

static bool try(struct desk *desk, const struct secret *secret)
{
	desk->vault.seal = desk->stock.vault.seal = seal_new((struct text){secret->bytes, secret->size});
	int result = desk->vault.seal ? roster_load(desk) : -1;
	if (result == 0)
		roster_begin(desk);
	if (result >= 0 && stock_opened(desk) && hudur_seal(desk->hudur, secret->bytes, secret->size) == 0)
		return true;
	roster_free(&desk->roster);
	seal_drop(desk);
	return false;
}

/* Given once; asked for a few times. */
static bool unlocked(struct desk *desk, bool named, const char *key_file)
{
	bool fresh = access(desk->vault.path, F_OK) != 0, opened = false;
	struct secret secret;
	int given = secret_given(desk->caller->options, key_file, &secret);

	if (given == 1)
		opened = try(desk, &secret);
	for (int i = 0; given == 0 && i < TRIES && !opened && (named || !fresh); i++) {
		if (secret_asked(desk->vault.path, fresh, &secret) != 1)
			break;
		opened = try(desk, &secret);
	}
	secret_wipe(&secret);
	return opened;
}

/* A script that feeds lines did not ask for a roster and is told nothing of it. */
static void state_tell(struct desk *desk, bool opened, bool asked)
{
	const struct options *options = desk->caller->options;
	char age[48];

	if (opened && offline_knows(desk)) {
		offline_age(desk, age, sizeof age);
		cli_complain(options, "%" PRIu32 " people in the %s, %" PRIu32 " blanks in stock.", desk->roster.count, age,
			     stock_left(&desk->stock));
	} else if (!opened && (asked || isatty(STDIN_FILENO))) {
		cli_complain(options, "The roster is kept in memory only, and what waits in the spool is not encrypted. "
			     "--roster FILE keeps it for a restart, under a passphrase.");
	}
	if (hudur_sealed(desk->hudur) > 0)
		cli_complain(options, "%" PRId64 " requests in the spool %s are sealed with another passphrase. They are "
			     "sent when a desk is started with that one.", hudur_sealed(desk->hudur), desk->caller->spool);
}

void opening_run(struct desk *desk, const char *file, const char *key_file)
{
	size_t size = sizeof desk->vault.path;
	int wrote;

	roster_init(&desk->roster, text_of(desk->event));
	desk->vault.what = "roster";
	desk->stock.vault.what = "stock";
	snprintf(desk->stock.event, sizeof desk->stock.event, "%s", desk->event);
	wrote = file ? snprintf(desk->vault.path, size, "%s", file)
		     : snprintf(desk->vault.path, size, "%s.%s.roster", desk->caller->spool, desk->event);
	if (wrote < 0 || (size_t)wrote + sizeof ".stock" > size) {
		cli_complain(desk->caller->options, "The name of the roster's file is too long.");
		desk->vault.path[0] = '\0';
		state_tell(desk, false, true);
		return;
	}
	snprintf(desk->stock.vault.path, size, "%s.stock", desk->vault.path);
	state_tell(desk, unlocked(desk, file != NULL, key_file), file || key_file);
}

void opening_undo(struct desk *desk)
{
	fetch_end(&desk->fetch);
	seal_drop(desk);
	roster_free(&desk->roster);
	for (uint32_t i = 0; i < AWAITED_MAX; i++)
		desk_awaited_free(&desk->awaited[i]);
}
