-- A task may have parts that are tasks themselves, one per item.
ALTER TABLE task ADD COLUMN parent_id uuid REFERENCES task;
CREATE INDEX task_by_parent ON task (parent_id) WHERE parent_id IS NOT NULL;
CREATE TABLE task_item (
    task_id        uuid NOT NULL REFERENCES task ON DELETE CASCADE,
    number         integer NOT NULL,
    target_id      uuid NOT NULL,
    target_name    text NOT NULL,
    -- The task that does it; null: not begun, or refused.
    child_id       uuid REFERENCES task ON DELETE SET NULL,
    -- Why it never began.
    refused_code   text,
    refused_detail text,
    PRIMARY KEY (task_id, number)
);
CREATE INDEX task_item_by_child ON task_item (child_id);

-- Since when it is in its phase; null: since it was created.
ALTER TABLE task ADD COLUMN phase_since timestamptz;

ALTER TABLE task_step ADD COLUMN attempt integer NOT NULL DEFAULT 0;
ALTER TABLE task_step ADD COLUMN error_code text;
-- The end of the line before, or the task's creation.
ALTER TABLE task_step ADD COLUMN started_at timestamptz;
UPDATE task_step s SET started_at = coalesce(
    (SELECT max(b.at) FROM task_step b WHERE b.task_id = s.task_id AND b.number < s.number),
    (SELECT t.created_at FROM task t WHERE t.id = s.task_id));
ALTER TABLE task_step ALTER COLUMN started_at SET NOT NULL;

-- Found on a host and not made by Meseta: shown and never touched; the row goes when the domain does.
ALTER TABLE vm ADD COLUMN external boolean NOT NULL DEFAULT false;

-- Since when its host, which said that it listed everything, has not listed it; null: it is where it was seen.
ALTER TABLE vm_observed ADD COLUMN missing_since timestamptz;
CREATE INDEX vm_observed_missing ON vm_observed (missing_since) WHERE missing_since IS NOT NULL;
