#ifndef CACHETRONOMY_CSQLITE_SHIM_H
#define CACHETRONOMY_CSQLITE_SHIM_H

#include <sqlite3.h>

// Swift cannot call C variadics, and cannot import SQLITE_STATIC (a cast of 0 to a function pointer).

static inline int cachetronomy_no_checkpoint_on_close(sqlite3 *db) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

static inline int cachetronomy_checkpoint_on_close(sqlite3 *db) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, (int *)0);
}

static inline int cachetronomy_bind_text(sqlite3_stmt *s, int i, const char *p, int n) {
  return sqlite3_bind_text(s, i, p, n, SQLITE_TRANSIENT);
}

static inline int cachetronomy_bind_blob(sqlite3_stmt *s, int i, const void *p, int n) {
  return sqlite3_bind_blob(s, i, p, n, SQLITE_TRANSIENT);
}

// The caller keeps the bytes alive until the statement is reset: spares the copy of a large value.
static inline int cachetronomy_bind_blob_borrowed(
    sqlite3_stmt *s, int i, const void *p, sqlite3_uint64 n) {
  return sqlite3_bind_blob64(s, i, p, n, SQLITE_STATIC);
}

#endif
