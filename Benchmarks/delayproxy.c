// delayproxy: a TCP proxy that is far away.
//
//     delayproxy LISTEN_PORT TARGET_IPV4 TARGET_PORT ONE_WAY_DELAY_MS
//
// Listens on 127.0.0.1 and passes every connection on to the target, with each direction late by
// the delay D (round trip R = 2 D). What is modelled, with t = 0 when the client's connection is accepted:
//
//   * Connecting costs a round trip. On a real path the client may speak at R and the server sees the connection at
//     R + D. Here the kernel tells the client "connected" at once, so the proxy makes up for it: bytes that arrive
//     before R count as sent at R, and the target is connected to at R + D. The server's first byte thus reaches the
//     client at 2 R, as on the real path.
//   * A byte read from one side at time T is written to the other at T + D, or when that side has room, if later.
//   * End of stream is such a byte: a half-close travels in order, D late, and the other direction goes on.
//   * A reset or another error on one side ends both at once; bytes on their way are lost.
//
// Not modelled: loss, bandwidth, and the kernel's acknowledgements, which are answered here without delay. A sender
// that waits for one (Nagle's algorithm) therefore waits less than on a real path.
//
// Memory is bounded: each direction keeps at most LANE_BYTES and LANE_MARKS pieces and stops reading while it is full
// (so a direction carries at most LANE_BYTES per D), and at most MAX_PAIRS connections are served; more wait in the
// listen queue. SIGTERM or SIGINT ends it with exit status 0.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
    LANE_BYTES = 256 * 1024,
    LANE_MARKS = 1024,
    MAX_PAIRS = 256,
    MAX_EVENTS = 64,
    MAX_DELAY_MS = 60000,
};

#define NEVER INT64_MAX

// Some bytes that were read together, due at one time. No bytes: the end of the stream.
struct mark {
    int64_t due;
    uint32_t length;
};

struct side {
    struct pair *pair;
    int fd;
    uint32_t interest;
};

// One direction: what was read from one side and is not written to the other yet. Two rings.
struct lane {
    struct side *from, *to;
    uint8_t bytes[LANE_BYTES];
    struct mark marks[LANE_MARKS];
    uint32_t first_byte, byte_count, first_mark, mark_count;
    bool read_ended;  // no more will be read
    bool blocked;     // the destination has no room: wait until it is writable
    bool delivered;   // the end of the stream was passed on
};

enum stage { WAITING, CONNECTING, OPEN };

struct pair {
    struct side client, target;
    struct lane forward, back;
    int64_t established_at, connect_at;
    enum stage stage;
    struct pair *next;
    bool dead;
};

struct proxy {
    struct sockaddr_in target;
    int64_t delay;
    int epoll, listener, timer, signals;
    struct pair *pairs;
    unsigned pair_count;
    bool accepting;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void set_option(int fd, int option)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, option, &on, sizeof on);
}

// MARK: A lane

static bool lane_has_room(const struct lane *lane)
{
    return !lane->read_ended && lane->byte_count < LANE_BYTES && lane->mark_count < LANE_MARKS;
}

static void lane_mark(struct lane *lane, int64_t due, uint32_t length)
{
    lane->marks[(lane->first_mark + lane->mark_count) % LANE_MARKS] = (struct mark){.due = due, .length = length};
    lane->mark_count++;
}

// Reads what fits in one contiguous stretch. Returns false when the connection is broken.
static bool lane_fill(struct lane *lane, int64_t due)
{
    uint32_t free_from = (lane->first_byte + lane->byte_count) % LANE_BYTES;
    uint32_t free_to = free_from < lane->first_byte ? lane->first_byte : LANE_BYTES;
    ssize_t count = recv(lane->from->fd, lane->bytes + free_from, free_to - free_from, 0);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    set_option(lane->from->fd, TCP_QUICKACK);
    lane_mark(lane, due, (uint32_t)count);
    lane->byte_count += (uint32_t)count;
    lane->read_ended = count == 0;
    return true;
}

// Writes from the head. Returns bytes written, 0 when the destination has no room, -1 when it is broken.
static ssize_t lane_write(struct lane *lane, uint32_t length)
{
    uint32_t contiguous = LANE_BYTES - lane->first_byte;
    if (length > contiguous)
        length = contiguous;
    ssize_t count = send(lane->to->fd, lane->bytes + lane->first_byte, length, MSG_NOSIGNAL);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    lane->first_byte = (lane->first_byte + (uint32_t)count) % LANE_BYTES;
    lane->byte_count -= (uint32_t)count;
    return count;
}

static void lane_drop_mark(struct lane *lane)
{
    lane->first_mark = (lane->first_mark + 1) % LANE_MARKS;
    lane->mark_count--;
}

