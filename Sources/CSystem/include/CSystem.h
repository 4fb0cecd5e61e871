// What differs between Glibc and Darwin, or what Swift cannot express: spawning, signals, sockets, readiness.
// Every function returns 0 or a value on success and -errno on failure, so that Swift never reads errno late.
#ifndef BATON_CSYSTEM_H
#define BATON_CSYSTEM_H

#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#if defined(__linux__)
#include <sys/epoll.h>
#else
#include <sys/event.h>
#endif

// Time that goes on while the machine sleeps, in nanoseconds: a lid that was closed for an hour has used up an hour.
int64_t baton_uptime_nanoseconds(void);
// Seconds and nanoseconds since 1970.
int64_t baton_wall_nanoseconds(void);

// Readiness: one descriptor that waits for many (epoll, kqueue).
#if defined(__linux__)
int baton_epoll_create(void);
int baton_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t data);
int baton_epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout_milliseconds);
uint64_t baton_epoll_data(const struct epoll_event *event);
int baton_eventfd(void);
int baton_signal_descriptor(const int *signals, int count);
int baton_process_descriptor(pid_t process);
// The calling thread, and what it starts, use this network namespace from now on. For tests.
int baton_enter_network(int namespace_descriptor);
#endif
int baton_read_signal(int fd);

// Sockets: non-blocking, close-on-exec, no Nagle, no SIGPIPE.
int baton_connect_start(const struct sockaddr *address, socklen_t length);
// The same to a socket in the file system; -ENAMETOOLONG where the path does not fit an address.
int baton_connect_path(const char *path);
int baton_socket_error(int fd);
void baton_quick_ack(int fd);
void baton_socket_liveness(int fd, int unanswered_milliseconds);
ssize_t baton_send(int fd, const void *bytes, size_t count);
ssize_t baton_receive(int fd, void *bytes, size_t count);
ssize_t baton_read(int fd, void *bytes, size_t count);
ssize_t baton_write(int fd, const void *bytes, size_t count);
int baton_pipe(int fds[2]);
int baton_set_nonblocking(int fd);
int baton_open(const char *path, int flags, mode_t mode);
int baton_lock_exclusive(int fd);
// Removes a directory with all that is in it; follows no link and goes at most 200 levels down.
int baton_remove_tree(const char *path);
// Gives 0, 1 and 2 to /dev/null where they are closed: what is opened next must not take their numbers.
void baton_claim_standard_descriptors(void);

// A port of 127.0.0.1 that was free a moment ago.
int baton_free_loopback_port(void);

// Children: their own process group, default signals, nothing inherited but the three streams.
pid_t baton_spawn(
    const char *path, char *const arguments[], char *const environment[], const int streams[3], const char *directory,
    int own_group);
// 1 with *status filled when the child has ended, 0 while it lives.
int baton_reap(pid_t process, int *status);
int baton_exit_code(int status);
int baton_term_signal(int status);
int baton_signal(pid_t process, int signal);

// Threads, for work that would block the loop.
int baton_thread_start(void (*body)(void *), void *context);

// The process: signals it must not die of, descriptors it may have.
// SIGPIPE is ignored; SIGCHLD is not, whatever was inherited: an ignored one loses how children ended.
void baton_prepare_signals(void);
long baton_raise_descriptor_limit(void);
int baton_block_signals(const int *signals, int count);
int baton_unblock_signals(const int *signals, int count);
// Whether all of them are.
int baton_are_blocked(const int *signals, int count);
// 1 when there is something to read, 0 when the time is over.
int baton_wait_readable(int fd, int milliseconds);
// 1 when the process was started with this signal ignored (nohup).
int baton_is_ignored(int signal);
// 1 when one of these blocked signals is waiting.
int baton_is_pending(const int *signals, int count);

// The terminal.
int baton_is_terminal(int fd);
int baton_terminal_columns(int fd);
// For typing a secret: every byte at once, nothing shown, Ctrl-C a byte like any other. `on` puts things back.
int baton_terminal_secret(int fd, int on);

// memmem is behind a feature macro in Glibc.
const void *baton_find(const void *haystack, size_t count, const void *needle, size_t needle_count);
const char *baton_error_text(int code, char *buffer, size_t room);

#endif
