#ifndef CACHETRONOMY_CYAML_SHIM_H
#define CACHETRONOMY_CYAML_SHIM_H

#include <yaml.h>

#endif
