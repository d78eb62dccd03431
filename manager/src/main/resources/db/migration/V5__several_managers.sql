-- Managers, one row per life of a process. Times are the database's. A life whose lease has run out is fenced by another
-- manager, which counts the term up in the same transaction; a fenced life can never renew its lease.
CREATE TABLE manager_term (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    term bigint NOT NULL
);
INSERT INTO manager_term (term) VALUES (1);

CREATE TABLE manager_member (
    id           uuid NOT NULL,
    -- Counts the lives of one manager.
    incarnation  bigint NOT NULL,
    address      text NOT NULL,
    started_at   timestamptz NOT NULL,
    heartbeat_at timestamptz NOT NULL,
    lease_until  timestamptz NOT NULL,
    -- The term this life commands hosts with.
    term_seen    bigint NOT NULL,
    -- The term that began with the end of this life; null while it is alive.
    fenced_term  bigint,
    PRIMARY KEY (id, incarnation)
);

-- Who watches a host; null: nobody. The epoch of a command is the sum of this epoch and the term.
ALTER TABLE host_ownership ALTER COLUMN manager_id DROP NOT NULL;
ALTER TABLE host_ownership ADD COLUMN incarnation bigint;
-- Whether the owner's watch of the host is complete.
ALTER TABLE host_ownership ADD COLUMN connected boolean NOT NULL DEFAULT false;
UPDATE host_ownership SET manager_id = NULL;
ALTER TABLE host_ownership ADD FOREIGN KEY (manager_id, incarnation)
    REFERENCES manager_member (id, incarnation) ON DELETE SET NULL (manager_id, incarnation);

-- Executions are picked by lives of managers from now on; what a manager of before had picked is free.
UPDATE scheduled_tasks SET picked = false, picked_by = NULL, last_heartbeat = NULL, version = version + 1 WHERE picked;
