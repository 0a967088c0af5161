extern "C" int grounded_chnsw_placeholder(void) { return 0; }
