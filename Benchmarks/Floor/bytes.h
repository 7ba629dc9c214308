// A growing run of bytes, and searching in it.
#ifndef BYTES_H
#define BYTES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
  char *start;
  size_t count, capacity;
};

static inline char *reserve(struct bytes *bytes, size_t more) {
  if (bytes->capacity - bytes->count < more) {
    bytes->capacity = (bytes->count + more) * 2;
    bytes->start = realloc(bytes->start, bytes->capacity);
    if (!bytes->start) abort();
  }
  return bytes->start + bytes->count;
}

static inline void append(struct bytes *bytes, const char *text, size_t count) {
  memcpy(reserve(bytes, count), text, count);
  bytes->count += count;
}

static inline void append_text(struct bytes *bytes, const char *text) { append(bytes, text, strlen(text)); }

// The first place of a literal between two pointers; NULL if it is not there.
#define FIND(start, end, literal) ((char *)memmem(start, (size_t)((end) - (start)), literal, sizeof literal - 1))

#endif
