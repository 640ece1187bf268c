"""PostgreSQL refuses to change or delete observations and the deliveries they came in."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION measures_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'measures: % on % is refused, a correction is a new observation', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER measures_observation_no_change BEFORE UPDATE OR DELETE ON measures_observation
    FOR EACH ROW EXECUTE FUNCTION measures_refuse_change();
CREATE TRIGGER measures_recording_no_change BEFORE UPDATE OR DELETE ON measures_recording
    FOR EACH ROW EXECUTE FUNCTION measures_refuse_change();
"""

BACKWARD = """
DROP TRIGGER measures_recording_no_change ON measures_recording;
DROP TRIGGER measures_observation_no_change ON measures_observation;
DROP FUNCTION measures_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
