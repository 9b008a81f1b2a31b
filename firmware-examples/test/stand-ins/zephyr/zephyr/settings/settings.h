#pragma once
typedef ssize_t (*settings_read_cb)(void *argument, void *data, size_t length);
typedef int (*settings_set_cb)(const char *key, size_t length, settings_read_cb read, void *argument);
#define SETTINGS_STATIC_HANDLER_DEFINE(name, subtree, get, set, commit, export) \
    static const settings_set_cb settings_handler_##name = set
static inline int settings_subsys_init(void) { return 0; }
static inline int settings_load_subtree(const char *subtree) { return (void)subtree, 0; }
static inline int settings_save_one(const char *name, const void *value, size_t length)
{
    return (void)name, (void)value, (void)length, 0;
}