// Passes on all that is due. Returns false when the connection is broken.
static bool lane_drain(struct lane *lane, int64_t now)
{
    lane->blocked = false;
    while (lane->mark_count > 0) {
        struct mark *head = &lane->marks[lane->first_mark];
        if (head->due > now)
            return true;
        if (head->length == 0) {
            lane->delivered = true;
            lane_drop_mark(lane);
            return shutdown(lane->to->fd, SHUT_WR) == 0;
        }
        ssize_t count = lane_write(lane, head->length);
        if (count <= 0) {
            lane->blocked = count == 0;
            return count == 0;
        }
        head->length -= (uint32_t)count;
        if (head->length == 0)
            lane_drop_mark(lane);
    }
    return true;
}

static int64_t lane_wakes_at(const struct lane *lane)
{
    return lane->mark_count == 0 || lane->blocked ? NEVER : lane->marks[lane->first_mark].due;
}

// MARK: A pair of connections

// A side that waits for nothing is taken out of epoll altogether: else a hang-up, which is always reported, would be
// for ever.
static bool watch(struct proxy *proxy, struct side *side, uint32_t interest)
{
    if (side->fd < 0 || interest == side->interest)
        return true;
    int operation = side->interest == 0 ? EPOLL_CTL_ADD : interest == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    struct epoll_event event = {.events = interest, .data.ptr = side};
    side->interest = interest;
    return epoll_ctl(proxy->epoll, operation, side->fd, &event) == 0;
}

static uint32_t interest_of(const struct lane *reading, const struct lane *writing)
{
    return (lane_has_room(reading) ? EPOLLIN : 0u) | (writing->blocked ? EPOLLOUT : 0u);
}

static bool watch_pair(struct proxy *proxy, struct pair *pair)
{
    if (!watch(proxy, &pair->client, interest_of(&pair->forward, &pair->back)))
        return false;
    uint32_t target = pair->stage == CONNECTING ? (uint32_t)EPOLLOUT : interest_of(&pair->back, &pair->forward);
    return watch(proxy, &pair->target, target);
}

static bool connect_target(struct proxy *proxy, struct pair *pair)
{
    pair->target.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (pair->target.fd < 0)
        return false;
    set_option(pair->target.fd, TCP_NODELAY);
    pair->stage = CONNECTING;
    return connect(pair->target.fd, (struct sockaddr *)&proxy->target, sizeof proxy->target) == 0
        || errno == EINPROGRESS;
}

static bool finish_connect(struct pair *pair)
{
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(pair->target.fd, SOL_SOCKET, SO_ERROR, &error, &length);
    pair->stage = OPEN;
    return error == 0;
}

// When this pair has something to do though no socket says so.
static int64_t pair_wakes_at(const struct pair *pair)
{
    if (pair->stage == WAITING)
        return pair->connect_at;
    return pair->stage == CONNECTING ? NEVER : sooner(lane_wakes_at(&pair->forward), lane_wakes_at(&pair->back));
}

// Does all that time allows. Returns false when the pair is finished or broken.
static bool pair_advance(struct proxy *proxy, struct pair *pair, int64_t now)
{
    if (pair->stage == WAITING && now >= pair->connect_at && !connect_target(proxy, pair))
        return false;
    if (pair->stage == OPEN) {
        if (!lane_drain(&pair->forward, now) || !lane_drain(&pair->back, now))
            return false;
        if (pair->forward.delivered && pair->back.delivered)
            return false;
    }
    return watch_pair(proxy, pair);
}

static bool pair_ready(struct proxy *proxy, struct side *side, uint32_t events, int64_t now)
{
    struct pair *pair = side->pair;
    bool is_target = side == &pair->target;
    if (is_target && pair->stage == CONNECTING)
        return finish_connect(pair);
    if ((events & EPOLLERR) != 0)
        return false;
    struct lane *reading = is_target ? &pair->back : &pair->forward;
    if ((events & (EPOLLIN | EPOLLHUP)) == 0 || !lane_has_room(reading))
        return true;
    return lane_fill(reading, later(now, pair->established_at) + proxy->delay);
}

static void pair_end(struct proxy *proxy, struct pair *pair)
{
    pair->dead = true;
    close(pair->client.fd);
    if (pair->target.fd >= 0)
        close(pair->target.fd);
    proxy->pair_count--;
}

// Frees the pairs that ended, once no event of the present batch can name them any more.
static void sweep(struct proxy *proxy)
{
    struct pair **link = &proxy->pairs;
    while (*link != NULL) {
        struct pair *pair = *link;
        if (pair->dead) {
            *link = pair->next;
            free(pair);
        } else {
            link = &pair->next;
        }
    }
}

static bool pair_start(struct proxy *proxy, int client)
{
    struct pair *pair = calloc(1, sizeof *pair);
    if (pair == NULL)
        return false;
    set_option(client, TCP_NODELAY);
    int64_t now = now_ns();
    pair->client = (struct side){.pair = pair, .fd = client};
    pair->target = (struct side){.pair = pair, .fd = -1};
    pair->forward.from = pair->back.to = &pair->client;
    pair->forward.to = pair->back.from = &pair->target;
    pair->established_at = now + 2 * proxy->delay;
    pair->connect_at = now + 3 * proxy->delay;
    pair->next = proxy->pairs;
    proxy->pairs = pair;
    proxy->pair_count++;
    if (!pair_advance(proxy, pair, now))
        pair_end(proxy, pair);
    return true;
}

