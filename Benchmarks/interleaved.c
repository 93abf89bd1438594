// Times commands in many rounds, each in another order, so that other load affects all of them alike:
// interleaved ROUNDS NAME COMMAND... -- NAME COMMAND... -- ...
// Prints a row of a Markdown table for each command: the median in ms, the median of the ratios to the first
// command and to the second in the same round, and the page faults.

#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most = 32, warm_up = 10 };
extern char **environ;

static int compare(const void *one, const void *other) {
  double a = *(const double *)one, b = *(const double *)other;
  return (a > b) - (a < b);
}

static double median(double *numbers, int count) {
  qsort(numbers, (size_t)count, sizeof *numbers, compare);
  return numbers[count / 2];
}

// Runs a command with its output in a pipe, reads the pipe to its end and returns the time in ms.
static double run(char **command, long *faults) {
  int ends[2];
  posix_spawn_file_actions_t actions;
  struct timespec start, end;
  struct rusage usage;
  pid_t child;
  int status;
  char buffer[65536];
  if (pipe2(ends, O_CLOEXEC) != 0) exit(1);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
  clock_gettime(CLOCK_MONOTONIC, &start);
  if (posix_spawn(&child, command[0], &actions, NULL, command, environ) != 0) {
    perror(command[0]);
    exit(1);
  }
  close(ends[1]);
  while (read(ends[0], buffer, sizeof buffer) > 0) continue;
  wait4(child, &status, 0, &usage);
  clock_gettime(CLOCK_MONOTONIC, &end);
  close(ends[0]);
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0) fprintf(stderr, "%s: status %d\n", command[0], status);
  *faults = usage.ru_minflt;
  return (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
}

int main(int count, char **words) {
  int rounds = atoi(words[1]), commands = 0;
  char *names[most], **command[most];
  long faults[most];
  for (int at = 2; at < count && commands < most; at++) {
    names[commands] = words[at];
    command[commands++] = words + at + 1;
    while (at < count && strcmp(words[at], "--next") != 0) at++;
    if (at < count) words[at] = NULL;
  }
  double *times = malloc(sizeof *times * (size_t)(rounds * commands));
  double *numbers = malloc(sizeof *numbers * (size_t)rounds);
  for (int round = -warm_up; round < rounds; round++)
    for (int place = 0; place < commands; place++) {
      int which = (place + round + warm_up) % commands;
      double time = run(command[which], &faults[which]);
      if (round >= 0) times[which * rounds + round] = time;
    }
  for (int which = 0; which < commands; which++) {
    double results[3];
    for (int kind = 0; kind < 3; kind++) {
      for (int round = 0; round < rounds; round++) {
        double base = kind == 0 ? 1 : times[(kind - 1) * rounds + round];
        numbers[round] = times[which * rounds + round] / base;
      }
      results[kind] = median(numbers, rounds);
    }
    printf("| %s | %.3f | %.2f | %.2f | %ld |\n", names[which], results[0], results[1],
           results[2], faults[which]);
  }
}
