-- Inventory. Every runtime object has a desired table (what a user asked; `version` is the optimistic lock) and, where
-- an agent reports on it, an observed table with one writer. Statistics are not kept here.

CREATE TABLE data_center (
    id          uuid PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    description text NOT NULL DEFAULT '',
    version     bigint NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL
);

CREATE TABLE cluster (
    id             uuid PRIMARY KEY,
    data_center_id uuid NOT NULL REFERENCES data_center,
    name           text NOT NULL,
    description    text NOT NULL DEFAULT '',
    -- Named CPU model every host of the cluster can give a guest; null: the agent's migratable default.
    cpu_model      text,
    version        bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL,
    UNIQUE (data_center_id, name)
);

CREATE TABLE host (
    id                uuid PRIMARY KEY,
    cluster_id        uuid NOT NULL REFERENCES cluster,
    name              text NOT NULL UNIQUE,
    agent_address     text NOT NULL,
    migration_address text NOT NULL,
    -- What the administrator wants of it.
    maintenance       boolean NOT NULL DEFAULT false,
    version           bigint NOT NULL DEFAULT 0,
    created_at        timestamptz NOT NULL
);

-- Written only by `agents`.
CREATE TABLE host_observed (
    host_id           uuid PRIMARY KEY REFERENCES host ON DELETE CASCADE,
    -- PENDING_APPROVAL, INSTALLING, UP, MAINTENANCE, PREPARING_MAINTENANCE, NON_OPERATIONAL, CONNECTING,
    -- NON_RESPONSIVE, FENCING, DOWN
    status            text NOT NULL,
    status_reason     text NOT NULL DEFAULT '',
    status_since      timestamptz NOT NULL,
    boot_id           text,
    agent_instance_id text,
    sequence          bigint NOT NULL DEFAULT 0,
    observed_at       timestamptz,
    agent_version     text,
    hostname          text,
    kernel_version    text,
    libvirt_version   text,
    qemu_version      text,
    cpus              integer NOT NULL DEFAULT 0,
    cpu_model         text,
    memory_bytes      bigint NOT NULL DEFAULT 0,
    acceleration      text,
    capabilities      jsonb NOT NULL DEFAULT '[]',
    conditions        jsonb NOT NULL DEFAULT '[]'
);

-- Which manager may command a host; the epoch goes with every command.
CREATE TABLE host_ownership (
    host_id    uuid PRIMARY KEY REFERENCES host ON DELETE CASCADE,
    manager_id uuid NOT NULL,
    epoch      bigint NOT NULL
);

CREATE TABLE storage_domain (
    id             uuid PRIMARY KEY,
    data_center_id uuid NOT NULL REFERENCES data_center,
    name           text NOT NULL,
    -- SHARED_DIRECTORY
    kind           text NOT NULL,
    path           text NOT NULL,
    version        bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL,
    UNIQUE (data_center_id, name)
);

CREATE TABLE image (
    id                 uuid PRIMARY KEY,
    storage_domain_id  uuid NOT NULL REFERENCES storage_domain,
    name               text NOT NULL UNIQUE,
    description        text NOT NULL DEFAULT '',
    -- IMPORTING, READY, FAILED
    status             text NOT NULL,
    virtual_size_bytes bigint NOT NULL DEFAULT 0,
    version            bigint NOT NULL DEFAULT 0,
    created_at         timestamptz NOT NULL
);

CREATE TABLE network (
    id                 uuid PRIMARY KEY,
    data_center_id     uuid NOT NULL REFERENCES data_center,
    name               text NOT NULL,
    vni                integer NOT NULL UNIQUE CHECK (vni BETWEEN 1 AND 16777215),
    mtu                integer NOT NULL,
    -- CIDR of the subnet addresses are given out from, and the gateway guests are told of (may be null).
    subnet             text NOT NULL,
    gateway            text,
    -- Tunnel addresses outside Meseta that take part in the overlay, e.g. a gateway.
    external_endpoints jsonb NOT NULL DEFAULT '[]',
    version            bigint NOT NULL DEFAULT 0,
    created_at         timestamptz NOT NULL,
    UNIQUE (data_center_id, name)
);

