/* Throws the coins for what was not synced, and writes the outcome. */
#include "tests/powerloss/rebuild.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What came about of what was not synced. */
enum luck { LUCK_NOTHING, LUCK_ALL, LUCK_MIXED, LUCK_COUNT };

struct making {
	const struct record *record;
	uint32_t cut;
	enum honesty honesty;
	struct chance *chance;
	const char *folder;
};

/* One file's bytes; beyond `size` they are zero. */
struct image {
	char *bytes;
	int64_t size, room, sector;
	uint32_t *changes, *taken; /* of each sector: not synced, and those that came about */
	enum luck luck;
};

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void *need(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static bool changes_file(const struct entry *entry, uint32_t file)
{
	return entry->file == file && (entry->what == DEED_WRITE || entry->what == DEED_RESIZE);
}

/* The first entry that may be lost. */
static uint32_t synced_until(const struct making *making, uint32_t file)
{
	for (uint32_t i = making->cut; making->honesty == DISK_HONEST && i-- > 0;)
		if (making->record->entries[i].what == DEED_SYNC && making->record->entries[i].file == file)
			return i;
	return 0;
}

/* The bytes that an entry changes, seen from an image of that size: what a shorter file loses reads as zero. */
static void span_of(const struct entry *entry, const struct image *image, int64_t *from, int64_t *to)
{
	*from = entry->at;
	*to = entry->what == DEED_WRITE ? entry->at + entry->bytes.size : larger(image->room, entry->at);
}

static void put(struct image *image, const struct entry *entry, int64_t from, int64_t to)
{
	if (entry->what == DEED_WRITE)
		memcpy(image->bytes + from, entry->bytes.at + (from - entry->at), (size_t)(to - from));
	else
		memset(image->bytes + from, 0, (size_t)(to - from));
}

static int64_t size_after(const struct entry *entry, int64_t size)
{
	return entry->what == DEED_WRITE ? larger(size, entry->at + entry->bytes.size) : entry->at;
}

/* Visits each sector of an entry: counts it, or puts it when it is among those that came about. */
static void visit_sectors(struct image *image, const struct entry *entry, bool count)
{
	int64_t from, to;

	span_of(entry, image, &from, &to);
	while (from < to) {
		int64_t sector = from / image->sector, end = smaller(to, (sector + 1) * image->sector);

		if (count) {
			image->changes[sector]++;
		} else if (image->taken[sector]) {
			image->taken[sector]--;
			put(image, entry, from, end);
		}
		from = end;
	}
}

static uint32_t came_about(const struct making *making, enum luck luck, uint32_t changes)
{
	switch (luck) {
	case LUCK_NOTHING:
		return 0;
	case LUCK_ALL:
		return changes;
	case LUCK_MIXED:
	case LUCK_COUNT:
		break;
	}
	return (uint32_t)chance_below(making->chance, changes + UINT64_C(1));
}

static void put_unsynced(const struct making *making, struct image *image, uint32_t file, uint32_t from)
{
	const struct entry *entries = making->record->entries;
	size_t sectors = (size_t)(image->room / image->sector + 1);
	uint32_t sizes = 0;
	int64_t size = image->size;

	image->changes = need(calloc(sectors, sizeof *image->changes));
	image->taken = need(calloc(sectors, sizeof *image->taken));
	for (uint32_t i = from; i < making->cut; i++)
		if (changes_file(&entries[i], file))
			visit_sectors(image, &entries[i], true);
	for (size_t s = 0; s < sectors; s++)
		image->taken[s] = came_about(making, image->luck, image->changes[s]);
	for (uint32_t i = from; i < making->cut; i++)
		if (changes_file(&entries[i], file)) {
			visit_sectors(image, &entries[i], false);
			sizes += size_after(&entries[i], size) != size;
			size = size_after(&entries[i], size);
		}
	sizes = came_about(making, image->luck, sizes);
	for (uint32_t i = from; i < making->cut && sizes; i++)
		if (changes_file(&entries[i], file)) {
			sizes -= size_after(&entries[i], image->size) != image->size;
			image->size = size_after(&entries[i], image->size);
		}
	free(image->changes);
	free(image->taken);
}

static void make_image(const struct making *making, uint32_t file, struct image *image)
{
	const struct entry *entries = making->record->entries;
	uint32_t synced = synced_until(making, file);

	*image = (struct image){.sector = chance_coin(making->chance) ? 512 : 4096,
				.luck = (enum luck)chance_below(making->chance, LUCK_COUNT)};
	for (uint32_t i = 0; i < making->cut; i++)
		if (changes_file(&entries[i], file))
			image->room = larger(image->room, size_after(&entries[i], 0));
	image->bytes = need(calloc(1, (size_t)image->room + 1));
	for (uint32_t i = 0; i < synced; i++)
		if (changes_file(&entries[i], file)) {
			int64_t from, to;

			span_of(&entries[i], image, &from, &to);
			put(image, &entries[i], from, to);
			image->size = size_after(&entries[i], image->size);
		}
	put_unsynced(making, image, file, synced);
}

/* ---- names ---- */

struct names {
	const char *name[RECORD_NAMES];
	uint32_t file[RECORD_NAMES], count;
};

static void set_name(struct names *names, const char *name, uint32_t file)
{
	uint32_t i = 0;

	while (i < names->count && strcmp(names->name[i], name) != 0)
		i++;
	if (file == RECORD_NONE) {
		if (i < names->count) {
			names->count--;
			names->name[i] = names->name[names->count];
			names->file[i] = names->file[names->count];
		}
		return;
	}
	if (i == RECORD_NAMES)
		abort();
	names->name[i] = name;
	names->file[i] = file;
	names->count += i == names->count;
}

static bool is_in(const char *name, const char *folder)
{
	const char *slash = strrchr(name, '/');
	size_t size = slash ? (size_t)(slash - name) : 0;

	return strlen(folder) == size && strncmp(name, folder, size) == 0;
}

static bool is_name_deed(const struct entry *entry)
{
	return entry->what == DEED_LINK || entry->what == DEED_UNLINK || entry->what == DEED_RENAME;
}

static bool names_synced(const struct making *making, uint32_t since)
{
	const struct entry *entry = &making->record->entries[since];

	for (uint32_t i = since; making->honesty == DISK_HONEST && i < making->cut; i++)
		if (making->record->entries[i].what == DEED_FOLDER_SYNC &&
		    is_in(entry->to ? entry->to : entry->name, making->record->entries[i].name))
			return true;
	return false;
}

static void do_name_deed(struct names *names, const struct entry *entry)
{
	if (entry->what == DEED_LINK)
		set_name(names, entry->name, entry->file);
	else
		set_name(names, entry->name, RECORD_NONE);
	if (entry->what == DEED_RENAME)
		set_name(names, entry->to, entry->file);
}

/* Half of the disks keep names in the order of the calls, as a journal does. */
static void make_names(const struct making *making, struct names *names)
{
	bool in_order = chance_coin(making->chance);
	enum luck luck = (enum luck)chance_below(making->chance, LUCK_COUNT);
	uint32_t pending = 0;

	for (uint32_t i = 0; i < making->cut; i++)
		pending += is_name_deed(&making->record->entries[i]) && !names_synced(making, i);
	pending = came_about(making, luck, pending);
	for (uint32_t i = 0; i < making->cut; i++) {
		const struct entry *entry = &making->record->entries[i];

		if (!is_name_deed(entry))
			continue;
		if (names_synced(making, i)) {
			do_name_deed(names, entry);
		} else if (in_order ? pending > 0 : came_about(making, luck, 1) > 0) {
			do_name_deed(names, entry);
			pending -= in_order;
		}
	}
}

/* ---- writing it ---- */

static void write_file(const char *path, const struct image *image)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int64_t done = 0;

	if (fd < 0)
		return; /* the folder it was in is lost */
	while (done < image->size) {
		ssize_t n = write(fd, image->bytes + done, (size_t)(image->size - done));

		if (n <= 0)
			abort();
		done += n;
	}
	if (fsync(fd) != 0)
		abort();
	close(fd);
}

static void sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0)
		abort();
	close(fd);
}

static const char *path_in(const char *folder, const char *name, char path[512])
{
	snprintf(path, 512, "%s/%s", folder, name);
	return path;
}

void rebuild(const struct record *record, uint32_t cut, enum honesty honesty, struct chance *chance,
	     const char *folder)
{
	const struct making making = {record, cut, honesty, chance, folder};
	struct names names = {.count = 0};
	char path[512];

	make_names(&making, &names);
	for (uint32_t i = 0; i < names.count; i++)
		if (names.file[i] == RECORD_FOLDER)
			mkdir(path_in(folder, names.name[i], path), 0700);
	for (uint32_t i = 0; i < names.count; i++) {
		struct image image;

		if (names.file[i] == RECORD_FOLDER)
			continue;
		make_image(&making, names.file[i], &image);
		write_file(path_in(folder, names.name[i], path), &image);
		free(image.bytes);
	}
	for (uint32_t i = 0; i < names.count; i++)
		if (names.file[i] == RECORD_FOLDER)
			sync_folder(path_in(folder, names.name[i], path));
	sync_folder(folder);
}
