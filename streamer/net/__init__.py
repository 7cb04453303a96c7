"""Connections: sockets, frames and admission; no podcasts."""
