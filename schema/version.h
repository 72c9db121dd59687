/* The version that every program prints. */
#ifndef HUDUR_SCHEMA_VERSION_H
#define HUDUR_SCHEMA_VERSION_H

#define HUDUR_VERSION "0.1.0"

#endif
