/*
 * One program of a measurement, on libzmq:
 *
 *     libzmq ROLE ADDRESS [name=number ...]
 *
 * The same roles as in the JavaScript beside it, with blocking calls, as C programs use the library. A role that binds
 * prints where; one that measures prints its results as JSON. It lives until it is killed, or until LIFETIME is over.
 */
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { LIFETIME = 120, WARM_UP_TRIPS = 500, WARM_UP_MESSAGES = 100000, PROBE_EVERY_MS = 5, STRIDE = 7919, MANY = 8192 };

static void *context;
static int argument_count;
static char **arguments;

/* Ends the program when a call failed, and says which. */
#define MUST(call)                                                      \
  do {                                                                  \
    if ((call) < 0) {                                                   \
      fprintf(stderr, "%s: %s\n", #call, zmq_strerror(zmq_errno()));    \
      exit(1);                                                          \
    }                                                                   \
  } while (0)

/* A parameter of the command line. */
static double parameter(const char *name, double otherwise) {
  size_t length = strlen(name);
  for (int at = 3; at < argument_count; at++)
    if (strncmp(arguments[at], name, length) == 0 && arguments[at][length] == '=') return atof(arguments[at] + length + 1);
  return otherwise;
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static double memory(const char *field) {
  char line[256];
  long kilobytes = 0;
  size_t length = strlen(field);
  FILE *status = fopen("/proc/self/status", "r");
  while (status != NULL && fgets(line, sizeof line, status) != NULL)
    if (strncmp(line, field, length) == 0 && line[length] == ':') kilobytes = atol(line + length + 1);
  if (status != NULL) fclose(status);
  return kilobytes * 1024.0;
}

/* Prints results, without ending the context: its threads may have work left for ever. */
static void report(const char *format, double first, double second) {
  printf(format, first, second);
  fflush(stdout);
  pause();
}

/* Messages per second from the end of the warm-up on: the same as meter.mjs. */
struct meter {
  double warm_up, whole, first, began, latest;
  uint64_t count, counted;
  int every, left;
};

static struct meter new_meter(void) {
  double ms = parameter("seconds", 1) * 1000;
  double size = parameter("size", 0);
  struct meter meter = {.warm_up = ms / 4, .whole = ms, .every = size < 16384 ? 64 : size <= 1048576 ? 4 : 1};
  meter.left = meter.every;
  return meter;
}

static int look(struct meter *meter) {
  double now = now_ms();
  meter->left = meter->every;
  if (meter->first == 0) meter->first = now;
  if (meter->began > 0) {
    meter->counted = meter->count;
    meter->latest = now;
  } else if (now - meter->first >= meter->warm_up) {
    meter->began = now;
    meter->count = 0;
  }
  return now - meter->first >= meter->whole && (meter->every > 1 || meter->counted > 0);
}

static int took_one(struct meter *meter) {
  meter->count++;
  return --meter->left <= 0 && look(meter);
}

static void report_rate(const struct meter *meter) {
  if (meter->latest == 0) report("{}\n", 0, 0);
  report("{\"perSecond\":%.1f}\n", meter->counted / (meter->latest - meter->began) * 1e3, 0);
}

/* Processor time of all threads so far, in seconds. */
static double cpu_seconds(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* The keys that the manual shows, as in curve.mjs. */
static void set_server_keys(void *socket) {
  int yes = 1;
  if (parameter("curve", 0) == 0) return;
  MUST(zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &yes, sizeof yes));
  MUST(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6", 41));
}

static void set_client_keys(void *socket) {
  if (parameter("curve", 0) == 0) return;
  MUST(zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", 41));
  MUST(zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", 41));
  MUST(zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs", 41));
}

static void *new_socket(int type, int mark) {
  void *socket = zmq_socket(context, type);
  if (socket == NULL) MUST(-1);
  MUST(zmq_setsockopt(socket, ZMQ_SNDHWM, &mark, sizeof mark));
  MUST(zmq_setsockopt(socket, ZMQ_RCVHWM, &mark, sizeof mark));
  return socket;
}

static void *bound(int type, int mark) {
  char address[256];
  size_t length = sizeof address;
  int backlog = 4096;
  void *socket = new_socket(type, mark);
  MUST(zmq_setsockopt(socket, ZMQ_BACKLOG, &backlog, sizeof backlog));
  set_server_keys(socket);
  MUST(zmq_bind(socket, arguments[2]));
  MUST(zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, address, &length));
  printf("%s\n", address);
  fflush(stdout);
  return socket;
}

static void *connected(int type, int mark) {
  void *socket = new_socket(type, mark);
  set_client_keys(socket);
  for (int count = parameter("connections", 1); count > 0; count--) MUST(zmq_connect(socket, arguments[2]));
  return socket;
}

/* Sends a fresh message: libzmq takes its memory over. */
static void send_fresh(void *socket, size_t size) {
  zmq_msg_t message;
  MUST(zmq_msg_init_size(&message, size));
  memset(zmq_msg_data(&message), 1, size < 64 ? size : 64);
  MUST(zmq_msg_send(&message, socket, 0));
}

static void *send_for_ever(void *socket) {
  size_t size = parameter("size", 0);
  for (;;) send_fresh(socket, size);
  return NULL;
}

static void count_messages(void *socket) {
  struct meter meter = new_meter();
  zmq_msg_t message;
  MUST(zmq_msg_init(&message));
  do MUST(zmq_msg_recv(&message, socket, 0));
  while (!took_one(&meter));
  report_rate(&meter);
}

static void pull(void) { count_messages(bound(ZMQ_PULL, parameter("mark", 1000))); }

static void push(void) { send_for_ever(connected(ZMQ_PUSH, parameter("mark", 1000))); }

static void inproc(void) {
  pthread_t thread;
  void *to = new_socket(ZMQ_PULL, 1000);
  MUST(zmq_bind(to, arguments[2]));
  void *from = connected(ZMQ_PUSH, 1000);
  MUST(-pthread_create(&thread, NULL, send_for_ever, from));
  count_messages(to);
}

static void reply(void) {
  void *socket = bound(ZMQ_REP, 1000);
  zmq_msg_t message;
  for (;;) {
    MUST(zmq_msg_init(&message));
    MUST(zmq_msg_recv(&message, socket, 0));
    MUST(zmq_msg_send(&message, socket, 0));
  }
}

static int ascending(const void *one, const void *other) {
  double difference = *(const double *)one - *(const double *)other;
  return (difference > 0) - (difference < 0);
}

static void request(void) {
  void *socket = connected(ZMQ_REQ, 1000);
  size_t size = parameter("size", 0);
  int count = parameter("count", 0);
  double *times = calloc(count, sizeof *times);
  zmq_msg_t message;
  MUST(zmq_msg_init(&message));
  for (int at = -WARM_UP_TRIPS; at < count; at++) {
    double began = now_ms();
    send_fresh(socket, size);
    MUST(zmq_msg_recv(&message, socket, 0));
    if (at >= 0) times[at] = (now_ms() - began) * 1e3;
  }
  qsort(times, count, sizeof *times, ascending);
  report("{\"p50\":%.2f,\"p99\":%.2f}\n", times[(int)(count * 0.5)], times[(int)(count * 0.99)]);
}

/* Returns each message to whom it came from; `count` of them, or all. */
static void echo(void *socket, uint64_t count) {
  zmq_msg_t id, body;
  for (uint64_t done = 0; count == 0 || done < count; done++) {
    MUST(zmq_msg_init(&id));
    MUST(zmq_msg_init(&body));
    MUST(zmq_msg_recv(&id, socket, 0));
    MUST(zmq_msg_recv(&body, socket, 0));
    MUST(zmq_msg_send(&id, socket, ZMQ_SNDMORE));
    MUST(zmq_msg_send(&body, socket, 0));
  }
}

static void router(void) { echo(bound(ZMQ_ROUTER, 1000), 0); }

static void dealer(void) {
  void *socket = connected(ZMQ_DEALER, 1000);
  size_t size = parameter("size", 0);
  struct meter meter = new_meter();
  zmq_msg_t message;
  MUST(zmq_msg_init(&message));
  for (int sent = parameter("inflight", 1); sent > 0; sent--) send_fresh(socket, size);
  for (;;) {
    MUST(zmq_msg_recv(&message, socket, 0));
    if (took_one(&meter)) break;
    send_fresh(socket, size);
  }
  report_rate(&meter);
}

static void send_topic(void *socket, int topic, size_t size) {
  char name[16];
  zmq_msg_t message;
  MUST(zmq_msg_init_size(&message, size));
  char *data = zmq_msg_data(&message);
  memset(data, 'a', size);
  /* By hand: snprintf would take longer than the send. */
  name[0] = 't';
  for (int digit = 5; digit > 0; digit--, topic /= 10) name[digit] = '0' + topic % 10;
  name[6] = '.';
  memcpy(data, name, 7);
  MUST(zmq_msg_send(&message, socket, 0));
}

static void publish(void) {
  void *socket = bound(ZMQ_PUB, 0);
  size_t size = parameter("size", 64);
  int topics = parameter("topics", 1);
  struct pollfd told = {.fd = STDIN_FILENO, .events = POLLIN};
  do MUST(zmq_send(socket, "?", 1, 0));
  while (poll(&told, 1, PROBE_EVERY_MS) == 0);
  double end = now_ms() + parameter("seconds", 1) * 1000;
  for (int topic = 0; now_ms() < end;) {
    for (int left = 64; left > 0; left--) {
      send_topic(socket, topic, size);
      topic = (topic + STRIDE) % topics;
    }
  }
  MUST(zmq_send(socket, "!", 1, 0));
  pause();
}

static void *new_subscriber(int first, int step) {
  void *socket = connected(ZMQ_SUB, 0);
  int topics = parameter("topics", 0);
  char name[16];
  if (topics == 0) MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0));
  for (int topic = first; topic < topics; topic += step) {
    snprintf(name, sizeof name, "t%05d.", topic % 100000);
    MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, name, 7));
  }
  if (topics == 0) return socket;
  /* The last ones: who hears a probe is known with all the others. */
  MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "?", 1));
  MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "!", 1));
  return socket;
}

