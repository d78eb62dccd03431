-- The list of tasks, newest first.
CREATE INDEX task_by_creation ON task (created_at, id);
