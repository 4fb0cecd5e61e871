// floor: the least that running one command on many hosts over SSH can cost with libssh2.
//
//     floor HOSTS_FILE CONCURRENCY USER KEY_FILE COMMAND
//
// One thread, non-blocking sessions, epoll, TCP_NODELAY. Each line of HOSTS_FILE is "ADDRESS PORT". For each host:
// connect, handshake, public key from a file, exec, read both streams to the end, close, exit status. It checks no
// host key, reads no configuration and keeps no output: whatever a real tool adds to that is the real tool's price.
//
// Prints one line of JSON. Exit status: 0 when the command ended with 0 everywhere, 1 when not, 2 on wrong usage.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libssh2.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    TOTAL_DEADLINE_MS = 300000, // one limit for the whole run: nothing waits longer than this
    MAX_EVENTS = 256,
    READ_SIZE = 32768,
};

enum phase { CONNECT, HANDSHAKE, AUTHENTICATE, OPEN, EXECUTE, READ, CLOSE, DISCONNECT, FINISHED };

static const char *const phase_names[] = {"connect", "handshake", "authenticate", "open", "execute",
                                          "read",    "close",     "disconnect",   "finished"};

enum progress { AGAIN, NEXT, BROKEN };

struct job {
    const char *user, *key, *command;
};

struct host {
    struct sockaddr_in address;
    enum phase phase;
    int fd;
    uint32_t interest;
    LIBSSH2_SESSION *session;
    LIBSSH2_CHANNEL *channel;
    bool ok;
};

struct run {
    struct job job;
    struct host *hosts;
    size_t count, next, live, ok;
    int epoll;
};

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// MARK: One host

static void explain(const struct host *host)
{
    char address[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &host->address.sin_addr, address, sizeof address);
    char *message = strerror(errno);
    if (host->session != NULL)
        libssh2_session_last_error(host->session, &message, NULL, 0);
    fprintf(stderr, "floor: %s: %s failed: %s\n", address, phase_names[host->phase], message);
}

static enum progress from_code(int code)
{
    if (code == LIBSSH2_ERROR_EAGAIN)
        return AGAIN;
    return code < 0 ? BROKEN : NEXT;
}

static enum progress finish_connect(struct host *host)
{
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(host->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
        errno = error;
        return BROKEN;
    }
    struct sockaddr_in peer;
    length = sizeof peer;
    if (getpeername(host->fd, (struct sockaddr *)&peer, &length) != 0)
        return errno == ENOTCONN ? AGAIN : BROKEN;
    host->session = libssh2_session_init();
    if (host->session == NULL)
        return BROKEN;
    libssh2_session_set_blocking(host->session, 0);
    return NEXT;
}

static enum progress open_channel(struct host *host)
{
    host->channel = libssh2_channel_open_session(host->session);
    if (host->channel != NULL)
        return NEXT;
    return libssh2_session_last_errno(host->session) == LIBSSH2_ERROR_EAGAIN ? AGAIN : BROKEN;
}

static enum progress read_stream(struct host *host, int stream)
{
    char scratch[READ_SIZE];
    ssize_t count;
    while ((count = libssh2_channel_read_ex(host->channel, stream, scratch, sizeof scratch)) > 0) {
    }
    return from_code((int)count);
}

static enum progress read_streams(struct host *host)
{
    enum progress out = read_stream(host, 0), err = read_stream(host, SSH_EXTENDED_DATA_STDERR);
    if (out == BROKEN || err == BROKEN)
        return BROKEN;
    return libssh2_channel_eof(host->channel) == 1 ? NEXT : AGAIN;
}

// The library says status 0 also for a command that ended by a signal.
static bool ended_well(const struct host *host)
{
    char *signal_name = NULL;
    libssh2_channel_get_exit_signal(host->channel, &signal_name, NULL, NULL, NULL, NULL, NULL);
    bool by_signal = signal_name != NULL;
    libssh2_free(host->session, signal_name);
    return !by_signal && libssh2_channel_get_exit_status(host->channel) == 0;
}

static enum progress close_channel(struct host *host)
{
    enum progress progress = from_code(libssh2_channel_close(host->channel));
    if (progress == NEXT)
        host->ok = ended_well(host);
    return progress;
}

static enum progress advance(struct host *host, const struct job *job)
{
    switch (host->phase) {
    case CONNECT:
        return finish_connect(host);
    case HANDSHAKE:
        return from_code(libssh2_session_handshake(host->session, host->fd));
    case AUTHENTICATE:
        return from_code(libssh2_userauth_publickey_fromfile(host->session, job->user, NULL, job->key, NULL));
    case OPEN:
        return open_channel(host);
    case EXECUTE:
        return from_code(libssh2_channel_exec(host->channel, job->command));
    case READ:
        return read_streams(host);
    case CLOSE:
        return close_channel(host);
    case DISCONNECT:
        return from_code(libssh2_session_disconnect(host->session, "done"));
    case FINISHED:
        break;
    }
    return BROKEN;
}

// Releases everything. A broken session may ask to be called again; it is given a few tries and then left to the exit
// of the process, because its socket is closed either way.
static void release(struct host *host)
{
    for (int tries = 0; host->channel != NULL && tries < 8; tries++) {
        if (libssh2_channel_free(host->channel) != LIBSSH2_ERROR_EAGAIN)
            host->channel = NULL;
    }
    for (int tries = 0; host->session != NULL && tries < 8; tries++) {
        if (libssh2_session_free(host->session) != LIBSSH2_ERROR_EAGAIN)
            host->session = NULL;
    }
    close(host->fd);
    host->fd = -1;
    host->phase = FINISHED;
}

