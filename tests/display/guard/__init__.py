"""Tests of the guard, the program that runs beside a screen's browser and restarts it when it hangs."""
