-- What a request became is noted in the transaction that takes it in: whoever repeats it after its manager died gets that
-- task, and not a second one. Each attempt to answer has a number of its own; one that was overtaken can take nothing in.
ALTER TABLE idempotent_request ADD COLUMN attempt uuid;
ALTER TABLE idempotent_request ADD COLUMN task_id uuid;
