-- How people prove who they are, and what of it a session has seen.

ALTER TABLE user_session
    ADD COLUMN id                 uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN remote_address     text NOT NULL DEFAULT '',
    ADD COLUMN user_agent         text NOT NULL DEFAULT '',
    -- PASSWORD, TOTP, RECOVERY_CODE, PASSKEY, with commas between; empty: begun by a manager from before there were factors
    ADD COLUMN factors            text NOT NULL DEFAULT '',
    ADD COLUMN password_proved_at timestamptz,
    ADD COLUMN second_proved_at   timestamptz;
CREATE INDEX user_session_by_user ON user_session (user_id);

-- Dangerous verbs that the token may do although it cannot prove anything again; with commas between, or ALL.
ALTER TABLE api_token ADD COLUMN pre_authorised text NOT NULL DEFAULT '';
UPDATE api_token SET pre_authorised = 'ALL' WHERE name LIKE 'access.json of manager %';

-- Where somebody signed in from before: others' failures do not keep them out there.
CREATE TABLE known_address (
    user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    address text NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, address)
);

-- Who showed the right password and has yet to show a second factor. Whoever deletes the row signs in.
CREATE TABLE pending_sign_in (
    hash          text PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    attempts_left integer NOT NULL,
    expires_at    timestamptz NOT NULL
);
CREATE INDEX pending_sign_in_by_expiry ON pending_sign_in (expires_at);

-- Secrets are sealed with the key in the state folder.
CREATE TABLE totp (
    user_id       uuid PRIMARY KEY REFERENCES user_account ON DELETE CASCADE,
    sealed_secret bytea NOT NULL,
    -- Time step of the newest code that was taken: no older one and not this one is taken any more.
    last_step     bigint NOT NULL,
    created_at    timestamptz NOT NULL,
    used_at       timestamptz
);
CREATE TABLE totp_enrolment (
    user_id       uuid PRIMARY KEY REFERENCES user_account ON DELETE CASCADE,
    sealed_secret bytea NOT NULL,
    attempts_left integer NOT NULL,
    expires_at    timestamptz NOT NULL
);

CREATE TABLE recovery_code (
    user_id uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    -- SHA-256, hex; they are too long to be guessed.
    hash    text NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (user_id, hash)
);

CREATE TABLE passkey (
    -- Of the authenticator, base64url.
    credential_id   text PRIMARY KEY,
    id              uuid NOT NULL UNIQUE,
    user_id         uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    label           text NOT NULL,
    public_key      bytea NOT NULL,
    signature_count bigint NOT NULL,
    user_verified   boolean NOT NULL,
    backup_eligible boolean NOT NULL,
    backup_state    boolean NOT NULL,
    transports      text NOT NULL,
    attestation     bytea,
    client_data     bytea,
    created_at      timestamptz NOT NULL,
    used_at         timestamptz
);
CREATE INDEX passkey_by_user ON passkey (user_id);

-- Each is answered once: whoever deletes the row may use it.
CREATE TABLE passkey_challenge (
    hash       text PRIMARY KEY,
    -- null: for signing in, by whoever has a passkey
    user_id    uuid REFERENCES user_account ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenge_by_expiry ON passkey_challenge (expires_at);
