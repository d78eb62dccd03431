-- Records that must be there if and only if a transaction commits: stored by it, and put into a lane right after that, by
-- whichever manager comes first.
CREATE TABLE audit_pending (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    line json NOT NULL
);

-- How far every lane has gone out over syslog. By lanes, because ids are given before commits: a record with a lower one may
-- appear later, within a lane never.
CREATE TABLE audit_forwarded (
    lane   uuid PRIMARY KEY REFERENCES audit_lane,
    number bigint NOT NULL
);

-- Where the log begins since older records were removed: a checkpoint's heads, signed anew to say so.
CREATE TABLE audit_anchor (
    checkpoint  bigint PRIMARY KEY,
    at          timestamptz NOT NULL,
    last_record bigint NOT NULL,
    -- The whole line as it was signed, with its signature.
    line        json NOT NULL
);
CREATE TRIGGER audit_anchor_only_grows BEFORE UPDATE OR DELETE ON audit_anchor
    FOR EACH ROW EXECUTE FUNCTION audit_only_grows();
CREATE TRIGGER audit_anchor_is_not_emptied BEFORE TRUNCATE ON audit_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();

-- The last record of a lane that was removed.
CREATE TABLE audit_floor (
    lane   uuid PRIMARY KEY REFERENCES audit_lane,
    number bigint NOT NULL,
    hash   text NOT NULL
);
CREATE FUNCTION audit_floor_only_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.lane = OLD.lane AND NEW.number >= OLD.number THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The audit log can only be added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_floor_only_rises BEFORE UPDATE OR DELETE ON audit_floor
    FOR EACH ROW EXECUTE FUNCTION audit_floor_only_rises();
CREATE TRIGGER audit_floor_is_not_emptied BEFORE TRUNCATE ON audit_floor
    FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows();

-- What lies below the anchor may go, and nothing else.
CREATE FUNCTION audit_record_goes_below_the_anchor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.lane IS NULL
            AND OLD.id <= (SELECT max(last_record) FROM audit_anchor) THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'DELETE' AND OLD.number <= (SELECT number FROM audit_floor WHERE lane = OLD.lane) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit log can only be added to' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER audit_record_only_grows ON audit_record;
CREATE TRIGGER audit_record_only_grows BEFORE UPDATE OR DELETE ON audit_record
    FOR EACH ROW EXECUTE FUNCTION audit_record_goes_below_the_anchor();

CREATE FUNCTION audit_checkpoint_goes_below_the_anchor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.number <= (SELECT max(checkpoint) FROM audit_anchor) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit log can only be added to' USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER audit_checkpoint_only_grows ON audit_checkpoint;
CREATE TRIGGER audit_checkpoint_only_grows BEFORE UPDATE OR DELETE ON audit_checkpoint
    FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_goes_below_the_anchor();

-- The only way to remove anything: makes a checkpoint the beginning of the log and removes what it covers. Runs with the
-- rights of whoever owns the tables, so that the manager's role needs no right to delete.
CREATE FUNCTION audit_forget(anchor json) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    known   audit_checkpoint;
    removed bigint;
    more    bigint;
BEGIN
    LOCK TABLE audit_anchor IN EXCLUSIVE MODE;
    SELECT * INTO known FROM audit_checkpoint WHERE number = (anchor ->> 'number')::bigint;
    IF NOT FOUND OR known.hash <> anchor ->> 'previous' OR (known.line -> 'heads')::jsonb <> (anchor -> 'heads')::jsonb THEN
        RAISE EXCEPTION 'This is not an anchor of a checkpoint that there is' USING ERRCODE = 'restrict_violation';
    END IF;
    IF known.number >= (SELECT max(number) FROM audit_checkpoint) THEN
        RAISE EXCEPTION 'The newest checkpoint stays' USING ERRCODE = 'restrict_violation';
    END IF;
    INSERT INTO audit_anchor (checkpoint, at, last_record, line)
        VALUES (known.number, (anchor ->> 'at')::timestamptz, known.last_record, anchor);
    INSERT INTO audit_floor (lane, number, hash)
        SELECT h.lane, h.number, h.hash
            FROM json_to_recordset(known.line -> 'heads') AS h(lane uuid, number bigint, hash text)
        ON CONFLICT (lane) DO UPDATE SET number = EXCLUDED.number, hash = EXCLUDED.hash
            WHERE EXCLUDED.number > audit_floor.number;
    DELETE FROM audit_record r USING audit_floor f WHERE r.lane = f.lane AND r.number <= f.number;
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM audit_record WHERE lane IS NULL AND id <= known.last_record;
    GET DIAGNOSTICS more = ROW_COUNT;
    DELETE FROM audit_checkpoint WHERE number <= known.number;
    RETURN removed + more;
END $$;
REVOKE ALL ON FUNCTION audit_forget(json) FROM PUBLIC;
