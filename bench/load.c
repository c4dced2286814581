/* Many screens in one thread, for measurements only: WebSocket Socket.IO clients on epoll; built by `make bench`.

   load PORT COUNT PARALLEL READY EVENT AUTH [OF]     (all on 127.0.0.1; READY and EVENT are names of events;
                                                      with OF, "%d" in AUTH is the client's number modulo OF)
   load PORT COUNT PARALLEL raw SIZE -           (plain sockets: a message is SIZE bytes)

   Connects COUNT clients, at most PARALLEL handshakes at a time, and prints "ready SECONDS" when every one has had
   its READY event. Commands on standard input, one a line:
     watch          forgets arrivals, prints "watching"; when every client has had EVENT, prints
                    "all LOST DOUBLED NS NS ...", the arrivals as nanoseconds of CLOCK_MONOTONIC
     seen           prints the same line at once, with what has come so far
     storm          closes all at once, reconnects all, prints "ready SECONDS"
     return MS MS   from now on a disconnected client reconnects after a random time between the two
     churn RATE     from now on so many clients a second disconnect and reconnect at once; prints "churned N", how many
                    have done so since the rate was set before
     ticks          from now on notes of every EVENT how many ms after its "at" it came; prints "noting"
     late           prints "late MS MS ...", what was noted since, and stops
     gone           prints "gone N": how many are without a connection now
     quit           ends
   Ends also when standard input does. Pings are answered; nothing else is sent. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum phase { IDLE, CONNECTING, ASKED, OPEN };
typedef struct {
  int fd, kept_size, ready, count;
  enum phase phase;
  char *kept; /* what came of a frame that is not whole yet */
  int64_t due, arrived;
  int64_t raw_left;
} client;

static client *clients;
static int count, parallel, pending, ready, watching, heard, doubled, lost, epoll, raw_size;
static int storming = 1;
static long back_from, back_to = -1;
static int64_t begun, churn_from;
static int churn_rate, churned, churning;
static const char *ready_event, *event, *auth;
static int of = 0;
static int *notes, noted, room, noting;
static int port;
static char input[1 << 20];

