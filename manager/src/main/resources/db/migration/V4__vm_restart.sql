-- When a VM was started again after a crash. Kept for as long as it counts; a manager that starts anew goes on counting.
CREATE TABLE vm_restart (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vm_id        uuid NOT NULL REFERENCES vm ON DELETE CASCADE,
    restarted_at timestamptz NOT NULL,
    -- Whether somebody was told, after this restart, that there are too many.
    told         boolean NOT NULL DEFAULT false
);
CREATE INDEX vm_restart_by_vm ON vm_restart (vm_id);
