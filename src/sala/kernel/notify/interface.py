"""What other apps may import of notify.

declare_notice("registry.import.done", title_th=…, title_en=…, body_th=…, body_en=…)
notify(account=account, code="registry.import.done", params={"rows": 4906}, actor=actor, path="/imports/…/")
"""

from sala.kernel.notify.actions import notify
from sala.kernel.notify.models import Notice
from sala.kernel.notify.notices import NoticeCode, declare_notice
from sala.kernel.notify.queries import outbox_figures, unread_count

__all__ = ["Notice", "NoticeCode", "declare_notice", "notify", "outbox_figures", "unread_count"]
