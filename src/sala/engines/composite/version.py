"""The version that a run carries: it changes whenever the same method and table could give another number."""

ENGINE_NAME = "sala.engines.composite"
ENGINE_VERSION = "1.0.0"