static int64_t now_ns(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void die(const char *what) {
  fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void send_text(client *one, const char *text) {
  size_t size = strlen(text), head = size < 126 ? 6 : 8;
  unsigned char frame[4096] = {0x81};
  if (size + head > sizeof frame) die("a frame of this client is short");
  if (size < 126) frame[1] = 0x80 | size;
  else frame[1] = 0x80 | 126, frame[2] = size >> 8, frame[3] = size & 255;
  memcpy(frame + head, text, size); /* masked with zeros, which lie before it */
  if (send(one->fd, frame, head + size, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET) die("send");
}

static void hang_up(client *one) {
  if (one->fd >= 0) close(one->fd);
  if (one->phase == CONNECTING || one->phase == ASKED) pending--;
  if (one->ready) ready--;
  free(one->kept);
  *one = (client){.fd = -1, .arrived = one->arrived, .count = one->count};
}

static void lose(client *one) {
  lost++;
  hang_up(one);
  if (back_to >= 0) one->due = now_ns() + 1000000LL * (back_from + rand() % (back_to - back_from + 1));
  else one->due = INT64_MAX;
}

static void open_one(client *one) {
  one->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (one->fd < 0) die("socket");
  int yes = 1;
  setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  /* One address has some 28,000 ports to come from. */
  struct sockaddr_in from = {.sin_family = AF_INET};
  from.sin_addr.s_addr = htonl(0x7f000001 + (uint32_t)((one - clients) / 20000));
  setsockopt(one->fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &yes, sizeof yes);
  if (bind(one->fd, (struct sockaddr *)&from, sizeof from) < 0) die("bind");
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  one->phase = CONNECTING;
  pending++;
  struct epoll_event wanted = {.events = EPOLLOUT | EPOLLIN, .data.ptr = one};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, one->fd, &wanted) < 0) die("epoll_ctl");
  if (connect(one->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) lose(one);
}

static void got_ready(client *one) {
  if (one->ready) return;
  one->ready = 1;
  ready++;
  if (one->phase != OPEN) pending--;
  one->phase = OPEN;
}

static void got_event(client *one, int64_t at) {
  heard += one->count == 0;
  doubled += one->count > 0;
  if (one->count++ == 0) one->arrived = at;
}

static void note(const char *text, int size) {
  const char *at = memmem(text, size, "\"at\":", 5);
  if (!at) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (noted == room && !(notes = realloc(notes, (room = room ? room * 2 : 65536) * sizeof *notes))) die("realloc");
  notes[noted++] = now.tv_sec * 1000LL + now.tv_nsec / 1000000 - atoll(at + 5);
}

static int named(const char *text, int size, const char *name) {
  int length = strlen(name);
  return size > length + 4 && !memcmp(text, "42[\"", 4) && !memcmp(text + 4, name, length) && text[4 + length] == '"';
}

static void take(client *one, const char *text, int size, int64_t at) {
  char answer[2048];
  if (size && text[0] == '0') {
    const char *number = of ? strstr(auth, "%d") : NULL;
    if (number)
      snprintf(answer, sizeof answer, "40%.*s%d%s", (int)(number - auth), auth, (int)(one - clients) % of, number + 2);
    else snprintf(answer, sizeof answer, "40%s", auth);
    send_text(one, answer);
  } else if (size == 1 && text[0] == '2') {
    send_text(one, "3");
  } else {
    if (named(text, size, ready_event)) got_ready(one);
    if (named(text, size, event)) {
      got_event(one, at);
      if (noting) note(text, size);
    }
  }
}

/* How many bytes of whole frames were taken; -1 where the other side says goodbye. */
static int frames(client *one, const char *data, int size, int64_t at) {
  int done = 0;
  while (size - done >= 2) {
    const unsigned char *frame = (const unsigned char *)data + done;
    uint64_t length = frame[1] & 127;
    int head = length < 126 ? 2 : length == 126 ? 4 : 10;
    if (size - done < head) break;
    if (length == 126) length = frame[2] << 8 | frame[3];
    else if (length == 127) { length = 0; for (int k = 2; k < 10; k++) length = length << 8 | frame[k]; }
    if ((uint64_t)(size - done - head) < length) break;
    if ((frame[0] & 15) == 8) return -1;
    if ((frame[0] & 15) == 1) take(one, data + done + head, length, at);
    done += head + length;
  }
  return done;
}

static int handshake(const char *data, int size) {
  const char *end = memmem(data, size, "\r\n\r\n", 4);
  if (!end) return 0;
  if (size < 12 || memcmp(data, "HTTP/1.1 101", 12)) {
    fprintf(stderr, "load: refused: %.*s\n", size > 300 ? 300 : size, data);
    return -1;
  }
  return end + 4 - data;
}

static void plain(client *one, int64_t got, int64_t at) {
  if (!one->raw_left) one->raw_left = raw_size;
  while (got > 0) {
    int64_t part = got < one->raw_left ? got : one->raw_left;
    got -= part;
    if ((one->raw_left -= part) == 0) { got_event(one, at); one->raw_left = raw_size; }
  }
}

static void readable(client *one) {
  if (one->kept_size) memcpy(input, one->kept, one->kept_size);
  ssize_t got = recv(one->fd, input + one->kept_size, sizeof input - one->kept_size, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) { lose(one); return; }
  int64_t at = now_ns();
  if (raw_size) { plain(one, got, at); return; }
  int size = one->kept_size + got, done = 0;
  if (one->phase == ASKED) {
    done = handshake(input, size);
    if (done < 0) { lose(one); return; }
    if (done > 0) { one->phase = OPEN; pending--; }
  }
  if (one->phase == OPEN) {
    int more = frames(one, input + done, size - done, at);
    if (more < 0) { lose(one); return; }
    done += more;
  }
  one->kept_size = size - done;
  if (!one->kept_size) { free(one->kept); one->kept = NULL; return; }
  one->kept = realloc(one->kept, one->kept_size);
  memcpy(one->kept, input + done, one->kept_size);
}

static void connected(client *one) {
  int failed = 0;
  socklen_t size = sizeof failed;
  getsockopt(one->fd, SOL_SOCKET, SO_ERROR, &failed, &size);
  if (failed) { lose(one); return; }
  struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = one};
  if (epoll_ctl(epoll, EPOLL_CTL_MOD, one->fd, &wanted) < 0) die("epoll_ctl");
  if (raw_size) { got_ready(one); return; }
  char asking[512];
  int length = snprintf(asking, sizeof asking,
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:%d\r\nOrigin: http://localhost:%d\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", port, port);
  if (send(one->fd, asking, length, MSG_NOSIGNAL) != length) { lose(one); return; }
  one->phase = ASKED;
}

static void report(void) {
  printf("all %d %d", count - heard, doubled);
  for (int k = 0; k < count; k++) if (clients[k].count) printf(" %lld", (long long)clients[k].arrived);
  printf("\n");
  fflush(stdout);
}

static void command(char *line) {
  if (!strncmp(line, "watch", 5)) {
    for (int k = 0; k < count; k++) clients[k].count = 0;
    heard = doubled = 0;
    watching = 1;
    printf("watching\n");
  } else if (!strncmp(line, "seen", 4)) {
    report();
    watching = 0;
  } else if (!strncmp(line, "storm", 5)) {
    for (int k = 0; k < count; k++) hang_up(&clients[k]);
    begun = now_ns();
    storming = 1, churning = churn_rate = 0;
  } else if (sscanf(line, "return %ld %ld", &back_from, &back_to) == 2) {
    storming = 0;
    printf("returning\n");
  } else if (!strncmp(line, "churn", 5)) {
    printf("churned %d\n", churned);
    churn_rate = atoi(line + 5), churned = 0, churn_from = now_ns(), storming = 0, churning = 1;
  } else if (!strncmp(line, "ticks", 5)) {
    noted = 0, noting = 1;
    printf("noting\n");
  } else if (!strncmp(line, "late", 4)) {
    printf("late");
    for (int k = 0; k < noted; k++) printf(" %d", notes[k]);
    printf("\n");
    noting = 0;
  } else if (!strncmp(line, "gone", 4)) {
    printf("gone %d\n", count - ready);
  } else if (!strncmp(line, "quit", 4)) {
    exit(0);
  }
  fflush(stdout);
}

static void read_commands(void) {
  static char line[256];
  static int size;
  char piece[256];
  ssize_t got = read(0, piece, sizeof piece);
  if (got <= 0) exit(0);
  for (int k = 0; k < got; k++) {
    if (piece[k] == '\n') { line[size] = 0; command(line); size = 0; }
    else if (size < 255) line[size++] = piece[k];
  }
}

/* Opens what is to be opened, as far as PARALLEL allows. */
static void open_more(void) {
  static int next;
  int64_t at = now_ns();
  for (int looked = 0; looked < count && pending < parallel; looked++) {
    client *one = &clients[next];
    next = (next + 1) % count;
    if (one->phase == IDLE && (storming ? one->due != INT64_MAX : one->due <= at)) open_one(one);
  }
}

/* Hangs up on as many as are due by now, each in its turn. */
static void churn(void) {
  static int next;
  int due = (now_ns() - churn_from) * churn_rate / 1000000000LL;
  for (int looked = 0; churned < due && looked < count; looked++) {
    client *one = &clients[next];
    next = (next + 1) % count;
    if (one->phase == OPEN && one->ready) hang_up(one), churned++;
  }
}

int main(int argc, char **argv) {
  if (argc != 7 && argc != 8) { fprintf(stderr, "see the head of load.c\n"); return 2; }
  port = atoi(argv[1]), count = atoi(argv[2]), parallel = atoi(argv[3]);
  ready_event = argv[4], event = argv[5], auth = argv[6];
  if (argc == 8) of = atoi(argv[7]);
  if (!strcmp(ready_event, "raw")) raw_size = atoi(event);
  struct rlimit files = {count + 100, count + 100};
  if (setrlimit(RLIMIT_NOFILE, &files) < 0) die("RLIMIT_NOFILE");
  clients = calloc(count, sizeof *clients);
  for (int k = 0; k < count; k++) clients[k].fd = -1;
  epoll = epoll_create1(0);
  struct epoll_event stdin_event = {.events = EPOLLIN, .data.ptr = NULL}, got[512];
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &stdin_event) < 0) die("stdin");
  begun = now_ns();
  int was_all = 0;
  for (;;) {
    if (churn_rate) churn();
    if (ready < count) open_more();
    int size = epoll_wait(epoll, got, 512, ready < count || churn_rate ? 5 : 1000);
    for (int k = 0; k < size; k++) {
      client *one = got[k].data.ptr;
      if (!one) read_commands();
      else if (one->fd < 0) continue;
      else if (one->phase == CONNECTING) connected(one);
      else readable(one);
    }
    if (ready == count && !was_all && !churning) {
      printf("ready %.4f\n", (now_ns() - begun) / 1e9);
      fflush(stdout);
      storming = 0;
    }
    if (was_all && ready < count) begun = now_ns();
    was_all = ready == count;
    if (watching && heard == count) { report(); watching = 0; }
  }
}
