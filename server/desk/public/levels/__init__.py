"""What this server says to other Bảng Tin servers, and the address at which their hubs tell it of news."""
