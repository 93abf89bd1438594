#ifndef CACHETRONOMY_CREDIS_SHIM_H
#define CACHETRONOMY_CREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <stdlib.h>

#if HIREDIS_MAJOR >= 1
typedef size_t cachetronomy_list_count;
#else
typedef int cachetronomy_list_count;
#endif

// No command that is sent here returns a list. A server may announce one of any length, and the
// reader would ask for memory for all of it; or lists in lists, which hiredis from 1.0 on follows
// without end.
static void *cachetronomy_no_list(const redisReadTask *task, cachetronomy_list_count count) {
  (void)task, (void)count;
  return NULL;
}

// A reader of replies that refuses lists; NULL if there is no memory.
static inline redisReader *cachetronomy_reader(redisReplyObjectFunctions *functions) {
  redisReader *reader = redisReaderCreate();
  if (!reader) return NULL;
  *functions = *reader->fn;
  functions->createArray = cachetronomy_no_list;
  reader->fn = functions;
  return reader;
}

#endif
