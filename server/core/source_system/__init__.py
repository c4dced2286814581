"""Rules of the gateway to the province's source information system (hệ thống thông tin nguồn); pure."""