CREATE TABLE network_address (
    network_id  uuid NOT NULL REFERENCES network,
    address     inet NOT NULL,
    nic_id      uuid NOT NULL UNIQUE,
    PRIMARY KEY (network_id, address)
);

CREATE TABLE vm (
    id             uuid PRIMARY KEY,
    cluster_id     uuid NOT NULL REFERENCES cluster,
    name           text NOT NULL UNIQUE,
    description    text NOT NULL DEFAULT '',
    vcpus          integer NOT NULL,
    memory_bytes   bigint NOT NULL,
    firmware       text NOT NULL,
    image_id       uuid REFERENCES image,
    user_data      text NOT NULL DEFAULT '',
    -- What the user wants: RUNNING or STOPPED.
    desired_power  text NOT NULL,
    -- What an unfinished task is doing to it: WAIT_FOR_LAUNCH, STARTING, STOPPING, REBOOTING, MIGRATING, LOCKED; else null.
    activity       text,
    -- Where it was placed; null when it is not meant to be anywhere. Written by placement and migration.
    host_id        uuid REFERENCES host,
    version        bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL
);
CREATE INDEX vm_by_host ON vm (host_id);
CREATE INDEX vm_by_image ON vm (image_id);
CREATE INDEX vm_by_time ON vm (created_at, id);

-- Written only from what agents report.
CREATE TABLE vm_observed (
    vm_id             uuid PRIMARY KEY REFERENCES vm ON DELETE CASCADE,
    -- DOWN, WAIT_FOR_LAUNCH, STARTING, UP, PAUSED, SUSPENDED, MIGRATING, STOPPING, REBOOTING, UNKNOWN, LOCKED
    status            text NOT NULL,
    status_reason     text NOT NULL DEFAULT '',
    status_since      timestamptz NOT NULL,
    host_id           uuid REFERENCES host,
    agent_instance_id text,
    sequence          bigint NOT NULL DEFAULT 0,
    observed_at       timestamptz
);
CREATE INDEX vm_observed_by_host ON vm_observed (host_id);

CREATE TABLE disk (
    id                uuid PRIMARY KEY,
    vm_id             uuid NOT NULL REFERENCES vm,
    storage_domain_id uuid NOT NULL REFERENCES storage_domain,
    image_id          uuid REFERENCES image,
    disk_index        integer NOT NULL,
    -- CREATING, READY, REMOVING
    status            text NOT NULL,
    size_bytes        bigint NOT NULL DEFAULT 0,
    UNIQUE (vm_id, disk_index)
);

CREATE TABLE nic (
    id          uuid PRIMARY KEY,
    vm_id       uuid NOT NULL REFERENCES vm,
    network_id  uuid NOT NULL REFERENCES network,
    mac_address text NOT NULL UNIQUE,
    nic_index   integer NOT NULL,
    UNIQUE (vm_id, nic_index)
);

-- Capacity promised to a VM on a host. A migration holds two for a while: one on each side.
CREATE TABLE reservation (
    vm_id        uuid NOT NULL REFERENCES vm,
    host_id      uuid NOT NULL REFERENCES host,
    vcpus        integer NOT NULL,
    memory_bytes bigint NOT NULL,
    task_id      uuid,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (vm_id, host_id)
);
CREATE INDEX reservation_by_host ON reservation (host_id);

-- Long-running work.
CREATE TABLE task (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    schema_version  integer NOT NULL,
    -- PENDING, RUNNING, SUCCEEDED, FAILED, CANCELLED
    state           text NOT NULL,
    phase           text NOT NULL,
    payload         jsonb NOT NULL,
    target_kind     text NOT NULL,
    target_id       uuid NOT NULL,
    target_name     text NOT NULL,
    -- Only one unfinished exclusive task per target.
    exclusive       boolean NOT NULL,
    attempt         integer NOT NULL DEFAULT 0,
    cancel_requested boolean NOT NULL DEFAULT false,
    -- Counts up whenever something the task may wait for has happened.
    signal          bigint NOT NULL DEFAULT 0,
    progress        jsonb NOT NULL DEFAULT '{}',
    idempotency_key text,
    correlation_id  text NOT NULL,
    requested_by    text NOT NULL,
    error_code      text,
    error_detail    text,
    version         bigint NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    deadline        timestamptz,
    finished_at     timestamptz
);
CREATE UNIQUE INDEX task_one_exclusive_per_target ON task (target_id)
    WHERE exclusive AND state IN ('PENDING', 'RUNNING');
