#define _GNU_SOURCE
#define _DARWIN_C_SOURCE
#include "CSystem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#else
#include <stdlib.h>
#endif

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t baton_uptime_nanoseconds(void) {
#if defined(__linux__)
    return nanoseconds(CLOCK_BOOTTIME);
#else
    return nanoseconds(CLOCK_MONOTONIC); // on Darwin this one goes on during sleep
#endif
}

int64_t baton_wall_nanoseconds(void) { return nanoseconds(CLOCK_REALTIME); }

#define RETRY(call) ({ __typeof__(call) result_; do result_ = (call); while (result_ == -1 && errno == EINTR); result_; })

#if defined(__linux__)
int baton_epoll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int baton_epoll_control(int epoll, int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data = {.u64 = data}};
    return epoll_ctl(epoll, operation, fd, &event) < 0 ? -errno : 0;
}

int baton_epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout_milliseconds) {
    int count = epoll_wait(epoll, events, capacity, timeout_milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    return count;
}

uint64_t baton_epoll_data(const struct epoll_event *event) { return event->data.u64; }

int baton_eventfd(void) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

int baton_signal_descriptor(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

int baton_read_signal(int fd) {
    struct signalfd_siginfo info;
    ssize_t count = RETRY(read(fd, &info, sizeof info));
    return count == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

int baton_process_descriptor(pid_t process) {
#if defined(SYS_pidfd_open)
    int fd = (int)syscall(SYS_pidfd_open, process, 0);
    return fd < 0 ? -errno : fd;
#else
    return -ENOSYS;
#endif
}

int baton_enter_network(int namespace_descriptor) {
    return setns(namespace_descriptor, CLONE_NEWNET) < 0 ? -errno : 0;
}
#else
int baton_read_signal(int fd) {
    (void)fd;
    return 0;
}
#endif

static void prepare_descriptor(int fd) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

int baton_connect_start(const struct sockaddr *address, socklen_t length) {
    int fd = socket(address->sa_family, SOCK_STREAM, 0);
    if (fd < 0) return -errno;
    prepare_descriptor(fd);
    int yes = 1;
    if (address->sa_family != AF_UNIX) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    }
#if defined(SO_NOSIGPIPE)
    setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
    if (connect(fd, address, length) == 0 || errno == EINPROGRESS || errno == EINTR) return fd;
    int reason = errno;
    close(fd);
    return -reason;
}

int baton_connect_path(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t count = strlen(path);
    if (count >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, count + 1);
    return baton_connect_start((struct sockaddr *)&address, sizeof address);
}

int baton_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return errno;
    return error;
}

void baton_quick_ack(int fd) {
#if defined(TCP_QUICKACK)
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
#else
    (void)fd;
#endif
}

void baton_socket_liveness(int fd, int unanswered_milliseconds) {
#if defined(TCP_USER_TIMEOUT)
    unsigned int limit = (unsigned int)unanswered_milliseconds;
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
#elif defined(TCP_RXT_CONNDROPTIME)
    int seconds = unanswered_milliseconds / 1000;
    setsockopt(fd, IPPROTO_TCP, TCP_RXT_CONNDROPTIME, &seconds, sizeof seconds);
#else
    (void)fd, (void)unanswered_milliseconds;
#endif
}

#if !defined(MSG_NOSIGNAL)
#define MSG_NOSIGNAL 0
#endif

ssize_t baton_send(int fd, const void *bytes, size_t count) {
    ssize_t sent = RETRY(send(fd, bytes, count, MSG_NOSIGNAL));
    return sent < 0 ? -errno : sent;
}

ssize_t baton_receive(int fd, void *bytes, size_t count) {
    ssize_t got = RETRY(recv(fd, bytes, count, 0));
    return got < 0 ? -errno : got;
}

ssize_t baton_read(int fd, void *bytes, size_t count) {
    ssize_t got = RETRY(read(fd, bytes, count));
    return got < 0 ? -errno : got;
}

ssize_t baton_write(int fd, const void *bytes, size_t count) {
    ssize_t put = RETRY(write(fd, bytes, count));
    return put < 0 ? -errno : put;
}

int baton_pipe(int fds[2]) {
#if defined(__linux__)
    // In one step: a child that another thread starts in between would hold the pipe open for as long as it lives.
    return pipe2(fds, O_CLOEXEC) < 0 ? -errno : 0;
#else
    if (pipe(fds) < 0) return -errno;
    fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

int baton_set_nonblocking(int fd) { return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0 ? -errno : 0; }

int baton_open(const char *path, int flags, mode_t mode) {
    int fd = RETRY(open(path, flags | O_CLOEXEC, mode));
    return fd < 0 ? -errno : fd;
}

int baton_lock_exclusive(int fd) { return RETRY(flock(fd, LOCK_EX | LOCK_NB)) < 0 ? -errno : 0; }

static int remove_entries(int directory, int levels) {
    if (levels <= 0) {
        close(directory);
        return -ELOOP;
    }
    DIR *stream = fdopendir(directory);
    if (!stream) {
        int reason = errno;
        close(directory);
        return -reason;
    }
    int failed = 0;
    struct dirent *entry;
    while (!failed && (entry = readdir(stream))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (unlinkat(dirfd(stream), entry->d_name, 0) == 0 || errno == ENOENT) continue;
        int reason = errno;
        int inner = openat(dirfd(stream), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        failed = inner < 0 ? -reason : remove_entries(inner, levels - 1);
        if (!failed && unlinkat(dirfd(stream), entry->d_name, AT_REMOVEDIR) < 0 && errno != ENOENT) failed = -errno;
    }
    closedir(stream);
    return failed;
}

int baton_remove_tree(const char *path) {
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) {
        if (errno == ENOENT) return 0;
        return unlink(path) < 0 ? -errno : 0;
    }
    int failed = remove_entries(directory, 200);
    if (failed) return failed;
    return rmdir(path) < 0 && errno != ENOENT ? -errno : 0;
}

void baton_claim_standard_descriptors(void) {
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            // Read-only on purpose: writing what nobody can get fails and is noticed.
            if (open("/dev/null", O_RDONLY) < 0) return;
        }
    }
}