/* Reads all that is there; returns 1 when the end came. */
static int read_all(void *socket, int *probed, struct meter *meter) {
  static zmq_msg_t message;
  MUST(zmq_msg_init(&message));
  while (zmq_msg_recv(&message, socket, ZMQ_DONTWAIT) >= 0) {
    if (zmq_msg_size(&message) > 1) took_one(meter);
    else if (*(char *)zmq_msg_data(&message) == '!') return 1;
    else *probed = 1;
  }
  return 0;
}

static int all_probed(const int *probed, int sockets) {
  for (int at = 0; at < sockets; at++)
    if (!probed[at]) return 0;
  return 1;
}

static void subscribe(void) {
  int sockets = parameter("sockets", 1), missing = sockets, ready = 0;
  zmq_pollitem_t *items = calloc(sockets, sizeof *items);
  int *probed = calloc(sockets, sizeof *probed);
  struct meter meter = new_meter();
  for (int at = 0; at < sockets; at++) items[at] = (zmq_pollitem_t){.socket = new_subscriber(at, sockets), .events = ZMQ_POLLIN};
  while (missing > 0) {
    MUST(zmq_poll(items, sockets, -1));
    for (int at = 0; at < sockets; at++)
      if (items[at].revents != 0) missing -= read_all(items[at].socket, &probed[at], &meter);
    if (!ready && all_probed(probed, sockets)) {
      ready = 1;
      puts("ready");
      fflush(stdout);
    }
  }
  look(&meter);
  report_rate(&meter);
}

