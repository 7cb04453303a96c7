"""Quotes the sources, without a model."""

from __future__ import annotations

from common.settings import Settings
from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from functions.model_serving.llm.protocol import Writer


def create(_settings: Settings) -> Writer:
    return ExtractiveWriter()
