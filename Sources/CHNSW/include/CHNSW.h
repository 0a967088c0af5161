int grounded_chnsw_placeholder(void);