/* From here on: how cost grows. The same as growth.mjs. */

/* Returns messages to a crowd of peers; by the first, all of them are there. */
static void host(void) {
  void *socket = bound(ZMQ_ROUTER, 1000);
  double before = memory("VmRSS");
  echo(socket, 1);
  printf("{\"bytesPerPeer\":%.1f}\n", (memory("VmRSS") - before) / parameter("peers", 1));
  fflush(stdout);
  echo(socket, 0);
}

static void wait_until_told(void) {
  struct pollfd told = {.fd = STDIN_FILENO, .events = POLLIN};
  while (poll(&told, 1, -1) != 1);
}

static void *publisher(void) {
  int yes = 1;
  void *socket = bound(ZMQ_PUB, 1000);
  MUST(zmq_setsockopt(socket, ZMQ_XPUB_NODROP, &yes, sizeof yes));
  return socket;
}

static void broadcast(void) {
  void *socket = publisher();
  double before = memory("VmRSS");
  wait_until_told();
  printf("{\"bytesPerPeer\":%.1f}\n", (memory("VmRSS") - before) / parameter("peers", 1));
  fflush(stdout);
  send_for_ever(socket);
}

/* "t", seven digits, "." */
static void write_topic(char *name, int topic) {
  name[0] = 't';
  for (int digit = 7; digit > 0; digit--, topic /= 10) name[digit] = '0' + topic % 10;
  name[8] = '.';
}

