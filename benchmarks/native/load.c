/* Loads a server that answers lines with lines, and counts.
 *
 *   load PORT CONNECTIONS DEPTH LINES WARM SECONDS REQUEST [FIRST]
 *       keeps DEPTH requests under way on each connection; a reply has LINES lines. FIRST is asked once before
 *   load PORT CONNECTIONS session LINES WARM SECONDS REQUEST...
 *       connects, asks each request and waits for its reply, waits for the end, and connects again
 *   load PORT CONNECTIONS burst LINES WARM SECONDS REQUEST...
 *       the same with all requests in one segment
 *   load PORT CONNECTIONS half-close LINES WARM SECONDS REQUEST...
 *       the same, and closes its own side behind them, as nc -N does
 *
 * It works for WARM seconds, lets all replies come, and prints "ready". After a line on standard input it works for
 * SECONDS, lets all replies come, and prints one line of JSON: requests, seconds, and the microseconds from a request
 * (or DEPTH of them, written at once) to its last reply, or from one connect to the end: p50 and p99.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_SAMPLES 4000000

struct peer {
    int socket;
    int step;          /* the request that is asked: a session's only */
    int missing;       /* lines that are still to come */
    const char *unsent;
    size_t left;
    int full;          /* the kernel takes no more now */
    double since;
};

static int port, connections, depth, lines, requests_in_session, bursts, half_closes;
static char **session;
static size_t *sizes;
static char *batch;
static size_t batch_size;
static struct peer *peers;
static int poller;
static int under_way;
static long done;
static float *samples;
static long sampled;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void watch(struct peer *peer, int operation, unsigned events) {
    struct epoll_event event = {.events = events, .data.ptr = peer};
    if (epoll_ctl(poller, operation, peer->socket, &event) < 0) fail("epoll_ctl");
}

static void dial(struct peer *peer) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int yes = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer->since = now();
    peer->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (peer->socket < 0) fail("socket");
    setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(peer->socket, (struct sockaddr *)&address, sizeof address) < 0) fail("connect");
    watch(peer, EPOLL_CTL_ADD, EPOLLIN);
}

static void push(struct peer *peer) {
    ssize_t sent = send(peer->socket, peer->unsent, peer->left, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN) fail("send");
        sent = 0;
    }
    peer->unsent += sent;
    peer->left -= sent;
    if (!peer->left && half_closes && shutdown(peer->socket, SHUT_WR) < 0) fail("shutdown");
    if (!peer->left == peer->full) {
        peer->full = !peer->full;
        watch(peer, EPOLL_CTL_MOD, peer->full ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
}

static void begin(struct peer *peer) {
    under_way++;
    if (session) dial(peer);
    if (session && !bursts) {
        peer->step = 0;
        peer->unsent = session[0];
        peer->left = sizes[0];
        peer->missing = lines;
        peer->full = 0;
    } else {
        if (!session) peer->since = now();
        peer->step = 0;
        peer->unsent = batch;
        peer->left = batch_size;
        peer->missing = lines * depth;
    }
    push(peer);
}

static void finish(struct peer *peer) {
    under_way--;
    done += session ? 1 : depth;
    if (sampled < MOST_SAMPLES) samples[sampled++] = (now() - peer->since) * 1e6;
    if (session) close(peer->socket);
}

/* The reply, or all of them, have come: 1 when this was the last. */
static int answered(struct peer *peer) {
    if (!session) return 1;
    if (bursts) {
        peer->step = requests_in_session;
    } else if (++peer->step < requests_in_session) {
        peer->unsent = session[peer->step];
        peer->left = sizes[peer->step];
        peer->missing = lines;
        push(peer);
    }
    return 0; /* a session ends when the server closes */
}

static int receive(struct peer *peer) {
    static char buffer[1 << 18];
    ssize_t size = recv(peer->socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size < 0) {
        if (errno == EAGAIN) return 0;
        fail("recv");
    }
    if (size == 0) {
        if (session && peer->step == requests_in_session) return 1;
        fprintf(stderr, "the server closed a connection\n");
        exit(1);
    }
    for (char *at = buffer; (at = memchr(at, '\n', buffer + size - at)); at++) peer->missing--;
    return peer->missing == 0 ? answered(peer) : 0;
}

static void work(double seconds) {
    struct epoll_event events[256];
    double end = now() + seconds;
    for (int i = 0; i < connections; i++) begin(&peers[i]);
    while (under_way) {
        int count = epoll_wait(poller, events, 256, 5000);
        if (count == 0) {
            fprintf(stderr, "no reply for 5 seconds\n");
            exit(1);
        }
        for (int i = 0; i < count; i++) {
            struct peer *peer = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) push(peer);
            if ((events[i].events & (EPOLLIN | EPOLLHUP)) && receive(peer)) {
                finish(peer);
                if (now() < end) begin(peer);
            }
        }
    }
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

int main(int count, char **words) {
    if (count < 8) {
        fprintf(stderr, "see the top of load.c\n");
        return 2;
    }
    port = atoi(words[1]);
    connections = atoi(words[2]);
    lines = atoi(words[4]);
    samples = malloc(sizeof *samples * MOST_SAMPLES);
    peers = calloc(connections, sizeof *peers);
    poller = epoll_create1(0);
    half_closes = strcmp(words[3], "half-close") == 0;
    bursts = half_closes || strcmp(words[3], "burst") == 0;
    if (bursts || strcmp(words[3], "session") == 0) {
        session = words + 7;
        depth = requests_in_session = count - 7;
        sizes = malloc(sizeof *sizes * requests_in_session);
        for (int i = 0; i < requests_in_session; i++) batch_size += sizes[i] = strlen(session[i]);
        batch = calloc(batch_size + 1, 1);
        for (int i = 0; i < requests_in_session; i++) strcat(batch, session[i]);
    } else {
        depth = atoi(words[3]);
        size_t size = strlen(words[7]);
        batch_size = size * depth;
        batch = malloc(batch_size);
        for (int i = 0; i < depth; i++) memcpy(batch + i * size, words[7], size);
        for (int i = 0; i < connections; i++) {
            char reply[4096];
            dial(&peers[i]);
            if (count > 8 && send(peers[i].socket, words[8], strlen(words[8]), 0) > 0 &&
                recv(peers[i].socket, reply, sizeof reply, 0) <= 0)
                fail("recv");
        }
    }
    work(atof(words[5]));
    printf("ready\n");
    fflush(stdout);
    if (getchar() == EOF) return 1;
    done = sampled = 0;
    double start = now();
    work(atof(words[6]));
    double seconds = now() - start;
    qsort(samples, sampled, sizeof *samples, ascending);
    printf("{\"requests\": %ld, \"seconds\": %.6f, \"p50\": %.1f, \"p99\": %.1f}\n", done, seconds,
           samples[sampled / 2], samples[sampled * 99 / 100]);
    return 0;
}
