-- Lists of VMs are searched and sorted by what people see of them, which comes of two tables: what a task is doing to the VM
-- goes before what was observed, what was observed goes before where it was placed. Kept beside what is observed, by the
-- database itself, so that an index can answer.
ALTER TABLE vm_observed
    ADD COLUMN shown_status  text NOT NULL DEFAULT 'DOWN',
    ADD COLUMN shown_host_id uuid;

CREATE FUNCTION vm_observed_shown() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    desired record;
BEGIN
    SELECT activity, host_id INTO desired FROM vm WHERE id = NEW.vm_id;
    NEW.shown_status := coalesce(desired.activity, NEW.status);
    NEW.shown_host_id := coalesce(NEW.host_id, desired.host_id);
    RETURN NEW;
END $$;
CREATE TRIGGER vm_observed_shown BEFORE INSERT OR UPDATE OF status, host_id ON vm_observed
    FOR EACH ROW EXECUTE FUNCTION vm_observed_shown();

CREATE FUNCTION vm_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE vm_observed SET shown_status = coalesce(NEW.activity, status), shown_host_id = coalesce(host_id, NEW.host_id)
    WHERE vm_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER vm_shown AFTER UPDATE OF activity, host_id ON vm
    FOR EACH ROW WHEN (OLD.activity IS DISTINCT FROM NEW.activity OR OLD.host_id IS DISTINCT FROM NEW.host_id)
    EXECUTE FUNCTION vm_shown();

UPDATE vm_observed o SET shown_status = coalesce(v.activity, o.status), shown_host_id = coalesce(o.host_id, v.host_id)
FROM vm v WHERE v.id = o.vm_id;

CREATE INDEX vm_observed_by_shown_status ON vm_observed (shown_status, vm_id);
CREATE INDEX vm_observed_by_shown_host ON vm_observed (shown_host_id);

-- Words anywhere in names and descriptions.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX vm_by_text ON vm USING gin (name gin_trgm_ops, description gin_trgm_ops);
