-- Managers tell each other in passing what happened. Where each listens for the others; null: it does not.
ALTER TABLE manager_member ADD COLUMN grid_address text;

-- Under this name they find each other; nobody outside can guess it.
ALTER TABLE manager_term ADD COLUMN grid_name text NOT NULL DEFAULT 'meseta-' || gen_random_uuid();

-- People signed in with a password. Only the hash of what their browser keeps is here.
CREATE TABLE user_session (
    hash       text PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at    timestamptz NOT NULL
);
CREATE INDEX user_session_used ON user_session (used_at);
