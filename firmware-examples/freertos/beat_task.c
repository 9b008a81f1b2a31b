/* beat_task.c: a task that connects, beats, and connects again when that ends. */
#define OVERDUE_IMPLEMENTATION
#include "overdue_freertos.h"

#include "task.h"

/* What the application has: a counter in memory that survives a loss of power (0: none), and randomness. */
extern uint32_t app_count_start(void);
extern uint32_t app_random(void);

static const char *const HOST = "gateway.example.org";
static const char *const DEVICE = "pump-17";
static const char *const KEY = "XXXXXXXXXXXXXXXXXXXXXX"; /* of the heartbeat pump-17 */
enum { PORT = 1883, EVERY = 30, ANSWER_WITHIN = 10 };    /* the last two in seconds */
static const uint32_t FIRST_PAUSE = 1000, LONGEST_PAUSE = 60000; /* milliseconds */

/* Beats on one connection until it ends. Every beat is a new one: what is lost is a gap in the numbers. */
static void beat(struct overdue *device, uint32_t *seq, uint32_t *pause)
{
    struct overdue_beat beat = {0};
    int result = overdue_connect(device);
    while (result == OVERDUE_OK) {
        beat.seq = ++*seq;
        result = overdue_publish(device, &beat, 1);
        if (result == OVERDUE_OK) {
            *pause = FIRST_PAUSE;
            vTaskDelay(pdMS_TO_TICKS(EVERY * 1000u));
        }
    }
}

/* xTaskCreate(beat_task, "beat", configMINIMAL_STACK_SIZE * 2, NULL, tskIDLE_PRIORITY + 1, NULL), once the network is up. */
void beat_task(void *unused)
{
    static uint8_t buffer[192];
    uint32_t seq = 0, pause = FIRST_PAUSE;
    struct overdue device = {
        .transmit = overdue_freertos_transmit, .receive = overdue_freertos_receive,
        .buffer = buffer, .size = sizeof buffer,
        .device = DEVICE, .key = KEY, .boot = app_count_start(), .keep_alive = 2 * EVERY,
    };
    (void)unused;
    for (;;) {
        Socket_t link = overdue_freertos_open(HOST, PORT, ANSWER_WITHIN);
        if (link != NULL) {
            device.link = link;
            beat(&device, &seq, &pause);
            overdue_freertos_close(link);
        }
        /* Between half and all of the pause, so that a fleet does not come back in one instant. */
        vTaskDelay(pdMS_TO_TICKS(pause / 2 + app_random() % (pause / 2)));
        pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE;
    }
}
