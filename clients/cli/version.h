/* The version that every program prints. */
#ifndef HUDUR_CLIENTS_VERSION_H
#define HUDUR_CLIENTS_VERSION_H

#define HUDUR_VERSION "0.1.0"

#endif
