-- Each opens one console once, within seconds. Only the hash of what the person's browser shows is here; whoever deletes the
-- row has the ticket.
CREATE TABLE console_ticket (
    hash       text PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
    vm_id      uuid NOT NULL REFERENCES vm ON DELETE CASCADE,
    -- VNC, SERIAL
    kind       text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX console_ticket_expiry ON console_ticket (expires_at);
