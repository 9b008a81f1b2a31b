/*
 * posix.c: says over MQTT that something is alive, once or again and again. Built by
 *
 *     cc -std=c99 -O2 -o overdue-beat posix.c
 *
 * Beats that can't be delivered wait, up to 32 of them, and are delivered later with their age, oldest first.
 */
#define _POSIX_C_SOURCE 200809L
#define OVERDUE_IMPLEMENTATION
#include "overdue.h"
#include "overdue_socket.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <time.h>

enum {
    MOST_WAITING = 32,
    MOST_TRIES = 3,      /* of a single beat */
    ANSWER_WITHIN = 10,  /* seconds */
    KEEP_ALIVE = 60,     /* seconds */
    PING_AFTER = 30000,  /* milliseconds, from here on */
    FIRST_PAUSE = 1000,  /* doubled after each failure */
    LONGEST_PAUSE = 60000
};

static const char *const USAGE =
    "usage: overdue-beat [-h HOST] [-p PORT] [-q 0|1] [-b FILE] [-i SECONDS] [-n SECONDS] [-j MEMBERS] NAME [EVENT]\n"
    "  NAME  one or two levels: pump-17, pump-17/battery\n"
    "  EVENT start, ok, fail, log, bye or an exit code; without it ok\n"
    "  -h -p the gateway: 127.0.0.1 1883\n"
    "  -q    1 waits until the gateway has it on disk (as without), 0 does not\n"
    "  -b    a file that counts the starts: beats are numbered, and none is counted twice\n"
    "  -i    beats again every so many seconds, on one connection, until SIGTERM\n"
    "  -n    the next beat is to be expected in so many seconds\n"
    "  -j    more members of the payload: '\"m\":{\"volts\":3.71}'\n"
    "The heartbeat's key is in OVERDUE_TOKEN. Exit code: 0 delivered, 1 not, 2 usage.\n";


struct options {
    const char *host, *port, *boot_file;
    long qos, interval;
};

struct sender {
    struct options options;
    struct overdue device;
    struct overdue_beat beat;
    int socket; /* -1: none */
    int64_t spoke_at, retry_at, pause;
    /* When the beats that are not delivered yet were true, oldest first, and the number of the newest. */
    int64_t waiting[MOST_WAITING];
    int count;
    uint32_t seq;
};

static volatile sig_atomic_t ending;

static void end(int number)
{
    (void)number;
    ending = 1;
}

/* Milliseconds of a clock that only runs. */
static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void drop_oldest(struct sender *s)
{
    s->count--;
    memmove(s->waiting, s->waiting + 1, (size_t)s->count * sizeof s->waiting[0]);
}

static void add(struct sender *s, int64_t at)
{
    if (s->count == MOST_WAITING)
        drop_oldest(s);
    s->waiting[s->count++] = at;
    s->seq++;
}

/* Connects where there is no connection, and sends all that there is to send. */
static int work(struct sender *s)
{
    int result = OVERDUE_OK;
    if (s->socket < 0) {
        s->socket = overdue_socket_open(s->options.host, s->options.port, ANSWER_WITHIN);
        result = s->socket < 0 ? OVERDUE_CLOSED : overdue_connect(&s->device);
        s->spoke_at = now();
    }
    while (result == OVERDUE_OK && s->count > 0) {
        s->beat.seq = s->seq - (uint32_t)s->count + 1;
        s->beat.age = (uint32_t)((now() - s->waiting[0]) / 1000);
        result = overdue_publish(&s->device, &s->beat, (int)s->options.qos);
        s->spoke_at = now();
        if (result == OVERDUE_OK)
            drop_oldest(s);
    }
    if (result == OVERDUE_OK && now() - s->spoke_at >= PING_AFTER) {
        result = overdue_ping(&s->device);
        s->spoke_at = now();
    }
    if (result == OVERDUE_OK)
        s->pause = FIRST_PAUSE;
    return result;
}

static const char *reason(int result)
{
    static const char *const errors[] = {"no connection", "no answer", "no MQTT 3.1.1", "the payload is too long"};
    static const char *const refusals[] = {"it does not take the protocol", "it does not take the client id", "not now",
                                           "it does not take user name and key", "the key is not one of this device"};
    if (result < 0)
        return errors[-result - 1];
    return result <= 5 ? refusals[result - 1] : "it refuses";
}

static void hang_up(struct sender *s, int result)
{
    fprintf(stderr, "%s:%s: %s\n", s->options.host, s->options.port, reason(result));
    if (s->socket >= 0)
        close(s->socket);
    s->socket = -1;
    /* Between half and all of the pause, so that a fleet does not come back in one instant. */
    s->retry_at = now() + s->pause / 2 + rand() % (s->pause / 2);
    s->pause = s->pause * 2 < LONGEST_PAUSE ? s->pause * 2 : LONGEST_PAUSE;
}

