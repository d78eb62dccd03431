-- People who sign in at an identity provider (OpenID Connect). Who they are is the pair of issuer and subject, which never
-- changes hands; names are for people to read.

CREATE TABLE oidc_identity (
    issuer     text NOT NULL,
    subject    text NOT NULL,
    user_id    uuid NOT NULL UNIQUE REFERENCES user_account ON DELETE CASCADE,
    -- What the provider calls them, as of its last statement.
    username   text NOT NULL,
    -- When the provider said which groups they are in (its own clock): an older statement changes nothing.
    stated_at  timestamptz NOT NULL,
    -- The same by our clock: API tokens end when the provider has not said anything for long.
    heard_at   timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);

-- A group's id is worth something only together with who gave it out. Those from before name no issuer, and match none.
ALTER TABLE user_group ADD COLUMN external_issuer text;
ALTER TABLE user_group DROP CONSTRAINT user_group_external_id_key;
ALTER TABLE user_group ADD CONSTRAINT user_group_external UNIQUE (external_issuer, external_id);

ALTER TABLE user_session
    -- null: of the built-in realm
    ADD COLUMN issuer           text,
    -- the provider's id of its own session (sid); null: it gave none
    ADD COLUMN provider_session text;
CREATE INDEX user_session_by_provider ON user_session (issuer, provider_session) WHERE issuer IS NOT NULL;

-- Who was sent to the provider and has not come back. Whoever deletes the row goes on.
CREATE TABLE oidc_request (
    state_hash    text PRIMARY KEY,
    -- of the cookie of the browser that was sent
    browser_hash  text NOT NULL,
    -- null: to sign in; else to show again, in this session, who they are
    session_id    uuid REFERENCES user_session (id) ON DELETE CASCADE,
    -- Nonce and code verifier.
    sealed        bytea NOT NULL,
    redirect_uri  text NOT NULL,
    return_to     text NOT NULL,
    begun_at      timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL
);
CREATE INDEX oidc_request_by_expiry ON oidc_request (expires_at);

-- What the provider said has ended: a session that begins late, and a token that is still good by itself, are not.
CREATE TABLE oidc_logout (
    issuer           text NOT NULL,
    -- of the logout token, which is good once
    token_id         text NOT NULL,
    -- null: the provider named the session only
    subject          text,
    -- null: all of the subject's
    provider_session text,
    stated_at        timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    PRIMARY KEY (issuer, token_id)
);
CREATE INDEX oidc_logout_by_expiry ON oidc_logout (expires_at);
CREATE INDEX oidc_logout_by_session ON oidc_logout (issuer, provider_session);
CREATE INDEX oidc_logout_by_subject ON oidc_logout (issuer, subject);
