/* Tables of the store's rows. */
#include "workers/records.h"

#include <stddef.h>

#include "schema/message_rows.h"
#include "workers/records.def"
#include "schema/message_types_end.h"
