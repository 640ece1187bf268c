"""PostgreSQL lets nothing of a published version change but its withdrawal, and deletes none of it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION results_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['state', 'withdrawn_at', 'withdrawn_because_th', 'withdrawn_because_en', 'progress_id',
                          'created_by_id'];
BEGIN
    IF OLD.state NOT IN ('published', 'withdrawn') THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'results: a published version is not deleted' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF to_jsonb(NEW) - fixed <> to_jsonb(OLD) - fixed
       OR NEW.state NOT IN ('published', 'withdrawn')
       OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn') THEN
        RAISE EXCEPTION 'results: a published version is not changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION results_keep_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM results_rankingversion AS v
               WHERE v.id = OLD.version_id AND v.state IN ('published', 'withdrawn')) THEN
        RAISE EXCEPTION 'results: the units of a published version stand' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER results_version_stands BEFORE UPDATE OR DELETE ON results_rankingversion
    FOR EACH ROW EXECUTE FUNCTION results_keep_version();
CREATE TRIGGER results_unit_stands BEFORE UPDATE OR DELETE ON results_unitresult
    FOR EACH ROW EXECUTE FUNCTION results_keep_unit();
"""

BACKWARD = """
DROP TRIGGER results_unit_stands ON results_unitresult;
DROP TRIGGER results_version_stands ON results_rankingversion;
DROP FUNCTION results_keep_unit();
DROP FUNCTION results_keep_version();
"""


class Migration(migrations.Migration):
    dependencies = [("results", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
