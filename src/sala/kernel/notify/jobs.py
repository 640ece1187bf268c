"""Jobs of this room, found by the worker under this name."""

from sala.kernel.notify.delivering import deliver, sweep_outbox

__all__ = ["deliver", "sweep_outbox"]
