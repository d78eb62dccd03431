-- The most common list, VMs of one status by name, asks for what two tables hold. The name is kept beside the status, by the
-- database itself as the status is, so that one index answers.
ALTER TABLE vm_observed ADD COLUMN shown_name text NOT NULL DEFAULT '';

CREATE OR REPLACE FUNCTION vm_observed_shown() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    desired record;
BEGIN
    SELECT activity, host_id, name INTO desired FROM vm WHERE id = NEW.vm_id;
    NEW.shown_status := coalesce(desired.activity, NEW.status);
    NEW.shown_host_id := coalesce(NEW.host_id, desired.host_id);
    NEW.shown_name := desired.name;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION vm_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE vm_observed SET shown_status = coalesce(NEW.activity, status), shown_host_id = coalesce(host_id, NEW.host_id),
        shown_name = NEW.name
    WHERE vm_id = NEW.id;
    RETURN NULL;
END $$;
DROP TRIGGER vm_shown ON vm;
CREATE TRIGGER vm_shown AFTER UPDATE OF activity, host_id, name ON vm
    FOR EACH ROW WHEN (OLD.activity IS DISTINCT FROM NEW.activity OR OLD.host_id IS DISTINCT FROM NEW.host_id
        OR OLD.name <> NEW.name)
    EXECUTE FUNCTION vm_shown();

UPDATE vm_observed o SET shown_name = v.name FROM vm v WHERE v.id = o.vm_id;

CREATE INDEX vm_observed_by_shown_status_and_name ON vm_observed (shown_status, shown_name, vm_id);
