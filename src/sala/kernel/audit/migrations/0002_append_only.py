"""PostgreSQL refuses to change or delete audit records, and queues each new one for the sealer."""

from django.db import migrations

# There is no NOTIFY here on purpose: at commit it takes one lock for the whole database, and no action
# may wait for another. The sealer looks at the queue instead.
FORWARD = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit: % on % is refused, it is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION audit_stamp_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The database says when and in which transaction: no writer can antedate a record.
    NEW.txid := pg_current_xact_id()::text::bigint;
    NEW.at := statement_timestamp();
    RETURN NEW;
END $$;

CREATE FUNCTION audit_queue_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_pending (record_id, txid) VALUES (NEW.id, NEW.txid);
    RETURN NULL;
END $$;

CREATE TRIGGER audit_record_stamp BEFORE INSERT ON audit_record
    FOR EACH ROW EXECUTE FUNCTION audit_stamp_record();
CREATE TRIGGER audit_record_queue AFTER INSERT ON audit_record
    FOR EACH ROW EXECUTE FUNCTION audit_queue_record();
CREATE TRIGGER audit_record_no_change BEFORE UPDATE OR DELETE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_record_no_truncate BEFORE TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seal_no_change BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

BACKWARD = """
DROP TRIGGER audit_seal_no_truncate ON audit_seal;
DROP TRIGGER audit_seal_no_change ON audit_seal;
DROP TRIGGER audit_record_no_truncate ON audit_record;
DROP TRIGGER audit_record_no_change ON audit_record;
DROP TRIGGER audit_record_queue ON audit_record;
DROP TRIGGER audit_record_stamp ON audit_record;
DROP FUNCTION audit_queue_record();
DROP FUNCTION audit_stamp_record();
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
