-- What people are shown of a manager, told by itself once it answers.
ALTER TABLE manager_member ADD COLUMN name text NOT NULL DEFAULT '';
-- Of its page and REST API.
ALTER TABLE manager_member ADD COLUMN url text NOT NULL DEFAULT '';
-- host:port where agents enrol and renew.
ALTER TABLE manager_member ADD COLUMN agent_address text NOT NULL DEFAULT '';
-- Whether this life ended in order, and not because its lease ran out.
ALTER TABLE manager_member ADD COLUMN stopped boolean NOT NULL DEFAULT false;