// MARK: All hosts

static bool watch(struct run *run, struct host *host, uint32_t interest)
{
    if (interest == host->interest)
        return true;
    struct epoll_event event = {.events = interest, .data.ptr = host};
    int operation = host->interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    host->interest = interest;
    return epoll_ctl(run->epoll, operation, host->fd, &event) == 0;
}

static uint32_t wanted_events(const struct host *host)
{
    if (host->phase == CONNECT)
        return EPOLLOUT;
    int directions = libssh2_session_block_directions(host->session);
    uint32_t events = (directions & LIBSSH2_SESSION_BLOCK_OUTBOUND) != 0 ? EPOLLOUT : 0;
    if ((directions & LIBSSH2_SESSION_BLOCK_INBOUND) != 0 || events == 0)
        events |= EPOLLIN;
    return events;
}

static void finish(struct run *run, struct host *host)
{
    run->ok += host->ok ? 1 : 0;
    run->live--;
    release(host);
}

static void step(struct run *run, struct host *host)
{
    enum progress progress = NEXT;
    while (progress == NEXT && host->phase != FINISHED) {
        progress = advance(host, &run->job);
        if (progress == NEXT)
            host->phase++;
    }
    if (progress == AGAIN && watch(run, host, wanted_events(host)))
        return;
    // After the exit status is known, a connection that breaks while saying goodbye is no failure.
    if (progress != NEXT && host->phase != DISCONNECT) {
        explain(host);
        host->ok = false;
    }
    finish(run, host);
}

static void start(struct run *run, struct host *host)
{
    run->live++;
    host->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    if (host->fd >= 0)
        setsockopt(host->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    bool started = host->fd >= 0
        && (connect(host->fd, (struct sockaddr *)&host->address, sizeof host->address) == 0 || errno == EINPROGRESS)
        && watch(run, host, EPOLLOUT);
    if (!started) {
        fprintf(stderr, "floor: cannot connect: %s\n", strerror(errno));
        finish(run, host);
    }
}

// Returns false when the deadline passed before every host was done.
static bool run_all(struct run *run, size_t concurrency)
{
    long long deadline = now_ms() + TOTAL_DEADLINE_MS;
    struct epoll_event events[MAX_EVENTS];
    for (;;) {
        while (run->live < concurrency && run->next < run->count)
            start(run, &run->hosts[run->next++]);
        if (run->live == 0)
            return true;
        long long left = deadline - now_ms();
        if (left <= 0)
            return false;
        int count = epoll_wait(run->epoll, events, MAX_EVENTS, (int)left);
        for (int i = 0; i < count; i++)
            step(run, events[i].data.ptr);
    }
}

// MARK: Input and output

static bool parse_host(const char *line, struct host *host)
{
    char address[64];
    unsigned port;
    if (sscanf(line, "%63s %u", address, &port) != 2 || port == 0 || port > 65535)
        return false;
    *host = (struct host){.fd = -1, .address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)}};
    return inet_pton(AF_INET, address, &host->address.sin_addr) == 1;
}

static bool append_host(struct run *run, size_t *capacity, struct host host)
{
    if (run->count == *capacity) {
        size_t larger = *capacity == 0 ? 64 : *capacity * 2;
        struct host *moved = realloc(run->hosts, larger * sizeof *moved);
        if (moved == NULL)
            return false;
        run->hosts = moved;
        *capacity = larger;
    }
    run->hosts[run->count++] = host;
    return true;
}

static bool read_hosts(struct run *run, const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    char line[128];
    size_t capacity = 0;
    bool good = true;
    while (good && fgets(line, sizeof line, file) != NULL) {
        struct host host;
        good = parse_host(line, &host) && append_host(run, &capacity, host);
    }
    fclose(file);
    return good && run->count > 0;
}

// The peak of this program alone: what getrusage says includes whoever started it.
static long peak_rss_kib(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    if (status == NULL)
        return -1;
    char line[256];
    long peak = -1;
    while (fgets(line, sizeof line, status) != NULL) {
        if (sscanf(line, "VmHWM: %ld", &peak) == 1)
            break;
    }
    fclose(status);
    return peak;
}

static double cpu_ms(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static void print_result(const struct run *run, double wall_seconds)
{
    printf("{\"libssh2\":\"%s\",\"hosts\":%zu,\"ok\":%zu,\"wall_s\":%.3f,\"cpu_ms\":%.3f,\"peak_rss_kib\":%ld}\n",
           libssh2_version(0), run->count, run->ok, wall_seconds, cpu_ms(), peak_rss_kib());
}

static int usage(void)
{
    fprintf(stderr, "usage: floor HOSTS_FILE CONCURRENCY USER KEY_FILE COMMAND\n");
    return 2;
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return usage();
    char *end;
    unsigned long concurrency = strtoul(argv[2], &end, 10);
    struct run run = {.job = {.user = argv[3], .key = argv[4], .command = argv[5]}};
    if (*end != '\0' || concurrency == 0 || !read_hosts(&run, argv[1])) {
        free(run.hosts);
        return usage();
    }
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (run.epoll < 0 || libssh2_init(0) != 0) {
        fprintf(stderr, "floor: cannot start\n");
        free(run.hosts);
        return 1;
    }
    long long begin = now_ms();
    bool in_time = run_all(&run, concurrency);
    print_result(&run, (double)(now_ms() - begin) / 1e3);
    if (!in_time)
        fprintf(stderr, "floor: gave up after %d s\n", TOTAL_DEADLINE_MS / 1000);
    bool ok = in_time && run.ok == run.count;
    libssh2_exit();
    close(run.epoll);
    free(run.hosts);
    return ok ? 0 : 1;
}
