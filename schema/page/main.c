/* Prints the reference part of PROTOCOL.md; `make protocol` puts it below the mark. */
#include "schema/message_page.h"

#include <stdio.h>

int main(void)
{
	message_page(stdout);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	perror("The reference could not be written");
	return 1;
}