CREATE INDEX task_unfinished ON task (updated_at) WHERE state IN ('PENDING', 'RUNNING');
CREATE INDEX task_by_target ON task (target_id, created_at DESC);

CREATE TABLE task_step (
    task_id     uuid NOT NULL REFERENCES task ON DELETE CASCADE,
    number      integer NOT NULL,
    phase       text NOT NULL,
    -- ADVANCED, RETRIED, FAILED, COMPENSATED, CANCELLED, SUCCEEDED
    result      text NOT NULL,
    detail      text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL,
    PRIMARY KEY (task_id, number)
);

-- db-scheduler's own table (its PostgreSQL definition), which drives due tasks.
CREATE TABLE scheduled_tasks (
    task_name            text NOT NULL,
    task_instance        text NOT NULL,
    task_data            bytea,
    execution_time       timestamptz NOT NULL,
    picked               boolean NOT NULL,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint NOT NULL,
    priority             smallint,
    state                text,
    PRIMARY KEY (task_name, task_instance)
);
CREATE INDEX scheduled_tasks_execution_time ON scheduled_tasks (execution_time);
CREATE INDEX scheduled_tasks_last_heartbeat ON scheduled_tasks (last_heartbeat);

-- Something happened.
CREATE TABLE event (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             timestamptz NOT NULL,
    -- Stable, e.g. vm.changed, task.changed, host.changed, migration.progress
    kind           text NOT NULL,
    object_kind    text NOT NULL,
    object_id      uuid,
    severity       text NOT NULL,
    code           text NOT NULL DEFAULT '',
    message        text NOT NULL DEFAULT '',
    correlation_id text NOT NULL DEFAULT '',
    data           jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX event_by_object ON event (object_id, id DESC);
CREATE INDEX event_by_time ON event (at);

-- Somebody did something. Append-only.
CREATE TABLE audit_record (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at             timestamptz NOT NULL,
    principal      text NOT NULL,
    remote_address text NOT NULL,
    action         text NOT NULL,
    object_kind    text NOT NULL DEFAULT '',
    object_id      text NOT NULL DEFAULT '',
    -- SUCCESS, REFUSED, FAILED
    outcome        text NOT NULL,
    code           text NOT NULL DEFAULT '',
    correlation_id text NOT NULL,
    detail         jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_record_by_time ON audit_record (at);

-- Sign-in of the first slice: local users with a hashed password, hashed API tokens.
CREATE TABLE user_account (
    id            uuid PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL
);
CREATE TABLE api_token (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES user_account ON DELETE CASCADE,
    name       text NOT NULL,
    -- SHA-256 of the token, hex.
    hash       text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

-- Answers to POSTs with an Idempotency-Key, kept for a day.
CREATE TABLE idempotent_request (
    principal    text NOT NULL,
    key          text NOT NULL,
    method_path  text NOT NULL,
    body_hash    text NOT NULL,
    -- null while the first request is still being answered
    status       integer,
    location     text,
    entity_tag   text,
    content_type text,
    -- Sealed: an answer may hold a secret, such as an enrolment token.
    body         bytea,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (principal, key)
);
CREATE INDEX idempotent_request_by_age ON idempotent_request (created_at);

-- The manager as a small CA. Private keys are PKCS#8 DER, sealed with the key in the manager's state folder.
CREATE TABLE certificate_authority (
    -- CONTROL, MIGRATION
    purpose     text PRIMARY KEY,
    certificate bytea NOT NULL,
    sealed_key  bytea NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE TABLE enrolment_token (
    id          uuid PRIMARY KEY,
    host_name   text NOT NULL,
    cluster_id  uuid NOT NULL REFERENCES cluster,
    hash        text NOT NULL UNIQUE,
    created_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE TABLE issued_certificate (
    serial     text PRIMARY KEY,
    host_id    uuid REFERENCES host ON DELETE CASCADE,
    purpose    text NOT NULL,
    not_before timestamptz NOT NULL,
    not_after  timestamptz NOT NULL
);
