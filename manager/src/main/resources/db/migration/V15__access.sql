-- Who may do what. Ids decide, never names: a user or group made again under an old name has nothing of the old one.

-- What seeded roles hold is said by the program (identity.SeededRole), so that a new permission reaches them with a new
-- version; what custom ones hold is in role_permission.
CREATE TABLE role (
    id          uuid PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    description text NOT NULL DEFAULT '',
    seeded      boolean NOT NULL DEFAULT false,
    version     bigint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL
);
CREATE TABLE role_permission (
    role_id    uuid NOT NULL REFERENCES role ON DELETE CASCADE,
    permission text NOT NULL,
    PRIMARY KEY (role_id, permission)
);
INSERT INTO role (id, name, description, seeded, created_at) VALUES
    ('00000000-0000-7000-8000-000000000001', 'superuser', 'Everything', true, now()),
    ('00000000-0000-7000-8000-000000000002', 'data-center-administrator', 'Everything in a data center, also who may do what there', true, now()),
    ('00000000-0000-7000-8000-000000000003', 'cluster-administrator', 'Hosts and VMs of a cluster', true, now()),
    ('00000000-0000-7000-8000-000000000004', 'host-administrator', 'Hosts: joining, maintenance', true, now()),
    ('00000000-0000-7000-8000-000000000005', 'storage-administrator', 'Storage domains, disks and images', true, now()),
    ('00000000-0000-7000-8000-000000000006', 'network-administrator', 'Networks, and which VMs are on them', true, now()),
    ('00000000-0000-7000-8000-000000000007', 'vm-administrator', 'VMs: create, change, run, move, delete', true, now()),
    ('00000000-0000-7000-8000-000000000008', 'operator', 'Start, stop and move VMs, and open their consoles', true, now()),
    ('00000000-0000-7000-8000-000000000009', 'user-with-console', 'Use VMs: start, stop, console', true, now()),
    ('00000000-0000-7000-8000-00000000000a', 'template-creator', 'Import images that VMs are created from', true, now()),
    ('00000000-0000-7000-8000-00000000000b', 'security-auditor', 'See who may do what and who did what; change nothing', true, now()),
    ('00000000-0000-7000-8000-00000000000c', 'network-security-officer', 'See networks, VMs and the audit log', true, now()),
    ('00000000-0000-7000-8000-00000000000d', 'read-only', 'See the data center; change nothing', true, now());

