"""Boards, their laps and the panic mode of areas."""
