/* The lower bound, for measurements only: the same bytes to N sockets in one loop of send(); built by `make bench`.

   bare COUNT SIZE    prints its port, accepts COUNT connections; for each line on standard input sends SIZE bytes to
                      each, and prints "sent NS", CLOCK_MONOTONIC at the beginning. Ends with standard input. */

#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int count = atoi(argv[1]), size = atoi(argv[2]), yes = 1;
  struct rlimit files = {count + 100, count + 100};
  setrlimit(RLIMIT_NOFILE, &files);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof at;
  if (bind(listener, (struct sockaddr *)&at, length) || listen(listener, 4096)) return 1;
  getsockname(listener, (struct sockaddr *)&at, &length);
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  int *peers = calloc(count, sizeof *peers);
  char *body = malloc(size), line[16];
  memset(body, 'x', size);
  for (int k = 0; k < count; k++) {
    if ((peers[k] = accept(listener, NULL, NULL)) < 0) return 1;
    setsockopt(peers[k], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }
  while (fgets(line, sizeof line, stdin)) {
    struct timespec begun;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    for (int k = 0; k < count; k++)
      if (send(peers[k], body, size, MSG_NOSIGNAL) != size) return 1;
    printf("sent %lld\n", begun.tv_sec * 1000000000LL + begun.tv_nsec);
    fflush(stdout);
  }
}
