int grounded_python_placeholder(void) { return 0; }
