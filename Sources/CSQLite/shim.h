#ifndef CACHETRONOMY_CSQLITE_SHIM_H
#define CACHETRONOMY_CSQLITE_SHIM_H

#include <sqlite3.h>

// Swift cannot call C variadics, and cannot import SQLITE_STATIC (a cast of 0 to a function
// pointer).

static inline int cachetronomy_no_checkpoint_on_close(sqlite3 *db) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

static inline int cachetronomy_checkpoint_on_close(sqlite3 *db) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, (int *)0);
}

// A file that others made: no view, and no write past the schema's rules. Not
// SQLITE_DBCONFIG_TRUSTED_SCHEMA 0: SQLite 3.40 counts json_valid(), which the seed's CHECKs call,
// among what is not safe.
static inline void cachetronomy_distrust_schema(sqlite3 *db) {
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, (int *)0);
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
