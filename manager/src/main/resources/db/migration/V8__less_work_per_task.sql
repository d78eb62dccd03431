-- A VM's place is promised before its row is written, in one transaction.
ALTER TABLE reservation
    DROP CONSTRAINT reservation_vm_id_fkey,
    ADD CONSTRAINT reservation_vm_id_fkey FOREIGN KEY (vm_id) REFERENCES vm DEFERRABLE INITIALLY DEFERRED;

-- Lines in the step log, so that the next one has its number without looking.
ALTER TABLE task ADD COLUMN steps integer NOT NULL DEFAULT 0;
UPDATE task SET steps = (SELECT coalesce(max(number), 0) FROM task_step s WHERE s.task_id = task.id);