static void announce(void) {
  void *socket = publisher();
  struct pollfd told = {.fd = STDIN_FILENO, .events = POLLIN};
  int topics = parameter("topics", 1);
  double before = memory("VmRSS");
  zmq_msg_t message;
  do MUST(zmq_send(socket, "~", 1, 0));
  while (poll(&told, 1, PROBE_EVERY_MS) == 0);
  printf("{\"publisherBytes\":%.1f}\n", (memory("VmRSS") - before) / topics);
  fflush(stdout);
  for (int topic = 0;; topic = (topic + STRIDE) % topics) {
    MUST(zmq_msg_init_size(&message, 64));
    memset(zmq_msg_data(&message), 'a', 64);
    write_topic(zmq_msg_data(&message), topic);
    MUST(zmq_msg_send(&message, socket, 0));
  }
}

static void listen_all(void) {
  int topics = parameter("topics", 1);
  char name[9], probe;
  int no_mark = 0;
  void *socket = new_socket(ZMQ_SUB, 1000);
  /* Beyond its mark, libzmq forgets to tell of subscriptions. */
  MUST(zmq_setsockopt(socket, ZMQ_SNDHWM, &no_mark, sizeof no_mark));
  MUST(zmq_connect(socket, arguments[2]));
  double before = memory("VmRSS"), began = now_ms();
  for (int topic = 0; topic < topics; topic++) {
    write_topic(name, topic);
    MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, name, sizeof name));
  }
  MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "~", 1));
  MUST(zmq_recv(socket, &probe, 1, 0));
  double time = now_ms() - began, bytes = memory("VmRSS") - before;
  puts("ready");
  fflush(stdout);
  zmq_msg_t message;
  MUST(zmq_msg_init(&message));
  do MUST(zmq_msg_recv(&message, socket, 0));
  while (zmq_msg_size(&message) == 1);
  struct meter meter = new_meter();
  do MUST(zmq_msg_recv(&message, socket, 0));
  while (!took_one(&meter));
  printf("{\"perSecond\":%.1f,\"subscribedPerSecond\":%.1f,\"subscriberBytes\":%.1f}\n",
         meter.counted / (meter.latest - meter.began) * 1e3, topics / time * 1e3, bytes / topics);
  fflush(stdout);
  pause();
}

static char *deep_address(void) {
  static char address[256];
  snprintf(address, sizeof address, "%s-deep", arguments[2]);
  return address;
}

/* Reads what a peer queued while nobody was there, after some that only warm up. */
static void collect(void) {
  zmq_msg_t message;
  MUST(zmq_msg_init(&message));
  void *socket = bound(ZMQ_PULL, 1000);
  for (int left = WARM_UP_MESSAGES; left > 0; left--) MUST(zmq_msg_recv(&message, socket, 0));
  wait_until_told();
  socket = new_socket(ZMQ_PULL, 1000);
  MUST(zmq_bind(socket, deep_address()));
  int count = parameter("count", 2);
  MUST(zmq_msg_recv(&message, socket, 0));
  double began = now_ms();
  for (int left = count - 1; left > 0; left--) MUST(zmq_msg_recv(&message, socket, 0));
  report("{\"drainedPerSecond\":%.1f}\n", (count - 1) / (now_ms() - began) * 1e3, 0);
}

