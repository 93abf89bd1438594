#ifndef CACHETRONOMY_CREDIS_SHIM_H
#define CACHETRONOMY_CREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <stdlib.h>

// A server may announce a list of any length, and the reader would ask for memory for all of it at
// once: none that we ask for is longer than this.
enum { cachetronomy_list_limit = 1 << 16 };

#if HIREDIS_MAJOR >= 1
typedef size_t cachetronomy_list_count;
#else
typedef int cachetronomy_list_count;
#endif

typedef void *(*cachetronomy_make_list)(const redisReadTask *, cachetronomy_list_count);

static void *cachetronomy_bounded_list(const redisReadTask *task, cachetronomy_list_count count) {
  // The reader's own way of making a list.
  cachetronomy_make_list make = (cachetronomy_make_list)task->privdata;
  return count > cachetronomy_list_limit ? NULL : make(task, count);
}

// A reader of replies that refuses lists over the limit; NULL if there is no memory.
static inline redisReader *cachetronomy_reader(redisReplyObjectFunctions *functions) {
  redisReader *reader = redisReaderCreate();
  if (!reader) return NULL;
  *functions = *reader->fn;
  reader->privdata = (void *)functions->createArray;
  functions->createArray = cachetronomy_bounded_list;
  reader->fn = functions;
  return reader;
}

#endif
