"""Rules for exchanging items with other Bảng Tin servers, of the levels above, below or beside this one."""