static void hoard(void) {
  size_t size = parameter("size", 0);
  int count = parameter("count", 2);
  void *socket = connected(ZMQ_PUSH, 1000);
  for (int left = WARM_UP_MESSAGES; left > 0; left--) send_fresh(socket, size);
  socket = new_socket(ZMQ_PUSH, 0);
  MUST(zmq_connect(socket, deep_address()));
  double before = memory("VmRSS"), began = now_ms();
  for (int left = count; left > 0; left--) send_fresh(socket, size);
  double time = now_ms() - began, bytes = memory("VmRSS") - before;
  puts("ready");
  report("{\"queuedPerSecond\":%.1f,\"bytesPerMessage\":%.1f}\n", count / time * 1e3, bytes / count);
}

static void queue(void) {
  double before = memory("VmRSS");
  size_t size = parameter("size", 0);
  int count = parameter("count", 1);
  void *socket = connected(ZMQ_PUSH, 0);
  for (int sent = 0; sent < count; sent++) send_fresh(socket, size);
  report("{\"bytesPerMessage\":%.1f}\n", (memory("VmHWM") - before) / count, 0);
}

static void accept_all(void) {
  int count = parameter("count", 1);
  void *socket = bound(ZMQ_ROUTER, 1000);
  double before = memory("VmRSS"), cpu = cpu_seconds();
  echo(socket, count);
  cpu = cpu_seconds() - cpu;
  report("{\"routerBytes\":%.0f,\"perCpuSecond\":%.0f}\n", (memory("VmRSS") - before) / count, count / cpu);
}

static void dial(void) {
  int count = parameter("count", 1);
  char answer[16];
  void **sockets = calloc(count, sizeof *sockets);
  double before = memory("VmRSS"), began = now_ms();
  for (int at = 0; at < count; at++) {
    sockets[at] = connected(ZMQ_DEALER, 1000);
    MUST(zmq_send(sockets[at], "hello", 5, 0));
  }
  for (int at = 0; at < count; at++) MUST(zmq_recv(sockets[at], answer, sizeof answer, 0));
  double time = now_ms() - began;
  report("{\"milliseconds\":%.2f,\"dealerBytes\":%.0f}\n", time, (memory("VmRSS") - before) / count);
}

static void version(void) {
  int major, minor, patch;
  zmq_version(&major, &minor, &patch);
  printf("%d.%d.%d\n", major, minor, patch);
}

static const struct {
  const char *name;
  void (*run)(void);
} roles[] = {{"pull", pull}, {"push", push}, {"inproc", inproc}, {"threads", inproc}, {"reply", reply}, {"request", request},
             {"router", router}, {"dealer", dealer}, {"publish", publish}, {"subscribe", subscribe},
             {"host", host}, {"broadcast", broadcast}, {"announce", announce}, {"listen", listen_all},
             {"collect", collect}, {"hoard", hoard}, {"queue", queue}, {"accept", accept_all}, {"dial", dial}, {"version", version}};

/* As Node.js does by itself: 10,000 peers are as many descriptors. */
static void raise_descriptor_limit(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int count, char **values) {
  argument_count = count;
  arguments = values;
  alarm(LIFETIME);
  raise_descriptor_limit();
  context = zmq_ctx_new();
  zmq_ctx_set(context, ZMQ_MAX_SOCKETS, MANY);
  zmq_ctx_set(context, ZMQ_IO_THREADS, parameter("background", 1));
  for (size_t at = 0; count > 1 && at < sizeof roles / sizeof *roles; at++)
    if (strcmp(values[1], roles[at].name) == 0) {
      roles[at].run();
      return 0;
    }
  fprintf(stderr, "no such role\n");
  return 1;
}
