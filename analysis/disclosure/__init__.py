"""Nothing leaks: from the complete results table to the publishable one."""
