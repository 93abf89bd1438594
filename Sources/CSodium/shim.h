#ifndef CACHETRONOMY_CSODIUM_SHIM_H
#define CACHETRONOMY_CSODIUM_SHIM_H

#include <sodium.h>

#endif
