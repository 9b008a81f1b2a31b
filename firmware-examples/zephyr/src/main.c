/* Connects, beats, and connects again when that ends. Starts are counted by the settings subsystem. */
#define OVERDUE_IMPLEMENTATION
#include "overdue.h"
#include "overdue_socket.h"

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/random/random.h>
#include <zephyr/settings/settings.h>

LOG_MODULE_REGISTER(overdue, LOG_LEVEL_INF);

enum { ANSWER_WITHIN = 10 };
static const uint32_t FIRST_PAUSE = 1000, LONGEST_PAUSE = 60000; /* milliseconds */

static uint32_t starts;

static int load_starts(const char *name, size_t length, settings_read_cb read, void *argument)
{
    (void)name;
    return length == sizeof starts && read(argument, &starts, sizeof starts) == (ssize_t)sizeof starts ? 0 : -EINVAL;
}

SETTINGS_STATIC_HANDLER_DEFINE(overdue, "overdue", NULL, load_starts, NULL, NULL);

/* How often the device has started; 0 where that can't be kept. */
static uint32_t count_start(void)
{
    if (settings_subsys_init() != 0 || settings_load_subtree("overdue") != 0)
        return 0;
    starts++;
    return settings_save_one("overdue/starts", &starts, sizeof starts) == 0 ? starts : 0;
}

/* Beats on one connection until it ends. Every beat is a new one: what is lost is a gap in the numbers. */
static int beat(struct overdue *device, uint32_t *seq, uint32_t *pause)
{
    struct overdue_beat beat = {0};
    int result = overdue_connect(device);
    while (result == OVERDUE_OK) {
        beat.seq = ++*seq;
        result = overdue_publish(device, &beat, 1);
        if (result == OVERDUE_OK) {
            *pause = FIRST_PAUSE;
            k_sleep(K_SECONDS(CONFIG_OVERDUE_EVERY));
        }
    }
    return result;
}

int main(void)
{
    static uint8_t buffer[192];
    int socket = -1;
    uint32_t seq = 0, pause = FIRST_PAUSE;
    struct overdue device = {
        .transmit = overdue_socket_transmit, .receive = overdue_socket_receive, .link = &socket,
        .buffer = buffer, .size = sizeof buffer,
        .device = CONFIG_OVERDUE_DEVICE, .key = CONFIG_OVERDUE_KEY[0] == '\0' ? NULL : CONFIG_OVERDUE_KEY,
        .boot = count_start(), .keep_alive = 2 * CONFIG_OVERDUE_EVERY,
    };
    for (;;) {
        int result = OVERDUE_CLOSED;
        socket = overdue_socket_open(CONFIG_OVERDUE_HOST, CONFIG_OVERDUE_PORT, ANSWER_WITHIN);
        if (socket >= 0) {
            result = beat(&device, &seq, &pause);
            close(socket);
        }
        LOG_WRN("no beat: %d", result);
        /* Between half and all of the pause, so that a fleet does not come back in one instant. */
        k_sleep(K_MSEC(pause / 2 + sys_rand32_get() % (pause / 2)));
        pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE;
    }
}
