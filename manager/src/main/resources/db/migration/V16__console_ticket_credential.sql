-- A ticket is good for whoever asked for it, in the session or with the API token it was asked for with: its hash. Tickets of
-- managers that do not know of this open nothing here; they live for seconds, and the page asks for another one.
ALTER TABLE console_ticket ADD COLUMN credential text NOT NULL DEFAULT '';
