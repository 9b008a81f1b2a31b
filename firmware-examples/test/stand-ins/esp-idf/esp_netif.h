static inline int esp_netif_init(void) { return 0; }