/* Waits until then or until a signal. True: the gateway spoke unasked, which can only mean that it has gone. */
static int wait_until(int64_t then, int socket, const sigset_t *signals)
{
    int64_t left = then - now();
    struct timespec time;
    fd_set readable;
    if (left < 0)
        left = 0;
    time.tv_sec = (time_t)(left / 1000);
    time.tv_nsec = (long)(left % 1000) * 1000000;
    FD_ZERO(&readable);
    if (socket >= 0)
        FD_SET(socket, &readable);
    return pselect(socket + 1, &readable, NULL, NULL, &time, signals) > 0;
}

static int beat_once(struct sender *s)
{
    int tries = 0, result;
    add(s, now());
    while ((result = work(s)) != OVERDUE_OK) {
        hang_up(s, result);
        if (++tries == MOST_TRIES || result > 0 || result == OVERDUE_TOO_LONG)
            break;
        wait_until(s->retry_at, -1, NULL);
    }
    return result == OVERDUE_OK ? 0 : 1;
}

static int beat_on(struct sender *s)
{
    int64_t due = now();
    sigset_t ends, others;
    struct sigaction action = {.sa_handler = end};
    /* Taken only while it waits: a beat under way is not torn. */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, &others);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    while (!ending) {
        int64_t then;
        for (; due <= now(); due += s->options.interval * 1000)
            add(s, due);
        if (s->socket >= 0 || now() >= s->retry_at) {
            int result = work(s);
            if (result != OVERDUE_OK)
                hang_up(s, result);
        }
        then = s->socket >= 0 ? s->spoke_at + PING_AFTER : s->retry_at;
        if (wait_until(due < then ? due : then, s->socket, &others))
            hang_up(s, OVERDUE_CLOSED);
    }
    return s->count == 0 ? 0 : 1;
}

/* How often this was started with the same file, this time included; 0: it can't be said. */
static uint32_t count_start(const char *path)
{
    unsigned long starts = 0;
    FILE *file = fopen(path, "r");
    if (file != NULL) {
        if (fscanf(file, "%lu", &starts) != 1)
            starts = 0;
        fclose(file);
    }
    file = fopen(path, "w");
    if (file == NULL)
        return 0;
    fprintf(file, "%lu\n", ++starts);
    return fclose(file) == 0 ? (uint32_t)starts : 0;
}

/* The index of the first argument that is no option; 0: they can't be understood. */
static int read_options(struct sender *s, int count, char **arguments)
{
    int option;
    while ((option = getopt(count, arguments, "h:p:q:b:i:n:j:")) != -1) {
        switch (option) {
        case 'h': s->options.host = optarg; break;
        case 'p': s->options.port = optarg; break;
        case 'q': s->options.qos = strtol(optarg, NULL, 10); break;
        case 'b': s->options.boot_file = optarg; break;
        case 'i': s->options.interval = strtol(optarg, NULL, 10); break;
        case 'n': s->beat.next = (uint32_t)strtoul(optarg, NULL, 10); break;
        case 'j': s->beat.more = optarg; break;
        default: return 0;
        }
    }
    return s->options.interval < 0 || s->options.interval > 1000000 ? 0 : optind;
}

int main(int count, char **arguments)
{
    static uint8_t buffer[1024];
    struct sender s = {.options = {.host = "127.0.0.1", .port = "1883", .qos = 1}, .socket = -1, .pause = FIRST_PAUSE};
    int result, at = read_options(&s, count, arguments);
    char *slash;
    if (at == 0 || at >= count || count - at > 2) {
        fputs(USAGE, stderr);
        return 2;
    }
    s.device = (struct overdue){
        .transmit = overdue_socket_transmit, .receive = overdue_socket_receive, .link = &s.socket,
        .buffer = buffer, .size = sizeof buffer,
        .device = arguments[at], .key = getenv("OVERDUE_TOKEN"), .keep_alive = KEEP_ALIVE,
    };
    s.beat.event = arguments[at + 1]; /* NULL ends the arguments */
    slash = strchr(arguments[at], '/');
    if (slash != NULL) {
        *slash = '\0';
        s.beat.part = slash + 1;
    }
    if (s.options.boot_file != NULL && (s.device.boot = count_start(s.options.boot_file)) == 0) {
        fprintf(stderr, "-b: expected a file that can be written, got %s\n", s.options.boot_file);
        return 2;
    }
    srand((unsigned)now() ^ (unsigned)getpid());
    result = s.options.interval > 0 ? beat_on(&s) : beat_once(&s);
    if (s.socket >= 0) {
        overdue_disconnect(&s.device);
        close(s.socket);
    }
    return result;
}
