static inline int example_connect(void) { return 0; }
