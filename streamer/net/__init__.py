"""Connections: sockets, frames and admission, with no podcast in them."""