// MARK: The proxy

static bool watch_fd(struct proxy *proxy, int operation, int *fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = fd};
    return epoll_ctl(proxy->epoll, operation, *fd, &event) == 0;
}

static void accept_all(struct proxy *proxy)
{
    while (proxy->pair_count < MAX_PAIRS) {
        int client = accept4(proxy->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0)
            return;
        if (!pair_start(proxy, client))
            close(client);
    }
}

static void update_accepting(struct proxy *proxy)
{
    bool room = proxy->pair_count < MAX_PAIRS;
    if (room != proxy->accepting && watch_fd(proxy, room ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, &proxy->listener))
        proxy->accepting = room;
}

static void set_timer(struct proxy *proxy)
{
    int64_t next = NEVER;
    for (struct pair *pair = proxy->pairs; pair != NULL; pair = pair->next)
        next = sooner(next, pair_wakes_at(pair));
    struct itimerspec spec = {0};
    if (next != NEVER)
        spec.it_value = (struct timespec){.tv_sec = next / 1000000000, .tv_nsec = next % 1000000000};
    timerfd_settime(proxy->timer, TFD_TIMER_ABSTIME, &spec, NULL);
}

static void advance_all(struct proxy *proxy)
{
    int64_t now = now_ns();
    for (struct pair *pair = proxy->pairs; pair != NULL; pair = pair->next) {
        if (!pair->dead && !pair_advance(proxy, pair, now))
            pair_end(proxy, pair);
    }
    sweep(proxy);
    update_accepting(proxy);
    set_timer(proxy);
}

static void clear_timer(struct proxy *proxy)
{
    uint64_t expirations;
    if (read(proxy->timer, &expirations, sizeof expirations) < 0)
        return; // nothing to clear: another event woke us
}

// Returns false when a signal asks to stop.
static bool handle(struct proxy *proxy, const struct epoll_event *event)
{
    void *source = event->data.ptr;
    if (source == &proxy->signals)
        return false;
    if (source == &proxy->timer) {
        clear_timer(proxy);
    } else if (source == &proxy->listener) {
        accept_all(proxy);
    } else {
        struct side *side = source;
        if (!side->pair->dead && !pair_ready(proxy, side, event->events, now_ns()))
            pair_end(proxy, side->pair);
    }
    return true;
}

static void serve(struct proxy *proxy)
{
    struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int count = epoll_wait(proxy->epoll, events, MAX_EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (!handle(proxy, &events[i]))
                return;
        }
        advance_all(proxy);
    }
}

static void end_all(struct proxy *proxy)
{
    for (struct pair *pair = proxy->pairs; pair != NULL; pair = pair->next)
        pair_end(proxy, pair);
    sweep(proxy);
}

// MARK: Start

static bool parse_number(const char *text, long smallest, long largest, long *value)
{
    char *end;
    errno = 0;
    *value = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *value >= smallest && *value <= largest;
}

static int open_listener(long port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
        && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    return -1;
}

static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static bool open_proxy(struct proxy *proxy, long port)
{
    // The kernel may delay a thread's wake-ups by 50 us to save power; here they are the measurement.
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
    proxy->epoll = epoll_create1(EPOLL_CLOEXEC);
    proxy->signals = open_signals();
    proxy->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    proxy->listener = open_listener(port);
    if (proxy->epoll < 0 || proxy->signals < 0 || proxy->timer < 0 || proxy->listener < 0)
        return false;
    proxy->accepting = watch_fd(proxy, EPOLL_CTL_ADD, &proxy->listener);
    return proxy->accepting && watch_fd(proxy, EPOLL_CTL_ADD, &proxy->signals)
        && watch_fd(proxy, EPOLL_CTL_ADD, &proxy->timer);
}

static bool parse_arguments(int argc, char **argv, struct proxy *proxy, long *listen_port)
{
    long target_port, delay;
    if (argc != 5 || !parse_number(argv[1], 1, 65535, listen_port)
        || inet_pton(AF_INET, argv[2], &proxy->target.sin_addr) != 1
        || !parse_number(argv[3], 1, 65535, &target_port) || !parse_number(argv[4], 0, MAX_DELAY_MS, &delay))
        return false;
    proxy->target.sin_family = AF_INET;
    proxy->target.sin_port = htons((uint16_t)target_port);
    proxy->delay = delay * INT64_C(1000000);
    return true;
}

int main(int argc, char **argv)
{
    struct proxy proxy = {0};
    long listen_port;
    if (!parse_arguments(argc, argv, &proxy, &listen_port)) {
        fprintf(stderr, "usage: delayproxy LISTEN_PORT TARGET_IPV4 TARGET_PORT ONE_WAY_DELAY_MS\n");
        return 2;
    }
    if (!open_proxy(&proxy, listen_port)) {
        fprintf(stderr, "delayproxy: cannot listen on port %ld: %s\n", listen_port, strerror(errno));
        return 1;
    }
    serve(&proxy);
    end_all(&proxy);
    return 0;
}
