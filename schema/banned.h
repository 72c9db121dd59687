/* Functions that do not compile here: unbounded, unsafe in threads, or silent about errors. */
#ifndef HUDUR_SCHEMA_BANNED_H
#define HUDUR_SCHEMA_BANNED_H

/* Their own declarations must come first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef alloca
#undef strtok
#define strcpy(...)   strcpy_is_banned_use_memcpy_or_snprintf
#define strncpy(...)  strncpy_is_banned_use_memcpy_or_snprintf
#define strcat(...)   strcat_is_banned_use_memcpy_or_snprintf
#define strncat(...)  strncat_is_banned_use_memcpy_or_snprintf
#define sprintf(...)  sprintf_is_banned_use_snprintf
#define vsprintf(...) vsprintf_is_banned_use_vsnprintf
#define stpcpy(...)   stpcpy_is_banned_use_memcpy_or_snprintf
#define stpncpy(...)  stpncpy_is_banned_use_memcpy_or_snprintf
#define gets(...)     gets_is_banned_use_getline
#define strtok(...)   strtok_is_banned_use_strcspn
#define gmtime(...)   gmtime_is_banned_use_gmtime_r
#define localtime(...) localtime_is_banned_times_are_shown_in_the_events_zone
#define asctime(...)  asctime_is_banned_use_strftime
#define ctime(...)    ctime_is_banned_use_strftime
#define atoi(...)     atoi_is_banned_use_strtoll_and_check
#define atol(...)     atol_is_banned_use_strtoll_and_check
#define atof(...)     atof_is_banned_use_strtod_and_check
#define alloca(...)   alloca_is_banned_use_an_arena
#define atoll(...)    atoll_is_banned_use_strtoll_and_check
#define mktemp(...)   mktemp_is_banned_use_mkstemp_or_mkdtemp
#define tmpnam(...)   tmpnam_is_banned_use_mkstemp_or_mkdtemp
#define srand(...)    srand_is_banned_use_randombytes_buf
#define rand(...)     rand_is_banned_use_randombytes_buf
#define system(...)   system_is_banned_use_posix_spawn
#define popen(...)    popen_is_banned_use_posix_spawn

#endif
