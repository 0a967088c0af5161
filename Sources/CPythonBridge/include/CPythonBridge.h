int grounded_python_placeholder(void);
