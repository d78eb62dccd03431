-- Addresses are given out in turn: one that was freed rests until the others have had theirs, because neighbours
-- (RFC 826) remember for a while which MAC address it belonged to.
ALTER TABLE network ADD COLUMN last_address inet;