CREATE TABLE user_group (
    id          uuid PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    description text NOT NULL DEFAULT '',
    -- Of an identity provider, which never gives it twice.
    external_id text UNIQUE,
    version     bigint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL
);
CREATE TABLE group_member (
    group_id uuid NOT NULL REFERENCES user_group ON DELETE CASCADE,
    user_id  uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_member_by_user ON group_member (user_id);

ALTER TABLE user_account
    ADD COLUMN display_name text NOT NULL DEFAULT '',
    ADD COLUMN version bigint NOT NULL DEFAULT 0;

CREATE TABLE access_grant (
    id         uuid PRIMARY KEY,
    -- A user, or a group, or neither: everyone.
    user_id    uuid REFERENCES user_account ON DELETE CASCADE,
    group_id   uuid REFERENCES user_group ON DELETE CASCADE,
    role_id    uuid NOT NULL REFERENCES role,
    -- SYSTEM (whose id is all zeros), DATA_CENTER, CLUSTER, HOST, VM, DISK, IMAGE, STORAGE_DOMAIN, NETWORK
    scope_kind text NOT NULL,
    scope_id   uuid NOT NULL,
    -- ALLOW, DENY
    effect     text NOT NULL CHECK (effect IN ('ALLOW', 'DENY')),
    -- Not empty: only for objects of the scope that carry it, and what belongs to them.
    tag        text NOT NULL DEFAULT '',
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    -- When it last let somebody do something, to the hour.
    used_at    timestamptz,
    CHECK (user_id IS NULL OR group_id IS NULL),
    UNIQUE NULLS NOT DISTINCT (user_id, group_id, role_id, scope_kind, scope_id, effect, tag)
);
CREATE INDEX access_grant_by_group ON access_grant (group_id);
CREATE INDEX access_grant_by_role ON access_grant (role_id);
CREATE INDEX access_grant_by_scope ON access_grant (scope_id);

-- So far every account was an administrator.
INSERT INTO access_grant (id, user_id, role_id, scope_kind, scope_id, effect, created_by, created_at)
SELECT gen_random_uuid(), id, '00000000-0000-7000-8000-000000000001', 'SYSTEM',
    '00000000-0000-0000-0000-000000000000', 'ALLOW', 'system', now()
FROM user_account;

-- Counted up by every change of the tables above, by the database itself so that nobody forgets: what managers remember of
-- somebody's grants is good for one epoch. Changes wait for each other here.
CREATE TABLE access_epoch (
    one   boolean PRIMARY KEY DEFAULT true CHECK (one),
    epoch bigint NOT NULL
);
INSERT INTO access_epoch (epoch) VALUES (1);
CREATE FUNCTION access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE access_epoch SET epoch = epoch + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE ON role_permission
    FOR EACH STATEMENT EXECUTE FUNCTION access_changed();
CREATE TRIGGER access_changed AFTER INSERT OR DELETE ON group_member
    FOR EACH ROW EXECUTE FUNCTION access_changed();
CREATE TRIGGER access_changed AFTER INSERT OR DELETE ON access_grant
    FOR EACH ROW EXECUTE FUNCTION access_changed();

-- Grants end with their object.
CREATE FUNCTION access_scope_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM access_grant WHERE scope_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER access_scope_gone AFTER DELETE ON data_center FOR EACH ROW EXECUTE FUNCTION access_scope_gone();
CREATE TRIGGER access_scope_gone AFTER DELETE ON cluster FOR EACH ROW EXECUTE FUNCTION access_scope_gone();
CREATE TRIGGER access_scope_gone AFTER DELETE ON host FOR EACH ROW EXECUTE FUNCTION access_scope_gone();
CREATE TRIGGER access_scope_gone AFTER DELETE ON vm FOR EACH ROW EXECUTE FUNCTION access_scope_gone();
CREATE TRIGGER access_scope_gone AFTER DELETE ON disk FOR EACH ROW EXECUTE FUNCTION access_scope_gone();
CREATE TRIGGER access_scope_gone AFTER DELETE ON image FOR EACH ROW EXECUTE FUNCTION access_scope_gone();
CREATE TRIGGER access_scope_gone AFTER DELETE ON storage_domain FOR EACH ROW EXECUTE FUNCTION access_scope_gone();
CREATE TRIGGER access_scope_gone AFTER DELETE ON network FOR EACH ROW EXECUTE FUNCTION access_scope_gone();

-- API tokens: null permissions are all that the owner has; no scope is everywhere. Never more than the owner, at each use.
ALTER TABLE api_token
    ADD COLUMN permissions  text[],
    ADD COLUMN expires_at   timestamptz,
    ADD COLUMN last_used_at timestamptz;
CREATE INDEX api_token_by_user ON api_token (user_id);
CREATE TABLE api_token_scope (
    token_id   uuid NOT NULL REFERENCES api_token ON DELETE CASCADE,
    scope_kind text NOT NULL,
    scope_id   uuid NOT NULL,
    PRIMARY KEY (token_id, scope_kind, scope_id)
);

ALTER TABLE vm ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
CREATE INDEX vm_by_tag ON vm USING gin (tags) WHERE tags <> '{}';
CREATE INDEX vm_by_cluster ON vm (cluster_id);
CREATE INDEX image_by_domain ON image (storage_domain_id);

-- Whose request it was, beside the name for people: null for the manager's own work.
ALTER TABLE task ADD COLUMN requested_by_id uuid;
