-- Somebody who can do nothing for now: no sign-in, no token, no grant holds for them.
ALTER TABLE user_account ADD COLUMN disabled boolean NOT NULL DEFAULT false;
CREATE TRIGGER access_changed AFTER UPDATE OF disabled ON user_account
    FOR EACH ROW WHEN (OLD.disabled IS DISTINCT FROM NEW.disabled) EXECUTE FUNCTION access_changed();
