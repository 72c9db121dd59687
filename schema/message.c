#include "schema/message.h"
