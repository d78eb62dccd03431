-- Takes the audit log out of the hands of the manager's own database role: afterwards that role can add to it and read it,
-- and remove nothing but through audit_forget, which leaves an anchor behind.
--
-- For a PostgreSQL of your own. Run it as a superuser, in the manager's database, once the manager has started for the first
-- time (it makes the tables). A release that changes these tables says so; before its first start, give them back to the
-- manager's role (ALTER TABLE ... OWNER TO meseta), and run this again after it.
--
-- meseta is the role of meseta.database.username; replace it if yours is another one. It must be neither a superuser nor the
-- owner of the database, or it could take everything back. Nobody signs in as meseta_audit_owner.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'meseta_audit_owner') THEN
        CREATE ROLE meseta_audit_owner NOLOGIN;
    END IF;
END $$;
GRANT USAGE, CREATE ON SCHEMA public TO meseta_audit_owner;

ALTER TABLE audit_record OWNER TO meseta_audit_owner;
ALTER TABLE audit_lane OWNER TO meseta_audit_owner;
ALTER TABLE audit_checkpoint OWNER TO meseta_audit_owner;
ALTER TABLE audit_anchor OWNER TO meseta_audit_owner;
ALTER TABLE audit_floor OWNER TO meseta_audit_owner;
ALTER FUNCTION audit_only_grows() OWNER TO meseta_audit_owner;
ALTER FUNCTION audit_floor_only_rises() OWNER TO meseta_audit_owner;
ALTER FUNCTION audit_record_goes_below_the_anchor() OWNER TO meseta_audit_owner;
ALTER FUNCTION audit_checkpoint_goes_below_the_anchor() OWNER TO meseta_audit_owner;
ALTER FUNCTION audit_forget(json) OWNER TO meseta_audit_owner;

REVOKE ALL ON audit_record, audit_lane, audit_checkpoint, audit_anchor, audit_floor FROM PUBLIC, meseta;
GRANT SELECT, INSERT ON audit_record, audit_lane, audit_checkpoint TO meseta;
GRANT SELECT ON audit_anchor, audit_floor TO meseta;
-- For a foreign key to the lanes in a table of the manager's own.
GRANT REFERENCES ON audit_lane TO meseta;
REVOKE ALL ON FUNCTION audit_forget(json) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_forget(json) TO meseta;
