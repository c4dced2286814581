"""Issues signed CAP documents about this server's own notices; processes.worker schedules the job."""
