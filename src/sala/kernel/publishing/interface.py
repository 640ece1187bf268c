"""What other apps may import of publishing.

offer_table(code="budget-2569", version="1", title_th=…, title_en=…, description_th=…, description_en=…,
            columns=[Column("agency", "หน่วยงาน", "Agency", "…", "…"), Column("baht", …, type="whole")],
            rows=[{"agency": "กรมหนึ่ง", "baht": 1_000_000}], licence="CC BY 4.0", publisher=body, actor=actor)
"""

from sala.kernel.publishing.actions import offer_table, withdraw_table
from sala.kernel.publishing.columns import Column
from sala.kernel.publishing.models import PublishedTable
from sala.kernel.publishing.queries import published_table, published_tables, read_table
from sala.kernel.publishing.signals import table_published, table_withdrawn

__all__ = [
    "Column",
    "PublishedTable",
    "offer_table",
    "published_table",
    "published_tables",
    "read_table",
    "table_published",
    "table_withdrawn",
    "withdraw_table",
]
