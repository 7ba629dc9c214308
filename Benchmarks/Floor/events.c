// What libyaml alone takes for all events of a file: prints the median of so many readings in microseconds.
//
//   events FILE [COUNT]
#include "bytes.h"

#include <time.h>
#include <yaml.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static int read_events(const struct bytes *text) {
  yaml_parser_t parser;
  yaml_event_t event;
  int is_done = 0;
  if (!yaml_parser_initialize(&parser)) return 0;
  yaml_parser_set_input_string(&parser, (const unsigned char *)text->start, text->count);
  while (!is_done) {
    if (!yaml_parser_parse(&parser, &event)) break;
    is_done = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  return is_done;
}

static int ascending(const void *one, const void *other) {
  double difference = *(const double *)one - *(const double *)other;
  return (difference > 0) - (difference < 0);
}

int main(int count, char **arguments) {
  FILE *file = count > 1 ? fopen(arguments[1], "r") : NULL;
  if (!file) return 2;
  struct bytes text = {0};
  size_t got;
  while ((got = fread(reserve(&text, 65536), 1, 65536, file)) > 0) text.count += got;
  size_t rounds = count > 2 ? strtoul(arguments[2], NULL, 10) : 1000;
  double *times = calloc(rounds, sizeof *times);
  for (size_t round = 0; round < rounds; round++) {
    double start = now();
    if (!read_events(&text)) return 1;
    times[round] = now() - start;
  }
  qsort(times, rounds, sizeof *times, ascending);
  printf("%.2f\n", times[rounds / 2]);
}
