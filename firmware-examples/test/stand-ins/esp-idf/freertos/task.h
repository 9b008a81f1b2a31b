#pragma once
#include <time.h>
typedef void (*TaskFunction_t)(void *);
typedef void *TaskHandle_t;
static inline void vTaskDelay(TickType_t ticks)
{
    struct timespec time = {ticks / 1000, (long)(ticks % 1000) * 1000000};
    nanosleep(&time, NULL);
}
static inline BaseType_t xTaskCreate(TaskFunction_t code, const char *name, uint32_t stack, void *parameter,
                                     UBaseType_t priority, TaskHandle_t *task)
{
    (void)name, (void)stack, (void)priority, (void)task;
    code(parameter);
    return pdPASS;
}
