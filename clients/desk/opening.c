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

static bool spool_opened(struct desk *desk, const struct secret *secret)
{
	if (hudur_seal(desk->hudur, secret->bytes, secret->size) == 0)
		return true;
	cli_complain(desk->caller->options, "The spool %s cannot be encrypted: %s", desk->caller->spool,
		     hudur_error(desk->hudur));
	return false;
}

/* A new roster is begun last: a secret that does not open what is there must leave nothing behind. */
static bool try(struct desk *desk, const struct secret *secret)
{
	desk->vault.seal = desk->stock.vault.seal = seal_new((struct text){secret->bytes, secret->size});
	int result = desk->vault.seal ? roster_load(desk) : -1;
	if (result >= 0 && stock_opened(desk) && spool_opened(desk, secret)) {
		if (result == 0)
			roster_begin(desk);
		return true;
	}
	roster_free(&desk->roster);
	seal_drop(desk);
	return false;
}

/* Of the roster and the stock, the one that tells whether a secret is right; NULL when both are yet to be made. */
static const char *sealed_before(const struct desk *desk)
{
	if (access(desk->vault.path, F_OK) == 0)
		return desk->vault.path;
	return access(desk->stock.vault.path, F_OK) == 0 ? desk->stock.vault.path : NULL;
}

/* A few times; Enter alone goes on without. */
static bool opened_when_asked(struct desk *desk, struct secret *secret)
{
	const char *before = sealed_before(desk);
	bool opened = false;

	for (int i = 0; i < TRIES && !opened; i++) {
		if (secret_asked(before ? before : desk->vault.path, !before, secret) != 1)
			break;
		opened = try(desk, secret);
	}
	return opened;
}

/* Whoever gave a key relies on it: without what it opens nothing is begun, and nothing is kept in the clear. */
static int opened_by_key(struct desk *desk, int given, const struct secret *secret)
{
	if (given == 1 && try(desk, secret))
		return 1;
	cli_complain(desk->caller->options, "The desk does not begin: its key, from --roster-key or HUDUR_ROSTER_KEY, is not "
		     "to be had or does not open what is there, and what is kept would not be encrypted. Give the right "
		     "key, another file with --roster, or no key.");
	return -1;
}

/* Two desks with one stock would give the same blank to two people. */
static bool locked(struct desk *desk)
{
	const char *why = "";

	desk->lock = vault_lock(&desk->vault, &why);
	if (desk->lock < 0)
		cli_complain(desk->caller->options, "The roster %s cannot be used: %s, or give this desk another file "
			     "with --roster.", desk->vault.path, why);
	return desk->lock >= 0;
}

static void lock_drop(struct desk *desk)
{
	if (desk->lock >= 0)
		close(desk->lock);
	desk->lock = -1;
}

/* 1, 0: the desk goes on in memory, -1 after a sentence: it must not. */
static int unlocked(struct desk *desk, bool named, const char *key_file)
{
	struct secret secret;
	int result = 0, given = secret_given(desk->caller->options, key_file, &secret);
	bool wanted = given != 0 || named || sealed_before(desk);

	if (wanted && !locked(desk))
		result = -1;
	else if (given != 0)
		result = opened_by_key(desk, given, &secret);
	else if (wanted)
		result = opened_when_asked(desk, &secret);
	secret_wipe(&secret);
	if (result != 1)
		lock_drop(desk);
	return result;
}

/* A script that feeds lines did not ask for a roster and is told nothing of it. */
static void state_tell(struct desk *desk, bool opened, bool asked)
{
	const struct options *options = desk->caller->options;
	char age[48];

	if (opened && offline_knows(desk)) {
		offline_age(desk, age, sizeof age);
		cli_complain(options, "%" PRIu32 " %s in the %s, %" PRIu32 " %s in stock.", desk->roster.count,
			     desk->roster.count == 1 ? "person" : "people", age, stock_left(&desk->stock),
			     stock_left(&desk->stock) == 1 ? "blank" : "blanks");
	} else if (!opened && (asked || isatty(STDIN_FILENO))) {
		cli_complain(options, "The roster is kept in memory only, and what waits in the spool is not encrypted. "
			     "--roster FILE keeps it for a restart, under a passphrase.");
	}
	int64_t sealed = hudur_sealed(desk->hudur);
	if (sealed > 0)
		cli_complain(options, "%" PRId64 " %s in the spool %s %s sealed with another passphrase, and sent when a desk is "
			     "started with that one.", sealed, sealed == 1 ? "request" : "requests", desk->caller->spool,
			     sealed == 1 ? "is" : "are");
}

/* The stock lies beside the roster, which lies beside the spool when it is not named. */
static bool paths_choose(struct desk *desk, const char *file)
{
	size_t size = sizeof desk->vault.path;
	int wrote = file ? snprintf(desk->vault.path, size, "%s", file)
			 : snprintf(desk->vault.path, size, "%s.%s.roster", desk->caller->spool, desk->event);

	if (wrote < 0 || (size_t)wrote + sizeof ".stock" > size) {
		cli_complain(desk->caller->options, "The name of the roster's file is too long; give a shorter one with "
			     "--roster.");
		return false;
	}
	snprintf(desk->stock.vault.path, size, "%s.stock", desk->vault.path);
	return true;
}

int opening_run(struct desk *desk, const char *file, const char *key_file)
{
	roster_init(&desk->roster, text_of(desk->event));
	desk->lock = -1;
	desk->vault.what = "roster";
	desk->stock.vault.what = "stock";
	snprintf(desk->stock.event, sizeof desk->stock.event, "%s", desk->event);
	if (!paths_choose(desk, file))
		return EXIT_NOT_DONE;
	int opened = unlocked(desk, file != NULL, key_file);
	if (opened < 0)
		return EXIT_NOT_DONE;
	if (offline_knows(desk))
		hudur_expect(desk->hudur, desk->event);
	state_tell(desk, opened == 1, file != NULL);
	return EXIT_DONE;
}

void opening_undo(struct desk *desk)
{
	fetch_end(&desk->fetch);
	seal_drop(desk);
	roster_free(&desk->roster);
	for (uint32_t i = 0; i < AWAITED_MAX; i++)
		desk_awaited_free(&desk->awaited[i]);
	lock_drop(desk);
}
