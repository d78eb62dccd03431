-- Protection of a VM from being deleted: as RHV's "Delete Protection".
ALTER TABLE vm ADD COLUMN delete_protected boolean NOT NULL DEFAULT false;
