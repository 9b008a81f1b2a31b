#include <stdint.h>

void beat_task(void *);
uint32_t app_count_start(void);
uint32_t app_random(void);

uint32_t app_count_start(void) { return 3; }
uint32_t app_random(void) { return 4; }

int main(void)
{
    beat_task(0);
    return 0;
}
