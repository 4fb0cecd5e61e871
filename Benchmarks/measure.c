// measure: runs one command and reports what it cost.
//
//     measure REPORT TIMEOUT_SECONDS COMMAND [ARGUMENT...]
//
// The report is one line of JSON. Wall time ends when the command itself exits. CPU time covers the command and
// everything it left behind: this process adopts orphans (a connection multiplexer in the background, say), ends them
// and counts them too, so that work moved to a background process is not free. This small process forks, not the big
// one that reads the report, because on Linux the peak resident size of a child includes the memory of whoever forked
// it.
//
// Exit status: 0 when the report was written, 1 when not.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ORPHAN_GRACE_MS = 2000 };

struct outcome {
    int status;         // as wait(2) gives it
    bool timed_out;
    bool interrupted;
    double wall_seconds;
    unsigned orphans;
};

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static sigset_t handled_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

// Waits for one of the handled signals until the deadline. Returns the signal, or 0 when the time is over.
static int wait_signal(const sigset_t *set, double deadline)
{
    for (;;) {
        double left = deadline - now_seconds();
        if (left <= 0)
            return 0;
        struct timespec timeout = {.tv_sec = (time_t)left, .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
        int signal_number = sigtimedwait(set, NULL, &timeout);
        if (signal_number > 0)
            return signal_number;
        if (errno != EINTR && errno != EAGAIN)
            return 0;
    }
}

// Reaps whatever has ended. Returns true once `main_child` is among it.
static bool reap(pid_t main_child, struct outcome *outcome)
{
    bool ended = false;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == main_child) {
            outcome->status = status;
            ended = true;
        }
    }
    return ended;
}

static bool has_children(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

// Sends a signal to each direct child, adopted ones included. Returns how many there were.
static unsigned signal_children(int signal_number)
{
    FILE *children = fopen("/proc/thread-self/children", "re");
    if (children == NULL)
        return 0;
    unsigned count = 0;
    int pid;
    while (fscanf(children, "%d", &pid) == 1) {
        kill(pid, signal_number);
        count++;
    }
    fclose(children);
    return count;
}

// Ends all that is left: politely first, then not. A killed parent hands its own children to us, hence the
// repetition.
static void end_children(const sigset_t *set, pid_t main_child, struct outcome *outcome)
{
    outcome->orphans = 0;
    double start = now_seconds();
    double polite_until = start + ORPHAN_GRACE_MS / 1e3, give_up_at = start + 2 * ORPHAN_GRACE_MS / 1e3;
    while (has_children() && now_seconds() < give_up_at) {
        unsigned count = signal_children(now_seconds() < polite_until ? SIGTERM : SIGKILL);
        if (count > outcome->orphans)
            outcome->orphans = count;
        wait_signal(set, now_seconds() + 0.05);
        reap(main_child, outcome);
    }
}

static _Noreturn void become(char **command, const sigset_t *mask)
{
    sigprocmask(SIG_SETMASK, mask, NULL);
    execvp(command[0], command);
    fprintf(stderr, "measure: %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

static bool run(char **command, double timeout, struct outcome *outcome)
{
    sigset_t set = handled_signals(), before;
    sigprocmask(SIG_BLOCK, &set, &before);
    double start = now_seconds();
    pid_t child = fork();
    if (child < 0)
        return false;
    if (child == 0)
        become(command, &before);

    bool ended = false;
    while (!ended) {
        int signal_number = wait_signal(&set, start + timeout);
        ended = reap(child, outcome);
        if (!ended && signal_number != SIGCHLD) {
            outcome->timed_out = signal_number == 0;
            outcome->interrupted = signal_number != 0;
            break;
        }
    }
    outcome->wall_seconds = now_seconds() - start;
    end_children(&set, child, outcome);
    return true;
}

static double seconds(struct timeval value)
{
    return (double)value.tv_sec + (double)value.tv_usec / 1e6;
}

static bool write_report(const char *path, const struct outcome *outcome)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    FILE *report = fopen(path, "we");
    if (report == NULL)
        return false;
    int exit_status = WIFEXITED(outcome->status) ? WEXITSTATUS(outcome->status) : 128 + WTERMSIG(outcome->status);
    fprintf(report,
            "{\"exit\":%d,\"timed_out\":%s,\"interrupted\":%s,\"wall_s\":%.6f,\"cpu_s\":%.6f,"
            "\"peak_rss_kib\":%ld,\"orphans\":%u}\n",
            exit_status, outcome->timed_out ? "true" : "false", outcome->interrupted ? "true" : "false",
            outcome->wall_seconds, seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss,
            outcome->orphans);
    return fclose(report) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: measure REPORT TIMEOUT_SECONDS COMMAND [ARGUMENT...]\n");
        return 1;
    }
    char *end;
    double timeout = strtod(argv[2], &end);
    if (*end != '\0' || timeout <= 0) {
        fprintf(stderr, "measure: not a time: %s\n", argv[2]);
        return 1;
    }
    struct outcome outcome = {0};
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || !run(argv + 3, timeout, &outcome)
        || !write_report(argv[1], &outcome)) {
        fprintf(stderr, "measure: %s\n", strerror(errno));
        return 1;
    }
    return 0;
}