int baton_free_loopback_port(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) return -errno;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int result = bind(fd, (struct sockaddr *)&address, length) < 0
            || getsockname(fd, (struct sockaddr *)&address, &length) < 0
        ? -errno
        : ntohs(address.sin_port);
    close(fd);
    return result;
}

pid_t baton_spawn(
    const char *path, char *const arguments[], char *const environment[], const int streams[3], const char *directory,
    int own_group) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    pid_t process = 0;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) return -failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed) {
        posix_spawn_file_actions_destroy(&actions);
        return -failed;
    }
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // A session is a group too; and what ends the processes of a session must not find those of the terminal in it.
    if (own_group) flags |= POSIX_SPAWN_SETSID;
#if defined(POSIX_SPAWN_CLOEXEC_DEFAULT)
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    posix_spawnattr_setflags(&attributes, flags);
    for (int i = 0; i < 3 && !failed; i++) failed = posix_spawn_file_actions_adddup2(&actions, streams[i], i);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    // What Baton itself was given and knows nothing of: a lock, a pipe of the job that started it.
    if (!failed) failed = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
    if (!failed && directory) failed = posix_spawn_file_actions_addchdir_np(&actions, directory);
    if (!failed) failed = posix_spawn(&process, path, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed ? -failed : process;
}

int baton_reap(pid_t process, int *status) {
    pid_t ended = RETRY(waitpid(process, status, WNOHANG));
    if (ended < 0) return -errno;
    return ended == process;
}

int baton_exit_code(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }
int baton_term_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }
int baton_signal(pid_t process, int signal) { return kill(process, signal) < 0 ? -errno : 0; }

struct thread_start {
    void (*body)(void *);
    void *context;
};

static void *thread_main(void *pointer) {
    struct thread_start start = *(struct thread_start *)pointer;
    free(pointer);
    start.body(start.context);
    return NULL;
}

int baton_thread_start(void (*body)(void *), void *context) {
    struct thread_start *start = malloc(sizeof *start);
    if (!start) return -ENOMEM;
    *start = (struct thread_start){body, context};
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, thread_main, start);
    if (failed) {
        free(start);
        return -failed;
    }
    pthread_detach(thread);
    return 0;
}

void baton_prepare_signals(void) {
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
}

long baton_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return 256;
    rlim_t wanted = limit.rlim_max;
#if defined(__APPLE__)
    if (wanted > 10240) wanted = 10240; // OPEN_MAX: a higher soft limit is refused
#else
    if (wanted > 1048576) wanted = 1048576;
#endif
    if (wanted > limit.rlim_cur) {
        limit.rlim_cur = wanted;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    return (long)limit.rlim_cur;
}

int baton_block_signals(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    return -pthread_sigmask(SIG_BLOCK, &set, NULL);
}

int baton_unblock_signals(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < count; i++) sigaddset(&set, signals[i]);
    return -pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int baton_are_blocked(const int *signals, int count) {
    sigset_t set;
    if (pthread_sigmask(SIG_BLOCK, NULL, &set) != 0) return 0;
    for (int i = 0; i < count; i++) {
        if (!sigismember(&set, signals[i])) return 0;
    }
    return 1;
}

int baton_wait_readable(int fd, int milliseconds) {
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    int ready = RETRY(poll(&entry, 1, milliseconds));
    return ready < 0 ? -errno : ready;
}

int baton_is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int baton_is_pending(const int *signals, int count) {
    sigset_t pending;
    sigpending(&pending);
    for (int i = 0; i < count; i++) {
        if (sigismember(&pending, signals[i])) return 1;
    }
    return 0;
}

int baton_is_terminal(int fd) { return isatty(fd); }

int baton_terminal_columns(int fd) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0) return 0;
    return size.ws_col;
}

int baton_terminal_secret(int fd, int on) {
    static struct termios before;
    static int is_changed = 0;
    if (!on) {
        if (!is_changed) return 0;
        is_changed = 0;
        return tcsetattr(fd, TCSAFLUSH, &before) < 0 ? -errno : 0;
    }
    if (tcgetattr(fd, &before) < 0) return -errno;
    struct termios settings = before;
    settings.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    is_changed = 1;
    return tcsetattr(fd, TCSAFLUSH, &settings) < 0 ? -errno : 0;
}

const void *baton_find(const void *haystack, size_t count, const void *needle, size_t needle_count) {
    return memmem(haystack, count, needle, needle_count);
}

const char *baton_error_text(int code, char *buffer, size_t room) {
#if defined(__linux__)
    return strerror_r(code, buffer, room);
#else
    strerror_r(code, buffer, room);
    return buffer;
#endif
}
