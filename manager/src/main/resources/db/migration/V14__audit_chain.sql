-- Who did what can only be added to, and shows when somebody else has touched it. Every life of a manager writes a lane of its
-- own, so that managers never wait for each other; a record carries the hash of the one before it in its lane. Checkpoints
-- say how far all lanes were, and are signed. See docs/protocol/audit.md.
CREATE TABLE audit_lane (
    id         uuid PRIMARY KEY,
    manager_id uuid NOT NULL,
    started_at timestamptz NOT NULL
);

ALTER TABLE audit_record
    -- null: written by a manager from before there was a chain
    ADD COLUMN lane        uuid REFERENCES audit_lane,
    ADD COLUMN number      bigint,
    ADD COLUMN previous    text,
    ADD COLUMN hash        text,
    ADD COLUMN object_name text NOT NULL DEFAULT '';
-- As it was hashed: jsonb would write it in another way.
ALTER TABLE audit_record ALTER COLUMN detail DROP DEFAULT;
ALTER TABLE audit_record ALTER COLUMN detail TYPE json USING detail::text::json;
ALTER TABLE audit_record ALTER COLUMN detail SET DEFAULT '{}';
CREATE UNIQUE INDEX audit_record_in_lane ON audit_record (lane, number);

CREATE TABLE audit_checkpoint (
    number      bigint PRIMARY KEY,
    at          timestamptz NOT NULL,
    -- Records with a higher id came after it.
    last_record bigint NOT NULL,
    -- The whole line as it was signed, with its signature.
    line        json NOT NULL,
    hash        text NOT NULL
);

CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log can only be added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_record_only_grows BEFORE UPDATE OR DELETE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_record_is_not_emptied BEFORE TRUNCATE ON audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_checkpoint_only_grows BEFORE UPDATE OR DELETE ON audit_checkpoint
    FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_checkpoint_is_not_emptied BEFORE TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_lane_only_grows BEFORE UPDATE OR DELETE ON audit_lane
    FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_lane_is_not_emptied BEFORE TRUNCATE ON audit_lane
    FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();
